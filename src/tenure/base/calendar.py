"""Local days, terms and periods (R1): dates belong to a zone, instants are UTC.

The zone data are those of the wheel ``tzdata`` and never the machine's, so that two machines of
one installation cannot disagree about a midnight.
"""

from __future__ import annotations

import calendar
import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from typing import Final, NamedTuple

from tenure.base.errors import UNKNOWN_TIME_ZONE, FieldError, Invalid

zoneinfo.reset_tzpath(to=())

_SECOND: Final = timedelta(seconds=1)
_DAY: Final = timedelta(days=1)
_MICROSECOND: Final = timedelta(microseconds=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Term(StrEnum):
    """How long a purchase lasts; a trial has days of its own, which its offer names (R6, R9)."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    TRIAL = "trial"

    @property
    def months(self) -> int:
        """The calendar months of one period; ``ValueError`` for a trial, which counts days."""
        months = _MONTHS.get(self.value)
        if months is None:
            raise ValueError("A trial has days, not months.")
        return months


_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}


class Span(NamedTuple):
    """A stretch of local days, half-open: ``ends_on`` is the first day after it (R19)."""

    starts_on: date
    ends_on: date

    @property
    def last_day(self) -> date:
        """The last local day inside."""
        return self.ends_on - _DAY

    @property
    def days(self) -> int:
        """How many local days it has."""
        return (self.ends_on - self.starts_on).days


@cache
def zone_names() -> frozenset[str]:
    """Every zone name that may be used, spelt exactly so."""
    return frozenset(zoneinfo.available_timezones() - {"Factory"})


def zone_named(name: str, *, field: str = "timezone") -> zoneinfo.ZoneInfo:
    """The zone called ``name``; ``Invalid`` on ``field`` (``unknown_time_zone``) if none is."""
    known = _ZONES.get(name)
    if known is not None:
        return known
    if name not in zone_names():
        raise Invalid([FieldError(field, UNKNOWN_TIME_ZONE, {"zone": name})])
    # Zones are kept by the name they were first asked by: a page's own kind of text must not stay.
    plain = str.__str__(name)
    return _ZONES.setdefault(plain, zoneinfo.ZoneInfo(plain))


_ZONES: Final[dict[str, zoneinfo.ZoneInfo]] = {}
"""Those that were asked for."""


@lru_cache(maxsize=8192)
def first_instant(day: date, zone: zoneinfo.ZoneInfo) -> datetime:
    """The UTC instant at which local ``day`` begins.

    A midnight that happens twice is the earlier one; where none exists it is the day's first
    instant, and a day that a zone left out altogether begins where the next one does.
    """
    midnight = datetime.combine(day, time())
    earlier = midnight.replace(tzinfo=zone).astimezone(UTC)
    if earlier.astimezone(zone).replace(tzinfo=None) == midnight:
        return earlier
    return _end_of_gap(midnight, earlier, zone)


def _end_of_gap(midnight: datetime, after: datetime, zone: zoneinfo.ZoneInfo) -> datetime:
    """The instant at which the clocks jumped over ``midnight``; ``after`` is not before it."""
    before = midnight.replace(tzinfo=zone, fold=1).astimezone(UTC)
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        middle -= timedelta(microseconds=middle.microsecond)
        if middle.astimezone(zone).replace(tzinfo=None) < midnight:
            before = middle
        else:
            after = middle
    return after


def end_of_day_instant(day: date, zone: zoneinfo.ZoneInfo) -> datetime:
    """The first UTC instant that no longer belongs to local ``day``: exclusive."""
    return first_instant(day + _DAY, zone)


def local_date(at: datetime, zone: zoneinfo.ZoneInfo) -> date:
    """The local day on which the instant ``at`` falls; ``ValueError`` if ``at`` has no zone."""
    if at.tzinfo is None:
        raise ValueError("An instant needs a zone; a naive time has none.")
    return at.astimezone(zone).date()


def last_day_before(ends_on: date, days: int) -> date:
    """'Until N days before the end': the last allowed local day, all of it."""
    return ends_on - timedelta(days=days)


def last_day_within(day: date, days: int) -> date:
    """'Within N days of ``day``': the last allowed local day, all of it."""
    return day + timedelta(days=days)


def add_months(day: date, months: int) -> date:
    """The same day of the month ``months`` later, or that month's last day if it has none such."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if not 1 <= year <= 9999:
        raise ValueError("Beyond the calendar.")
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def period_bounds(anchor: date, term: Term, number: int) -> Span:
    """Period ``number`` (1 is the first) of a chain that began on ``anchor`` (R1).

    Always computed from the anchor: 31 January, monthly, ends on 28 or 29 February, and the
    next period on 31 March. ``ValueError`` for a trial or a number below 1.
    """
    if number < 1:
        raise ValueError("Periods are numbered from 1.")
    months = term.months
    return Span(add_months(anchor, months * (number - 1)), add_months(anchor, months * number))


def trial_bounds(anchor: date, days: int) -> Span:
    """The one period of a trial that began on ``anchor`` (R9)."""
    if days < 1:
        raise ValueError("A trial lasts at least a day.")
    return Span(anchor, anchor + timedelta(days=days))


def microseconds(at: datetime) -> int:
    """The instant ``at`` as whole microseconds since 1970, exact and quick to compare."""
    return (at - _EPOCH) // _MICROSECOND
