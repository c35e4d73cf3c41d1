"""The kinds of error that commands raise; one handler per edge maps them.

Each carries a declared ``Code``; no kind speaks HTTP.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as made_by
from types import MappingProxyType

from tenure.base.verdicts import NO_FIGURES, Code, Figure, Figures, Verdict, declare

NOT_FOUND = declare(
    "not_found",
    en="There is nothing at this address, or it is not yours to see.",
    fr="Il n’y a rien à cette adresse, ou ce n’est pas à vous de le voir.",
)
FORBIDDEN = declare(
    "forbidden",
    en="Your key or role does not allow this; ask an administrator of the organisation.",
    fr="Votre clé ou votre rôle ne le permet pas ; adressez-vous à un administrateur de "
    "l’organisation.",
)
INVALID = declare(
    "invalid",
    en="Some of what was sent cannot be used; each field says what to change.",
    fr="Une partie de l’envoi est inutilisable ; chaque champ dit ce qu’il faut changer.",
)
STALE = declare(
    "stale",
    en="This was changed since you read it; read it again and repeat your change.",
    fr="Ceci a changé depuis votre lecture ; relisez-le puis refaites votre modification.",
)
UNKNOWN_TIME_ZONE = declare(
    "unknown_time_zone",
    en="{zone} is no time zone; give a name such as Europe/Paris.",
    fr="{zone} n’est pas un fuseau horaire ; donnez un nom tel que Europe/Paris.",
)


class TenureError(Exception):
    """A refusal that says why: a code, and the figures behind it."""

    def __init__(self, code: Code, **figures: Figure) -> None:
        super().__init__(code.code)
        self.code = code
        self.figures: Figures = MappingProxyType(figures) if figures else NO_FIGURES

    def __str__(self) -> str:
        return f"{self.code.code} {dict(self.figures)}" if self.figures else self.code.code


class Refused(TenureError):
    """A rule says no to something that was well formed."""

    @classmethod
    def by(cls, verdict: Verdict) -> Refused:
        """The refusal that a verdict of no amounts to."""
        return cls(verdict.code, **verdict.figures)


class NotFound(TenureError):
    """It does not exist, or must look as if it did not."""

    def __init__(self, code: Code = NOT_FOUND, **figures: Figure) -> None:
        super().__init__(code, **figures)


class Forbidden(TenureError):
    """It exists and may be known to, but is not the caller's to do."""

    def __init__(self, code: Code = FORBIDDEN, **figures: Figure) -> None:
        super().__init__(code, **figures)


class Stale(TenureError):
    """The caller's copy is older than what stands (RFC 9110, If-Match)."""

    def __init__(self, code: Code = STALE, **figures: Figure) -> None:
        super().__init__(code, **figures)


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field: its path as sent (``billing.country``), and why."""

    field: str
    code: Code
    figures: Figures = made_by(default_factory=lambda: NO_FIGURES)


class Invalid(TenureError):
    """What was sent is malformed or makes no sense, field by field."""

    def __init__(self, field_errors: Sequence[FieldError]) -> None:
        super().__init__(INVALID)
        self.field_errors = tuple(field_errors)

    def __str__(self) -> str:
        return "; ".join(f"{e.field}: {e.code.code} {dict(e.figures)}" for e in self.field_errors)
