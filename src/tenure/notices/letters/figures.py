"""Days, amounts and rates as the reader of a mail writes them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from babel.dates import format_datetime
from babel.numbers import format_decimal
from django.utils.translation import gettext, ngettext

from tenure.base.calendar import Term, zone_named
from tenure.base.money import Money
from tenure.base.wording import money as _money
from tenure.base.wording import shown


@lru_cache(maxsize=4096)
def day(on: date, language: str) -> str:
    """A local day in words."""
    return shown(on, language)


def moment(at: datetime, zone: str, language: str) -> str:
    """An instant to the minute, by the clock of ``zone``, which is named."""
    local = at.astimezone(zone_named(zone))
    return f"{format_datetime(local, 'long', locale=language)}"


@lru_cache(maxsize=4096)
def money(amount: int, currency: str, language: str) -> str:
    """An amount in minor units of ``currency``."""
    return _money(Money(amount, currency), language)


def percent(rate: Decimal, language: str) -> str:
    """A rate of tax, without decimals that say nothing."""
    number = format_decimal(rate.normalize(), locale=language)
    return f"{number}\N{NO-BREAK SPACE}%" if language == "fr" else f"{number}%"


def term_in_words(term: str, trial_days: int | None) -> str:
    """How long a line lasts, in the language now active."""
    if term == Term.TRIAL:
        days = trial_days or 0
        return ngettext("trial of %(days)s day", "trial of %(days)s days", days) % {"days": days}
    return {
        Term.YEAR: gettext("one year"),
        Term.QUARTER: gettext("three months"),
        Term.MONTH: gettext("one month"),
    }[Term(term)]


def seats_in_words(quantity: int) -> str:
    """How many seats, in the language now active."""
    return ngettext("%(count)s seat", "%(count)s seats", quantity) % {"count": quantity}
