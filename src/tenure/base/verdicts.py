"""Codes and verdicts: every no says why, by which rule, with which figures.

A ``Code`` is declared once, where its refusal is at home (an area's ``errors.py``), with its text
in every language that Tenure speaks. A ``Verdict`` is what a rule returns. Neither knows HTTP.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType

from tenure.base.money import Money

Figure = str | int | bool | date | datetime | Money | tuple[str, ...] | None
"""What stands behind a verdict. Dates are local dates, datetimes are UTC instants."""

Figures = Mapping[str, Figure]

NO_FIGURES: Figures = MappingProxyType({})

_declared: dict[str, Code] = {}


@dataclass(frozen=True, slots=True)
class Code:
    """A stable word for a reason, with its rule and its text in English and French.

    Texts are ``str.format`` templates over the verdict's figures, e.g. ``{deadline}``.
    """

    code: str
    rule: str | None
    en: str
    fr: str

    def text(self, language: str) -> str:
        """The template in ``language`` (``en`` or ``fr``; anything else reads English)."""
        return self.fr if language == "fr" else self.en

    def __str__(self) -> str:
        return self.code


def declare(code: str, *, rule: str | None = None, en: str, fr: str) -> Code:
    """Declare a code once for the whole product; declaring it twice is a programming error."""
    if code in _declared:
        raise ValueError(f"The code {code} is declared twice.")
    made = Code(code=code, rule=rule, en=en, fr=_unbroken(fr))
    _declared[code] = made
    return made


def _unbroken(french: str) -> str:
    """French with its spaces before ``; : ! ? »`` and after ``«`` made unbreakable."""
    return re.sub(" (?=[;:!?»])|(?<=«) ", "\N{NO-BREAK SPACE}", french)


def declared_codes() -> tuple[Code, ...]:
    """Every code declared by the modules imported so far, in alphabetical order."""
    return tuple(_declared[name] for name in sorted(_declared))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule returns: allowed or not, the code that says why, the figures behind it."""

    allowed: bool
    code: Code
    figures: Figures = field(default_factory=lambda: NO_FIGURES)

    def __bool__(self) -> bool:
        return self.allowed


def allow(code: Code, **figures: Figure) -> Verdict:
    """A yes, with what it rests on."""
    return Verdict(True, code, MappingProxyType(figures))


def refuse(code: Code, **figures: Figure) -> Verdict:
    """A no, with what it rests on."""
    return Verdict(False, code, MappingProxyType(figures))
