"""How an order may be paid, and how long it waits for that."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tenure.base.calendar import end_of_day_instant, last_day_before, last_day_within, local_date
from tenure.base.verdicts import Verdict, allow, refuse
from tenure.orders.errors import (
    METHOD_ACCEPTED,
    METHOD_NOT_FOR_AUDIENCE,
    METHOD_UNAVAILABLE,
)
from tenure.policy.model import Policy
from tenure.policy.words import Audience, PaymentMethod


def payment_method_verdict(
    method: PaymentMethod,
    audience: Audience,
    policy: Policy,
    *,
    available: Collection[PaymentMethod],
) -> Verdict:
    """Whether an ``audience`` may pay by ``method`` (R14), by audience first.

    ``available`` are the methods that this installation can take at all, in this currency.
    """
    methods = policy.payment_methods.of(audience)
    if method not in methods:
        return refuse(
            METHOD_NOT_FOR_AUDIENCE,
            method=method.value,
            audience=audience.value,
            methods=tuple(method.value for method in methods),
        )
    if method not in available:
        return refuse(METHOD_UNAVAILABLE, method=method.value)
    return allow(METHOD_ACCEPTED, method=method.value)


def needs_verification(audience: Audience, *, verified: bool, total: int) -> bool:
    """Whether an order waits for proof of a student before it is charged (R8).

    Where nothing is charged (``total`` is 0, a trial), nothing has to be proved.
    """
    return audience == Audience.STUDENT and not verified and total > 0


def verification_last_day(placed_at: datetime, zone: ZoneInfo, policy: Policy) -> date:
    """The last local day on which an order placed at ``placed_at`` can be verified (R8)."""
    return last_day_within(local_date(placed_at, zone), policy.students.verification_wait_days)


def transfer_last_day(placed_at: datetime, zone: ZoneInfo, policy: Policy) -> date:
    """The last local day on which its transfer may be booked (R15)."""
    return last_day_within(local_date(placed_at, zone), policy.orders.transfer_wait_days)


def transfer_reminder_day(last_day: date, policy: Policy) -> date:
    """The local day on which a customer is reminded of a transfer that may be late (R15)."""
    return last_day_before(last_day, policy.orders.transfer_reminder_days_before_expiry)


def quote_last_day(sent_on: date, policy: Policy) -> date:
    """The last local day on which a quote sent on ``sent_on`` can be accepted (R12)."""
    return last_day_within(sent_on, policy.quotes.validity_days)


def expires_at(last_day: date, zone: ZoneInfo) -> datetime:
    """The first UTC instant after ``last_day``, at which what waited so long expires."""
    return end_of_day_instant(last_day, zone)
