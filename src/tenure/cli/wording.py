"""What the command says, in the language of the terminal (English or French)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date, datetime

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency

from tenure.base.errors import Invalid, TenureError
from tenure.base.money import Money, minor_digits
from tenure.base.verdicts import Code, Figure, Figures


def language(environ: Mapping[str, str] = os.environ) -> str:
    """``fr`` or ``en``, by the first that is set of LC_ALL, LC_MESSAGES and LANG."""
    locale = next((environ[n] for n in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(n)), "")
    return "fr" if locale.lower().startswith("fr") else "en"


def say(en: str, fr: str) -> str:
    """One of two texts, by the language of the terminal."""
    return fr if language() == "fr" else en


def lines_of(error: TenureError, language: str) -> list[str]:
    """What went wrong, and for what was malformed a line for each field."""
    lines = [sentence(error.code, error.figures, language)]
    if isinstance(error, Invalid):
        lines += [
            f"  {wrong.field}: {sentence(wrong.code, wrong.figures, language)}"
            for wrong in error.field_errors
        ]
    return lines


def sentence(code: Code, figures: Figures, language: str) -> str:
    """The text of a code with its figures in the reader's words."""
    words = {name: _figure(value, language) for name, value in figures.items()}
    return code.text(language).format(**words)


def _figure(value: Figure, language: str) -> str:
    if isinstance(value, Money):
        digits = minor_digits(value.currency)
        number = value.amount / 10**digits
        return format_currency(number, value.currency, locale=language)
    if isinstance(value, datetime):
        return format_datetime(value, "long", locale=language)
    if isinstance(value, date):
        return format_date(value, "long", locale=language)
    if isinstance(value, tuple):
        return ", ".join(value)
    return str(value)
