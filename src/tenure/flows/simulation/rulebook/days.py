"""Days, midnights and periods, counted anew (R1)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def day_of(at: datetime, zone: ZoneInfo) -> date:
    """The local day of an instant."""
    return at.astimezone(zone).date()


@lru_cache(maxsize=16384)
def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local day, found by looking at the minutes around it.

    From the day before on, the first whole minute whose local day is ``day`` or later. Zones that
    shift by seconds lie long before any simulation.
    """
    low = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) // 60 - 27 * 60
    high = low + 54 * 60
    while low < high:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle * 60, UTC).astimezone(zone).date() >= day:
            high = middle
        else:
            low = middle + 1
    return datetime.fromtimestamp(low * 60, UTC)


def day_over(day: date, zone: ZoneInfo) -> datetime:
    """The first instant that no longer belongs to a local day."""
    return midnight(day + ONE_DAY, zone)


def months_after(anchor: date, months: int) -> date:
    """So many calendar months later; a day that the month lacks is its last (R1)."""
    year, month = anchor.year, anchor.month + months
    while month > 12:
        year, month = year + 1, month - 12
    day = anchor.day
    while True:
        try:
            return date(year, month, day)
        except ValueError:
            day -= 1


def period_days(anchor: date, term: str, number: int, trial_days: int) -> tuple[date, date]:
    """First day and end of period ``number``, both from the anchor (R1, R9)."""
    if term == "trial":
        return anchor, anchor + trial_days * ONE_DAY
    length = _MONTHS[term]
    return months_after(anchor, length * (number - 1)), months_after(anchor, length * number)
