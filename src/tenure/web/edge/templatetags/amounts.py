"""Amounts in the reader's format, with spaces that do not break."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel import Locale
from babel.numbers import format_compact_decimal, format_decimal, format_percent
from django.template import Library
from django.utils.translation import get_language

from tenure.base.money import Money, minor_digits
from tenure.base.wording import money as written

register = Library()

_RATES: Final = {"en": "0.###%", "fr": "0.###\N{NO-BREAK SPACE}%"}


def reader() -> str:
    """The language of who reads: ``en`` or ``fr``."""
    return (get_language() or "en")[:2]


@register.filter
def money(amount: Money | None) -> str:
    """``{{ total|money }}``: with all its decimals, as papers have it; nothing for None."""
    return "" if amount is None else _written(amount, reader())


@lru_cache(maxsize=10_000)
def _written(amount: Money, language: str) -> str:
    """A list shows dozens, and mostly the same ones."""
    return written(amount, language)


@register.filter
def price(amount: Money | None) -> str:
    """``{{ term.price|price }}``: without decimals where these are noughts, as shops have it."""
    return "" if amount is None else _shop_price(amount, reader())


@lru_cache(maxsize=10_000)
def _shop_price(amount: Money, language: str) -> str:
    digits = minor_digits(amount.currency)
    if not digits or amount.amount % 10**digits:
        return written(amount, language)
    noughts = Locale.parse(language).number_symbols["latn"]["decimal"] + "0" * digits
    return written(amount, language).replace(noughts, "", 1)


@register.filter
def number(value: int | None) -> str:
    """``{{ members|number }}``: 12,500 in English, 12 500 in French."""
    return "" if value is None else _number(value, reader())


@lru_cache(maxsize=10_000)
def _number(value: int, language: str) -> str:
    return str(format_decimal(value, locale=language))


@register.filter
def compact(value: int) -> str:
    """``{{ members|compact }}``: 12K, for a picture without room."""
    return str(format_compact_decimal(value, locale=reader()))


@register.filter
def percent(part: int, whole: int) -> str:
    """``{{ used|percent:paid }}``: 83%; nothing of nothing is 0%."""
    return str(format_percent(part / whole if whole else 0, locale=reader()))


@register.filter
def rate(value: Decimal) -> str:
    """``{{ order.tax_percent|rate }}``: a rate of tax that is in percent already: 5.5%; 5,5 %."""
    return str(format_percent(value / 100, format=_RATES[reader()], locale=reader()))


@register.filter
def country(code: str) -> str:
    """``{{ organisation.country|country }}``: its name in the reader's language."""
    return str(Locale.parse(reader()).territories.get(code, code))
