"""When a card on file can go, and until when one can be charged (R24, R35)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from tenure.base.verdicts import Verdict, allow, refuse
from tenure.billing.errors import METHOD_REMOVABLE, NEEDED_FOR_RENEWAL


def removal_verdict(*, others: int, renews_on: date | None) -> Verdict:
    """Whether a card can be removed.

    ``renews_on`` is the local day of the first renewal that has to be paid by card, None if there
    is none; ``others`` counts the cards that would be left to pay it by.
    """
    if renews_on is not None and not others:
        return refuse(NEEDED_FOR_RENEWAL, on=renews_on)
    return allow(METHOD_REMOVABLE)


def last_day(exp_month: int, exp_year: int) -> date:
    """The last day on which a card can be charged: the end of the month on it."""
    return date(exp_year, exp_month, monthrange(exp_year, exp_month)[1])


def expires_before(exp_month: int, exp_year: int, *, today: date, renews_on: date | None) -> bool:
    """Whether a card is over, or will be before the next renewal is to be paid by it."""
    return last_day(exp_month, exp_year) < max(today, renews_on or today)
