"""Amounts, rates and days of documents, written as readers and as programs expect them."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Final

from babel import Locale

from tenure.base.money import Money, minor_digits
from tenure.base.wording import day_in_words
from tenure.base.wording import money as money_in_words

_NO_BREAK: Final = "\N{NO-BREAK SPACE}"
_NARROW: Final = "\N{NARROW NO-BREAK SPACE}"


def plain(amount: int, currency: str) -> str:
    """For programs: ``1234.50``, with the decimals that the currency has."""
    digits = minor_digits(currency)
    sign, whole = ("-", -amount) if amount < 0 else ("", amount)
    if not digits:
        return f"{sign}{whole}"
    text = f"{whole:0{digits + 1}d}"
    return f"{sign}{text[:-digits]}.{text[-digits:]}"


def written(amount: int, currency: str, language: str) -> str:
    """For columns, where the currency is said elsewhere: ``1,234.50`` or ``1 234,50``."""
    whole, point, decimals = plain(amount, currency).partition(".")
    grouped = f"{int(whole):,}"
    if language == "fr":
        return grouped.replace(",", _NARROW) + point.replace(".", ",") + decimals
    return grouped + point + decimals


def unbroken(text: str) -> str:
    """With the spaces that French sets before a colon or a semicolon kept on their line."""
    return text.replace(" :", f"{_NO_BREAK}:").replace(" ;", f"{_NO_BREAK};")


@lru_cache(maxsize=4096)
def money(amount: int, currency: str, language: str) -> str:
    """With its currency, as the reader writes it: ``€1,234.50`` or ``1 234,50 €``."""
    return money_in_words(Money(amount, currency), language)


@lru_cache(maxsize=4096)
def day(on: date, language: str) -> str:
    """In words, its parts never broken apart: ``27 novembre 2026``."""
    return day_in_words(on, language).replace(" ", _NO_BREAK)


@lru_cache(maxsize=4096)
def short_day(on: date, language: str) -> str:
    """In figures, for periods: ``27/11/2026`` for French, ``27 Nov 2026`` for English."""
    if language == "fr":
        return f"{on:%d/%m/%Y}"
    return f"{on.day}{_NO_BREAK}{_MONTHS[on.month - 1]}{_NO_BREAK}{on.year}"


_MONTHS: Final = [
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
]


def percent(rate: int) -> str:
    """Basis points for programs: ``20`` or ``5.5``."""
    whole, rest = divmod(rate, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") if rest else str(whole)


def percent_written(rate: int, language: str) -> str:
    """Basis points for readers: ``5.5%`` or ``5,5 %``."""
    text = percent(rate)
    return f"{text.replace('.', ',')}{_NO_BREAK}%" if language == "fr" else f"{text}%"


@lru_cache(maxsize=4096)
def compact_day(on: date) -> str:
    """For programs, in the form 102 of UN/EDIFACT: ``20261127``."""
    return on.strftime("%Y%m%d")


@lru_cache(maxsize=1024)
def country_in_words(country: str, language: str) -> str:
    """A country's name as the reader says it; its code where it has none."""
    return str(Locale.parse(language).territories.get(country, country))
