"""Taking an order back: the published window, and the statutory one beside it (R28, R33)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
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
    closing = [window for window in windows if isinstance(window, tuple)]
    if not closing:
        return refuse(next(code for code in _EXCLUSIONS if code in windows))
    deadline, by = max(closing)
    if at >= end_of_day_instant(deadline, zone):
        return refuse(WINDOW_CLOSED, deadline=deadline, by=by)
    refund = sum(
        line.gross for line, open_to in zip(order.lines, windows, strict=True)
        if isinstance(open_to, tuple) and at < end_of_day_instant(open_to[0], zone)
    )
    return allow(CANCELLABLE, deadline=deadline, by=by, refund=Money(refund, order.currency))


def eligible_lines(
    order: BoughtOrder, *, at: datetime, zone: ZoneInfo, policy: Policy
) -> tuple[int, ...]:
    """The positions, from 0, of the lines that a cancellation sent at ``at`` takes back (R28)."""
    if order.cancelled or order.paid_on is None:
        return ()
    windows = [_window(line, order, order.paid_on, policy) for line in order.lines]
    return tuple(
        position for position, open_to in enumerate(windows)
        if isinstance(open_to, tuple) and at < end_of_day_instant(open_to[0], zone)
    )


def _window(
    line: BoughtLine, order: BoughtOrder, paid_on: date, policy: Policy
) -> tuple[date, str] | Code:
    """The last day on which ``line`` can be taken back and the rule it is due to, or why never."""
    if line.term == Term.TRIAL:
        return TRIAL_EXCLUDED
    if line.is_renewal:
        return RENEWAL_EXCLUDED
    windows = []
    if line.term in (Term.YEAR, Term.QUARTER):
        windows.append((last_day_within(paid_on, policy.cancellation.window_days), "R28"))
    if order.statutory:
        windows.append((last_day_within(paid_on, policy.statutory_eu.withdrawal_days), "R33"))
    return max(windows) if windows else MONTHLY_EXCLUDED
