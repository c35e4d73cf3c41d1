"""Renewing by itself, and stopping that in time (R20 to R25, R33)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tenure.base.calendar import (
    Span,
    Term,
    add_months,
    end_of_day_instant,
    first_instant,
    last_day_before,
)
from tenure.base.money import Money, divide_half_up
from tenure.base.verdicts import Figure, Verdict, allow, refuse
from tenure.catalogue.errors import OFFER_WITHDRAWN
from tenure.policy.model import Policy
from tenure.subscriptions.errors import (
    NOT_RENEWED_HERE,
    NOTICE_WAS_GIVEN,
    OPT_IN_CHARGES,
    OPT_IN_CLOSED,
    OPT_IN_OPEN,
    OPT_OUT_CLOSED,
    OPT_OUT_OPEN,
    TERMINABLE,
    TRIAL_DOES_NOT_RENEW,
)
from tenure.subscriptions.rules.periods import PeriodFacts, PeriodKind

FROM_NEXT_PERIOD = "next_period"
"""What to offer instead of an opt-out that comes too late (R21)."""


def is_wanted_after(number: int, *, auto_renew: bool, stops_after: int | None) -> bool:
    """Whether a period is to follow period ``number``, as it is chosen (R20, R21)."""
    return auto_renew and (stops_after is None or number < stops_after)


def opt_out_deadline(ends_on: date, policy: Policy) -> date:
    """The last local day, all of it, on which auto-renewal can be switched off (R21).

    For a period ending on 2027-11-23 it is 2027-11-18.
    """
    return last_day_before(ends_on, policy.renewal.opt_out_days_before_end)


def opt_out_until(ends_on: date, zone: ZoneInfo, policy: Policy) -> datetime:
    """The first UTC instant at which it is too late (R21)."""
    return end_of_day_instant(opt_out_deadline(ends_on, policy), zone)


def opt_out_verdict(
    current: PeriodFacts, *, at: datetime, zone: ZoneInfo, policy: Policy, external: bool = False
) -> Verdict:
    """Whether auto-renewal can be switched off at ``at`` with effect at the end of ``current``.

    ``current`` is the period that covers ``at``, or the last one if none does; ``policy`` the
    version under which it was paid (R32). A no by the clock names the deadline that was and what
    is possible instead: switching off from the next period on (R21).
    """
    barred = _never_renews(current, external=external)
    if barred is not None:
        return barred
    deadline = opt_out_deadline(current.ends_on, policy)
    if at < min(end_of_day_instant(deadline, zone), current.ends_at):
        return allow(OPT_OUT_OPEN, deadline=deadline)
    figures: dict[str, Figure] = {"deadline": deadline, "from": FROM_NEXT_PERIOD}
    return refuse(OPT_OUT_CLOSED, **figures)


def opt_in_verdict(
    current: PeriodFacts,
    *,
    at: datetime,
    zone: ZoneInfo,
    policy: Policy,
    price: Money | None = None,
    external: bool = False,
    withdrawn: bool = False,
) -> Verdict:
    """Whether auto-renewal can be switched on again at ``at``: until the very end (R21).

    After the deadline the yes is ``opt_in_charges``: the renewal is charged at once, at
    ``price`` (with tax), which must have been shown. What was announced not to be renewed, since
    its offer is ``withdrawn``, cannot be switched on any more (R5).
    """
    barred = _never_renews(current, external=external)
    if barred is not None:
        return barred
    if at >= current.ends_at:
        return refuse(OPT_IN_CLOSED, deadline=current.span.last_day)
    if withdrawn:
        return refuse(OFFER_WITHDRAWN)
    if at < opt_out_until(current.ends_on, zone, policy):
        return allow(OPT_IN_OPEN, deadline=current.span.last_day)
    return allow(OPT_IN_CHARGES, deadline=current.span.last_day, price=price)


def _never_renews(current: PeriodFacts, *, external: bool) -> Verdict | None:
    """Trials do not renew (R9), and what was not bought here is not renewed here (R35)."""
    if external:
        return refuse(NOT_RENEWED_HERE)
    if current.kind == PeriodKind.TRIAL:
        return refuse(TRIAL_DOES_NOT_RENEW, ends_on=current.ends_on)
    return None


def card_charge_days(ends_on: date, policy: Policy) -> tuple[date, ...]:
    """The local days on which the card is charged for what follows ``ends_on``, in order (R24)."""
    return tuple(last_day_before(ends_on, days) for days in _charge_days(policy))


def _charge_days(policy: Policy) -> tuple[int, ...]:
    return policy.renewal.card_charge_days_before_end


def transfer_invoice_day(ends_on: date, policy: Policy) -> date:
    """The local day on which a renewal by transfer is invoiced; it is due on ``ends_on`` (R24)."""
    return last_day_before(ends_on, policy.renewal.transfer_invoice_days_before_end)


def renewal_day(ends_on: date, policy: Policy, *, by_transfer: bool) -> date:
    """The local day on which what follows ``ends_on`` is charged first, or invoiced (R24)."""
    if by_transfer:
        return transfer_invoice_day(ends_on, policy)
    return card_charge_days(ends_on, policy)[0]


def renewal_begins_at(
    current: PeriodFacts, zone: ZoneInfo, policy: Policy, *, by_transfer: bool
) -> datetime:
    """The UTC instant at which what follows ``current`` is charged, or invoiced ahead (R24).

    Never before ``current`` itself begins.
    """
    day = renewal_day(current.ends_on, policy, by_transfer=by_transfer)
    return max(first_instant(day, zone), current.starts_at)


def reminder_days(current: Span, term: Term, policy: Policy) -> tuple[date, ...]:
    """The local days on which reminders of ``current``'s deadline go out, in order (R25).

    The first of them fixes the price of the renewal.
    """
    deadline = opt_out_deadline(current.ends_on, policy)
    days = (
        last_day_before(deadline, n) for n in policy.renewal.reminder_days_before_deadline.of(term)
    )
    return tuple(day for day in days if day >= current.starts_on)


def trial_offer_days(trial: Span, policy: Policy) -> tuple[date, ...]:
    """The local days on which the paid term is offered before a trial ends, in order (R9).

    Never on its first day, nor before.
    """
    days = (last_day_before(trial.ends_on, n) for n in policy.renewal.trial_offer_days_before_end)
    return tuple(day for day in days if trial.starts_on < day < trial.ends_on)


def notice_window(current: Span, policy: Policy) -> Span | None:
    """The local days on which the statutory notice of renewal must go out (R33), half-open.

    None where the law's window was over before ``current`` began, as it is for a month.
    """
    statutory, deadline = policy.statutory_eu, opt_out_deadline(current.ends_on, policy)
    first = add_months(deadline, -statutory.notice_earliest_months_before_deadline)
    last = add_months(deadline, -statutory.notice_latest_months_before_deadline)
    if last < current.starts_on:
        return None
    return Span(max(first, current.starts_on), last + timedelta(days=1))


def notice_days(current: Span, term: Term, policy: Policy, *, protected: bool) -> tuple[date, ...]:
    """The reminders of R25, with one more where the statutory notice would be missing (R33).

    ``protected`` is ``policy.statutory_eu.protects(audience, country)``. A trial's are those on
    which the paid term is offered (R9).
    """
    if term == Term.TRIAL:
        return trial_offer_days(current, policy)
    days = reminder_days(current, term, policy)
    window = notice_window(current, policy) if protected else None
    if window is None or any(window.starts_on <= day < window.ends_on for day in days):
        return days
    return tuple(sorted((*days, window.starts_on)))


def termination_verdict(
    previous: Span,
    renewed: Span,
    *,
    noticed_on: tuple[date, ...],
    on: date,
    paid: Money,
    protected: bool,
    policy: Policy,
) -> Verdict:
    """Whether a consumer can end ``renewed`` at any time, for want of a notice (R33).

    ``noticed_on`` are the local days on which notices of the renewal of ``previous`` went out.
    The ``refund`` is what was paid for the days from ``on`` on, rounded half up.
    """
    window = notice_window(previous, policy) if protected else None
    if window is None or any(window.starts_on <= day < window.ends_on for day in noticed_on):
        return refuse(NOTICE_WAS_GIVEN)
    left = (renewed.ends_on - max(on, renewed.starts_on)).days
    rest = divide_half_up(paid.amount * max(left, 0), renewed.days)
    return allow(TERMINABLE, refund=Money(rest, paid.currency))
