"""The refusals of the catalogue, each with its stable code and rule."""

from __future__ import annotations

from tenure.base.verdicts import declare

# What can be wrong with a catalogue file.

FILE_REFUSED = declare(
    "catalogue_refused",
    en="The catalogue file has {count} errors; nothing of it was imported.",
    fr="Le fichier de catalogue comporte {count} erreurs ; rien n’en a été importé.",
)
FILE_TOO_LARGE = declare(
    "catalogue_too_large",
    en="The file is larger than {limit} megabytes.",
    fr="Le fichier dépasse {limit} mégaoctets.",
)
FILE_UNREADABLE = declare(
    "catalogue_unreadable",
    en="The file cannot be read: {detail}.",
    fr="Le fichier ne peut pas être lu : {detail}.",
)
FILE_NOT_UTF8 = declare(
    "catalogue_not_utf8",
    en="The file is not UTF-8 text; save it as UTF-8.",
    fr="Le fichier n’est pas du texte en UTF-8 ; enregistrez-le en UTF-8.",
)
FILE_NOT_YAML = declare(
    "catalogue_not_yaml",
    en="This is not YAML: {detail}.",
    fr="Ceci n’est pas du YAML : {detail}.",
)
FILE_EMPTY = declare(
    "catalogue_empty",
    en="The file holds nothing.",
    fr="Le fichier ne contient rien.",
)
SEVERAL_DOCUMENTS = declare(
    "catalogue_several_documents",
    en="A second document starts here; a catalogue is one document.",
    fr="Un second document commence ici ; un catalogue tient en un seul document.",
)
TOO_DEEP = declare(
    "catalogue_too_deep",
    en="Values are nested more than {limit} levels deep here.",
    fr="Les valeurs sont imbriquées ici sur plus de {limit} niveaux.",
)
ANCHOR_USED = declare(
    "catalogue_anchor_used",
    en="Anchors and aliases (& and *) are not read; write the value out.",
    fr="Les ancres et les alias (& et *) ne sont pas lus ; écrivez la valeur en entier.",
)
TAG_USED = declare(
    "catalogue_tag_used",
    en="The tag {tag} is not read; leave it out.",
    fr="L’étiquette {tag} n’est pas lue ; supprimez-la.",
)
CONTROL_CHARACTER = declare(
    "catalogue_control_character",
    en="The text holds a control character.",
    fr="Le texte contient un caractère de contrôle.",
)
KEY_NOT_TEXT = declare(
    "catalogue_key_not_text",
    en="The key {key} is not text; put it in quotes.",
    fr="La clé {key} n’est pas du texte ; mettez-la entre guillemets.",
)
KEY_TWICE = declare(
    "catalogue_key_twice",
    en="The key {key} is given twice, first on line {first_line}.",
    fr="La clé {key} est donnée deux fois, d’abord à la ligne {first_line}.",
)
KEY_UNKNOWN = declare(
    "catalogue_key_unknown",
    en="There is no such key here; possible are {known}.",
    fr="Cette clé n’existe pas ici ; sont possibles : {known}.",
)
KEY_MISSING = declare(
    "catalogue_key_missing",
    en="This is missing or empty.",
    fr="Cette valeur manque ou est vide.",
)
NOT_TEXT = declare(
    "catalogue_not_text",
    en="This must be text; put it in quotes if it is.",
    fr="Du texte est attendu ; si c’en est, mettez-le entre guillemets.",
)
NOT_WHOLE_NUMBER = declare(
    "catalogue_not_whole_number",
    en="This must be a whole number, without quotes.",
    fr="Un nombre entier est attendu, sans guillemets.",
)
NOT_LIST = declare(
    "catalogue_not_list",
    en="This must be a list.",
    fr="Une liste est attendue.",
)
NOT_MAPPING = declare(
    "catalogue_not_mapping",
    en="This must be a mapping of keys to values.",
    fr="Une suite de clés et de valeurs est attendue.",
)
NOT_ONE_OF = declare(
    "catalogue_not_one_of",
    en="This must be one of: {expected}.",
    fr="Une de ces valeurs est attendue : {expected}.",
)
NOT_AN_ID = declare(
    "catalogue_not_an_id",
    en="An id is made of letters, digits and . _ : - and starts with a letter or digit.",
    fr="Un identifiant se compose de lettres, de chiffres et de . _ : - et commence par une "
    "lettre ou un chiffre.",
)
NOT_A_DATE = declare(
    "catalogue_not_a_date",
    en="This must be a date such as 2027-01-31.",
    fr="Une date est attendue, par exemple 2027-01-31.",
)
BLANK = declare(
    "catalogue_blank",
    en="This must not be blank.",
    fr="Cette valeur ne peut pas être vide.",
)
TOO_LONG = declare(
    "catalogue_too_long",
    en="This is longer than {most}.",
    fr="Cette valeur dépasse la longueur de {most}.",
)
TOO_SMALL = declare(
    "catalogue_too_small",
    en="This must be {least} or more.",
    fr="Cette valeur doit être de {least} au moins.",
)
TOO_GREAT = declare(
    "catalogue_too_great",
    en="This must be {most} or less.",
    fr="Cette valeur doit être de {most} au plus.",
)
UNUSABLE = declare(
    "catalogue_unusable",
    en="This value cannot be used.",
    fr="Cette valeur est inutilisable.",
)
NO_SUCH_COUNTRY = declare(
    "catalogue_no_such_country",
    rule="R5",
    en="{given} is not a country of ISO 3166.",
    fr="{given} n’est pas un pays de l’ISO 3166.",
)
NO_SUCH_CURRENCY = declare(
    "catalogue_no_such_currency",
    rule="R5",
    en="{given} is not a currency in use (ISO 4217).",
    fr="{given} n’est pas une monnaie en usage (ISO 4217).",
)
NO_SUCH_TIMEZONE = declare(
    "catalogue_no_such_timezone",
    en="{given} is not a time zone such as Europe/Paris.",
    fr="{given} n’est pas un fuseau horaire tel que Europe/Paris.",
)
NOT_DECLARED = declare(
    "catalogue_not_declared",
    en="{given} is not among this file's {section}.",
    fr="{given} ne figure pas parmi les {section} de ce fichier.",
)
NO_SUCH_PERMISSION = declare(
    "catalogue_no_such_permission",
    en="The application {application} has no permission {given}.",
    fr="L’application {application} n’a pas de permission {given}.",
)
GIVEN_TWICE = declare(
    "catalogue_given_twice",
    en="{given} is given twice, first on line {first_line}.",
    fr="{given} est donné deux fois, d’abord à la ligne {first_line}.",
)
COUNTRY_OF_TWO_CURRENCIES = declare(
    "catalogue_country_of_two_currencies",
    rule="R5",
    en="{given} already pays in {currency}, on line {first_line}.",
    fr="{given} paie déjà en {currency}, à la ligne {first_line}.",
)
TRIAL_WITH_PRICE = declare(
    "catalogue_trial_with_price",
    rule="R9",
    en="A trial has no price.",
    fr="Un essai n’a pas de prix.",
)
ROLES_IN_A_CIRCLE = declare(
    "catalogue_roles_in_a_circle",
    en="These roles require each other: {given}.",
    fr="Ces rôles s’exigent l’un l’autre : {given}.",
)

# Whether an offer can be bought.

PURCHASABLE = declare(
    "purchasable",
    rule="R4",
    en="This can be bought online in your country.",
    fr="Cette offre s’achète en ligne dans votre pays.",
)
OFFER_WITHDRAWN = declare(
    "offer_withdrawn",
    rule="R5",
    en="This is no longer sold; contact us for what took its place.",
    fr="Cette offre n’est plus vendue ; contactez-nous pour connaître celle qui la remplace.",
)
OFFER_NOT_ONLINE = declare(
    "offer_not_online",
    rule="R4",
    en="This is not sold online; contact us and we will make you an offer.",
    fr="Cette offre n’est pas vendue en ligne ; contactez-nous et nous vous ferons une "
    "proposition.",
)
OFFER_NOT_IN_COUNTRY = declare(
    "offer_not_in_country",
    rule="R4",
    en="This is not sold online in your country ({country}); contact us.",
    fr="Cette offre n’est pas vendue en ligne dans votre pays ({country}) ; contactez-nous.",
)
