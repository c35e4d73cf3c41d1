"""Why a bank's file cannot be read, with the line and what to do (R15)."""

from __future__ import annotations

from tenure.base.verdicts import declare

FILE_EMPTY = declare(
    "bank_file_empty",
    rule="R15",
    en="The file is empty; export the statement again.",
    fr="Le fichier est vide ; exportez de nouveau le relevé.",
)
FILE_TOO_LARGE = declare(
    "bank_file_too_large",
    rule="R15",
    en="Line {line}: the file goes on beyond {most} MB; export fewer days at a time.",
    fr="Ligne {line} : le fichier dépasse {most} Mo ; exportez moins de jours à la fois.",
)
FORMAT_UNKNOWN = declare(
    "bank_format_unknown",
    rule="R15",
    en="Line {line}: this is no camt.053, no MT940 and no CSV whose columns are known; export one "
    "of these, or give a mapping of the columns.",
    fr="Ligne {line} : ni camt.053, ni MT940, ni CSV aux colonnes connues ; exportez l’un d’eux ou "
    "donnez une correspondance des colonnes.",
)
FILE_TRUNCATED = declare(
    "bank_file_truncated",
    rule="R15",
    en="Line {line}: the file ends in the middle; export or copy it again.",
    fr="Ligne {line} : le fichier s’arrête au milieu ; exportez-le ou copiez-le de nouveau.",
)
WRONG_ENCODING = declare(
    "bank_wrong_encoding",
    rule="R15",
    en="Line {line}: this is not {encoding}; say which encoding the file has.",
    fr="Ligne {line} : ce n’est pas du {encoding} ; indiquez l’encodage du fichier.",
)
NOT_WELL_FORMED = declare(
    "bank_not_well_formed",
    rule="R15",
    en="Line {line}: this is no well-formed XML ({detail}); export the statement again.",
    fr="Ligne {line} : ce n’est pas du XML bien formé ({detail}) ; exportez de nouveau le relevé.",
)
HAS_DOCTYPE = declare(
    "bank_has_doctype",
    rule="R15",
    en="Line {line}: the file declares a document type or entities, which no bank does; it is not "
    "read.",
    fr="Ligne {line} : le fichier déclare un type de document ou des entités, ce qu’aucune banque "
    "ne fait ; il n’est pas lu.",
)
TOO_MUCH_AT_ONCE = declare(
    "bank_too_much_at_once",
    rule="R15",
    en="Line {line}: one entry holds more than any bank writes; it is not read.",
    fr="Ligne {line} : une écriture contient plus que n’écrit aucune banque ; elle n’est pas lue.",
)
FIELD_MISSING = declare(
    "bank_field_missing",
    rule="R15",
    en="Line {line}: {field} is missing; export the statement again.",
    fr="Ligne {line} : {field} manque ; exportez de nouveau le relevé.",
)
FIELD_UNUSABLE = declare(
    "bank_field_unusable",
    rule="R15",
    en="Line {line}: {field} cannot be read: {given}.",
    fr="Ligne {line} : {field} est illisible : {given}.",
)
WRONG_ACCOUNT = declare(
    "bank_wrong_account",
    rule="R15",
    en="Line {line}: {iban} is none of the vendor's accounts ({accounts}); import the statement of "
    "one of them, or name the account in the catalogue file.",
    fr="Ligne {line} : {iban} n’est aucun des comptes du vendeur ({accounts}) ; importez le relevé "
    "de l’un d’eux ou nommez le compte dans le catalogue.",
)
WRONG_CURRENCY = declare(
    "bank_wrong_currency",
    rule="R15",
    en="Line {line}: {currency} is not the currency of the account {iban}, which is {expected}.",
    fr="Ligne {line} : {currency} n’est pas la monnaie du compte {iban}, qui est {expected}.",
)
NO_ACCOUNT = declare(
    "bank_no_account",
    rule="R15",
    en="The vendor has no account to import a statement of; name its IBAN in the catalogue file.",
    fr="Le vendeur n’a aucun compte dont importer un relevé ; nommez son IBAN dans le catalogue.",
)
COLUMNS_DIFFER = declare(
    "bank_columns_differ",
    rule="R15",
    en="Line {line}: it has {found} columns instead of {expected}; export the statement again.",
    fr="Ligne {line} : elle a {found} colonnes au lieu de {expected} ; exportez de nouveau le "
    "relevé.",
)
COLUMN_UNKNOWN = declare(
    "bank_column_unknown",
    rule="R15",
    en="Line {line}: there is no column {column} among {columns}; correct the mapping.",
    fr="Ligne {line} : il n’y a pas de colonne {column} parmi {columns} ; corrigez la "
    "correspondance.",
)
MAPPING_UNUSABLE = declare(
    "bank_mapping_unusable",
    rule="R15",
    en="The mapping cannot be used: {field}: {detail}.",
    fr="La correspondance est inutilisable : {field} : {detail}.",
)
