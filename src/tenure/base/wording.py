"""A code with its figures as a sentence, in the reader's language: for every edge."""

from __future__ import annotations

import copy
import re
from datetime import date, datetime
from decimal import Decimal

from babel import Locale
from babel.dates import format_date, format_datetime

from tenure.base.money import Money, minor_digits
from tenure.base.verdicts import Code, Figure, Figures

_LETTER_BEFORE_DIGIT = re.compile(r"(?<=[A-Za-z])(?=\d)")
"""Where CLDR spaces a currency's letters from its digits, which Babel leaves out."""

LANGUAGES = ("en", "fr")
"""The languages in which Tenure speaks; the first is everybody else's."""


def sentence(code: Code, figures: Figures, language: str) -> str:
    """What ``code`` says with ``figures``: dates in words, money in the reader's format."""
    return code.text(language).format(
        **{name: shown(figure, language) for name, figure in figures.items()}
    )


def shown(figure: Figure, language: str) -> str:
    """One figure as the reader of ``language`` writes it; instants are shown in UTC."""
    if isinstance(figure, Money):
        return money(figure, language)
    if isinstance(figure, datetime):
        return str(format_datetime(figure, "long", locale=language))
    if isinstance(figure, date):
        return day_in_words(figure, language)
    if isinstance(figure, tuple):
        return ", ".join(figure)
    return "" if figure is None else str(figure)


def day_in_words(day: date, language: str) -> str:
    """A local day in full; the first of a month as French writes it, which CLDR leaves out."""
    text = str(format_date(day, "long", locale=language))
    return text.replace("1 ", "1er ", 1) if language == "fr" and day.day == 1 else text


def money(amount: Money, language: str) -> str:
    """An amount with all the decimals that its currency has by ISO 4217."""
    locale = Locale.parse(language)
    digits = minor_digits(amount.currency)
    pattern = copy.copy(locale.currency_formats["standard"])
    pattern.frac_prec = (digits, digits)
    value = Decimal(amount.amount).scaleb(-digits)
    written = pattern.apply(value, locale, currency=amount.currency, currency_digits=False)
    return _LETTER_BEFORE_DIGIT.sub("\N{NO-BREAK SPACE}", written)
