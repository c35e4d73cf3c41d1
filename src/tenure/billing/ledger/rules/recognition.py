"""Revenue is earned by the day over the period that was sold, and posted by the month (R48)."""

from __future__ import annotations

from datetime import date, timedelta

from tenure.base.money import divide_half_up


def earned_before(amount: int, starts_on: date, ends_on: date, day: date) -> int:
    """What of ``amount`` (minor units) is earned before the local day ``day`` begins.

    The period is half-open ``[starts_on, ends_on)``; each of its days earns the same, and the sum
    so far is rounded half up once, so that months add up to the whole without a remainder.
    """
    days = (ends_on - starts_on).days
    gone = min(max((day - starts_on).days, 0), days)
    return divide_half_up(amount * gone, days)


def next_posting(day: date) -> date:
    """The first day of the month after that of ``day``: when the month can be posted."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
