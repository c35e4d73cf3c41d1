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


class HostError(Exception):
    """The installation cannot do what was asked; the text says what to do about it."""

    def __init__(self, complaint: Complaint, **figures: object) -> None:
        super().__init__(complaint.en.format(**figures))
        self.complaint = complaint
        self.figures = figures

    def text(self, language: str) -> str:
        """The complaint with its figures, in ``language`` (``fr``; anything else is English)."""
        template = self.complaint.fr if language == "fr" else self.complaint.en
        return template.format(**self.figures)


SETTING_INVALID = Complaint(
    "setting_invalid",
    en="{name} is “{value}”, which cannot be used: {expected}.",
    fr="{name} vaut « {value} », ce qui est inutilisable : {expected}.",
)
SETTING_FILE_UNREADABLE = Complaint(
    "setting_file_unreadable",
    en="{name} names the file {path}, which cannot be read: {why}.",
    fr="{name} désigne le fichier {path}, qui est illisible : {why}.",
)
DATA_DIR_UNUSABLE = Complaint(
    "data_dir_unusable",
    en="The data directory {path} cannot be used: {why}. "
    "Name another with --data-dir or TENURE_DATA_DIR.",
    fr="Le répertoire de données {path} est inutilisable : {why}. "
    "Indiquez-en un autre avec --data-dir ou TENURE_DATA_DIR.",
)
