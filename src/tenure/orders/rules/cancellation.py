"""Taking an order back: the published window, and the statutory one beside it (R28, R33)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from tenure.base.calendar import Term, end_of_day_instant, last_day_within
from tenure.base.money import Money
from tenure.base.verdicts import Code, Verdict, allow, refuse
from tenure.orders.errors import (
    ALREADY_CANCELLED,
    CANCELLABLE,
    MONTHLY_EXCLUDED,
    NOT_PAID,
    RENEWAL_EXCLUDED,
    TRIAL_EXCLUDED,
    WINDOW_CLOSED,
)
from tenure.policy.model import Policy

_EXCLUSIONS: Final = (TRIAL_EXCLUDED, RENEWAL_EXCLUDED, MONTHLY_EXCLUDED)
"""In the order in which R28 names them."""


class Window(NamedTuple):
    """The last local day on which a line can be taken back, and the rule it is due to."""

    last_day: date
    rule: str


@dataclass(frozen=True, slots=True)
class BoughtLine:
    """A line of an order: its term, what it cost with tax, and whether it renewed something."""

    term: Term
    gross: int
    is_renewal: bool = False


@dataclass(frozen=True, slots=True)
class BoughtOrder:
    """An order as R28 sees it; ``paid_on`` is the local day of the money, None while unpaid.

    ``statutory`` says whether the buyer is protected by the policy's statutory section (R33):
    ``policy.statutory_eu.protects(audience, country)``.
    """

    lines: tuple[BoughtLine, ...]
    currency: str
    paid_on: date | None
    cancelled: bool = False
    statutory: bool = False


def cancellation_verdict(
    order: BoughtOrder, *, at: datetime, zone: ZoneInfo, policy: Policy
) -> Verdict:
    """Whether a request sent at the instant ``at`` takes ``order`` back (R28, R33).

    ``policy`` is the version under which the order was bought (R32). A yes carries ``deadline``,
    the last local day, all of it, and ``refund``, with tax, for the lines that are eligible by
    their own term and still in their window. A no is the first that holds of
    ``already_cancelled``, ``not_paid``, ``trial_excluded``, ``renewal_excluded``,
    ``monthly_excluded``, ``window_closed``; only the last carries a deadline. ``by`` names the
    rule that gives the later deadline.
    """
    if order.cancelled:
        return refuse(ALREADY_CANCELLED)
    if order.paid_on is None:
        return refuse(NOT_PAID)
    windows = [_window(line, order, order.paid_on, policy) for line in order.lines]
    closing = [window for window in windows if isinstance(window, Window)]
    if not closing:
        return refuse(next(code for code in _EXCLUSIONS if code in windows))
    latest = max(closing, key=_kindness)
    if at >= end_of_day_instant(latest.last_day, zone):
        return refuse(WINDOW_CLOSED, deadline=latest.last_day, by=latest.rule)
    refund = sum(order.lines[index].gross for index in _open(windows, at, zone))
    money = Money(refund, order.currency)
    return allow(CANCELLABLE, deadline=latest.last_day, by=latest.rule, refund=money)


def eligible_lines(
    order: BoughtOrder, *, at: datetime, zone: ZoneInfo, policy: Policy
) -> tuple[int, ...]:
    """The positions, from 0, of the lines that a cancellation sent at ``at`` takes back (R28)."""
    if order.cancelled or order.paid_on is None:
        return ()
    windows = [_window(line, order, order.paid_on, policy) for line in order.lines]
    return tuple(_open(windows, at, zone))


def _open(windows: Sequence[Window | Code], at: datetime, zone: ZoneInfo) -> Iterator[int]:
    """The positions of the windows that are still open at ``at``."""
    for index, window in enumerate(windows):
        if isinstance(window, Window) and at < end_of_day_instant(window.last_day, zone):
            yield index


def _kindness(window: Window) -> tuple[date, bool]:
    """The later day is the kinder; of equal days the published term goes first."""
    return window.last_day, window.rule == "R28"


def _window(line: BoughtLine, order: BoughtOrder, paid_on: date, policy: Policy) -> Window | Code:
    """The window of one line, the kinder of two, or why it has none."""
    if line.term == Term.TRIAL:
        return TRIAL_EXCLUDED
    if line.is_renewal:
        return RENEWAL_EXCLUDED
    windows = []
    if line.term in (Term.YEAR, Term.QUARTER):
        last_day = last_day_within(paid_on, policy.cancellation.window_days)
        windows.append(Window(last_day, "R28"))
    if order.statutory:
        last_day = last_day_within(paid_on, policy.statutory_eu.withdrawal_days)
        windows.append(Window(last_day, "R33"))
    return max(windows, key=_kindness) if windows else MONTHLY_EXCLUDED
