"""Days and moments in the reader's words, with spaces that do not break."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from babel.dates import format_date, format_skeleton, get_time_format
from django.template import Library
from django.utils.translation import gettext, ngettext, pgettext

from tenure.base.calendar import Term, zone_named
from tenure.base.wording import day_in_words
from tenure.web.edge.templatetags.amounts import reader

register = Library()


_KEPT: Final = 10_000
"""How many days and moments are remembered as they are written: lists repeat them."""

_NARROW: Final = "\N{NARROW NO-BREAK SPACE}"


def _plain(value: date) -> date:
    """A day, also where it comes as a moment: equal moments may lie on different days."""
    return value.date() if isinstance(value, datetime) else value


def _unbroken(text: str) -> str:
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def _first(text: str, value: date, language: str) -> str:
    """The first of a month as French writes it, which CLDR leaves out: 1er mars."""
    return text.replace("1 ", "1er ", 1) if language == "fr" and value.day == 1 else text


@register.filter
def day(value: date | None) -> str:
    """``{{ period.ends_on|day }}``: November 18, 2027; 18 novembre 2027."""
    return _day(_plain(value), reader()) if value else ""


@lru_cache(maxsize=_KEPT)
def _day(value: date, language: str) -> str:
    return _unbroken(day_in_words(value, language))


@register.filter
def short_day(value: date | None) -> str:
    """``{{ row.on|short_day }}``: Nov 18, 2027; 18 nov. 2027, for tables."""
    return _short_day(_plain(value), reader()) if value else ""


@lru_cache(maxsize=_KEPT)
def _short_day(value: date, language: str) -> str:
    text = format_date(value, "medium", locale=language)
    return _unbroken(_first(text, value, language))


@register.filter
def month(value: date | None) -> str:
    """``{{ first|month }}``: March 2027; mars 2027."""
    return _month(_plain(value), reader()) if value else ""


@lru_cache(maxsize=_KEPT)
def _month(value: date, language: str) -> str:
    return _unbroken(format_skeleton("yMMMM", value, locale=language))


@register.filter
def short_month(value: date | None) -> str:
    """``{{ first|short_month }}``: Mar 2027; mars 2027, below pictures."""
    return _short_month(_plain(value), reader()) if value else ""


@lru_cache(maxsize=_KEPT)
def _short_month(value: date, language: str) -> str:
    return _unbroken(format_skeleton("yMMM", value, locale=language))


@register.filter
def last_day(ends_on: date) -> date:
    """``{{ period.ends_on|last_day|day }}``: the day before the first day after it (R19)."""
    return ends_on - timedelta(days=1)


@register.filter
def moment(at: datetime | None, zone: str = "UTC") -> str:
    """``{{ at|moment:visit.place.timezone }}``: day and minute in that zone."""
    return _moment(at, zone, reader()) if at else ""


@lru_cache(maxsize=_KEPT)
def _moment(at: datetime, zone: str, language: str) -> str:
    local = at.astimezone(zone_named(zone))
    time = str(get_time_format("short", language).apply(local, language))
    return _unbroken(f"{_short_day(local.date(), language)}, {time.replace(_NARROW, ' ')}")


@register.filter
def iso(value: date | datetime | None) -> str:
    """``<time datetime="{{ value|iso }}">``: as machines read it."""
    return value.isoformat() if value else ""


@register.filter
def remaining(until: date, today: date) -> str:
    """``{{ deadline|remaining:visit.today }}``: in 12 days; today; 3 days ago."""
    days = (until - today).days
    if days == 0:
        return gettext("today")
    if days == 1:
        return gettext("tomorrow")
    if days == -1:
        return gettext("yesterday")
    if days < 0:
        return ngettext("%(days)d day ago", "%(days)d days ago", -days) % {"days": -days}
    return ngettext("in %(days)d day", "in %(days)d days", days) % {"days": days}


@register.filter
def term(value: Term | str) -> str:
    """``{{ line.term|term }}``: how long a purchase lasts: 1 year."""
    return {
        Term.MONTH: gettext("1 month"),
        Term.QUARTER: gettext("3 months"),
        Term.YEAR: gettext("1 year"),
        Term.TRIAL: gettext("trial"),
    }[Term(value)]


@register.filter
def per_term(value: Term | str) -> str:
    """``{{ price|price }} {{ line.term|per_term }}``: what a price is for: per year."""
    return {
        Term.MONTH: pgettext("price", "per month"),
        Term.QUARTER: pgettext("price", "for 3 months"),
        Term.YEAR: pgettext("price", "per year"),
        Term.TRIAL: pgettext("price", "for the trial"),
    }[Term(value)]
