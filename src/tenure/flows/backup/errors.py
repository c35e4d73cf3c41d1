"""Why the installation cannot be backed up or restored, and what to do about it."""

from __future__ import annotations

from tenure.base.verdicts import declare

NOTHING_TO_BACK_UP = declare(
    "backup_of_nothing",
    en="The database holds no installation yet; start Tenure once, or run “tenure migrate”.",
    fr="La base ne contient pas encore d’installation ; démarrez Tenure une fois, ou lancez "
    "« tenure migrate ».",
)
FILE_EXISTS = declare(
    "backup_file_exists",
    en="{file} is there already; name another file, or say --overwrite to replace an earlier "
    "backup.",
    fr="{file} existe déjà ; indiquez un autre fichier, ou --overwrite pour remplacer une "
    "sauvegarde précédente.",
)
FILE_IS_OTHER = declare(
    "backup_file_is_other",
    en="{file} is no backup, so it is not overwritten; name another file.",
    fr="{file} n’est pas une sauvegarde et n’est donc pas écrasé ; indiquez un autre fichier.",
)
FILE_BUSY = declare(
    "backup_file_busy",
    en="{file} is being written by another backup at this moment; wait for it, or name another "
    "file.",
    fr="{file} est en cours d’écriture par une autre sauvegarde ; attendez-la, ou indiquez un "
    "autre fichier.",
)
NOT_WRITTEN = declare(
    "backup_not_written",
    en="{file} could not be written: {why}. Nothing is left of it; make room or name another "
    "place, and repeat.",
    fr="{file} n’a pas pu être écrit : {why}. Il n’en reste rien ; faites de la place ou "
    "indiquez un autre endroit, puis recommencez.",
)
BUSY = declare(
    "backup_under_way",
    en="A backup or a restore of this installation is under way; wait until it has ended, and "
    "repeat.",
    fr="Une sauvegarde ou une restauration de cette installation est en cours ; attendez la fin, "
    "puis recommencez.",
)
UNREADABLE = declare(
    "backup_unreadable",
    en="{file} cannot be read: {why}.",
    fr="{file} est illisible : {why}.",
)
DAMAGED = declare(
    "backup_damaged",
    en="{file} is no whole backup of Tenure ({what}), and nothing was changed. Copy it again from "
    "where it is kept, or take an earlier one.",
    fr="{file} n’est pas une sauvegarde entière de Tenure ({what}) ; rien n’a été changé. "
    "Copiez-la de nouveau depuis son lieu de conservation, ou prenez-en une plus ancienne.",
)
OF_NEWER = declare(
    "backup_of_newer_version",
    en="{file} was made by Tenure {made_by}, which is newer than this one, {ours} ({what}); "
    "nothing was changed. Install that version, and restore with it.",
    fr="{file} a été faite par Tenure {made_by}, plus récent que celui-ci, {ours} ({what}) ; "
    "rien n’a été changé. Installez cette version et restaurez avec elle.",
)
HAS_DATA = declare(
    "restore_over_data",
    en="The installation holds data ({what}), which would be replaced. To do so, back it up first "
    "and repeat with --replace; or name an empty data directory with TENURE_DATA_DIR.",
    fr="L’installation contient des données ({what}), qui seraient remplacées. Pour le faire, "
    "sauvegardez-la d’abord et recommencez avec --replace ; ou indiquez un répertoire de données "
    "vide par TENURE_DATA_DIR.",
)
NO_RIGHT = declare(
    "restore_without_right",
    en="The database does not allow it: {why}. The user of DATABASE_URL must own Tenure's tables "
    "and be allowed to create a schema (GRANT CREATE ON DATABASE), and a connection must reach "
    "the server directly.",
    fr="La base ne le permet pas : {why}. L’utilisateur de DATABASE_URL doit posséder les tables "
    "de Tenure et pouvoir créer un schéma (GRANT CREATE ON DATABASE), et la connexion doit "
    "joindre le serveur directement.",
)
NOT_FITTING = declare(
    "restore_not_fitting",
    en="What {file} holds does not fit together: {what}. Nothing was changed; take an earlier "
    "backup.",
    fr="Le contenu de {file} n’est pas cohérent : {what}. Rien n’a été changé ; prenez une "
    "sauvegarde plus ancienne.",
)
UNSOUND = declare(
    "restore_unsound",
    en="What was restored does not pass the checks {checks}, so nothing was changed. Take an "
    "earlier backup; or say --despite-failures, and look at them with “tenure verify”.",
    fr="Les données restaurées ne passent pas les contrôles {checks} ; rien n’a donc été changé. "
    "Prenez une sauvegarde plus ancienne ; ou ajoutez --despite-failures, puis examinez-les avec "
    "« tenure verify ».",
)
IN_USE = declare(
    "restore_in_use",
    en="Others kept using the tables for {seconds} seconds, so nothing was changed. Stop the "
    "installation, or what else works in its database, and repeat.",
    fr="D’autres ont gardé les tables pendant {seconds} secondes ; rien n’a donc été changé. "
    "Arrêtez l’installation, ou ce qui travaille dans sa base, puis recommencez.",
)
DEPENDED_ON = declare(
    "restore_depended_on",
    en="Something of yours in the database depends on Tenure's tables, so nothing was changed: "
    "{what}. Drop it, repeat, and make it again.",
    fr="Un objet à vous dans la base dépend des tables de Tenure ; rien n’a donc été changé : "
    "{what}. Supprimez-le, recommencez, puis recréez-le.",
)
DISK_FULL = declare(
    "restore_without_room",
    en="The database has no room for it: {why}. Nothing was changed; the restored state and the "
    "present one lie beside each other for a while.",
    fr="La base n’a pas assez de place : {why}. Rien n’a été changé ; l’état restauré et l’état "
    "présent coexistent un moment.",
)
