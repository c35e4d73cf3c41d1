"""A renewal is paid by somebody who is there (R24)."""

from __future__ import annotations

from datetime import datetime

from tenure.flows.simulation.rulebook import buying
from tenure.flows.simulation.rulebook.customer import Customer, Subscription
from tenure.flows.simulation.rulebook.ordering import is_owed, place, renewal_of


def pay_now(
    customer: Customer, subscription: Subscription, method: str, token: str, at: datetime
) -> str | None:
    """What is due for the next period is paid before the day, or the worker, comes to it (R24).

    Without a ``method`` it is the card on file, unless a transfer is waited for.
    """
    period = subscription.current(at)
    if period.renewal is None or period.renewal.order is None:
        proved = customer.audience != "student" or customer.verified
        ripe = period.renew_at is None or period.renew_at <= at
        if not (ripe and is_owed(subscription, period, at)):
            return "nothing_due"
        if not proved:
            return "verification_pending"
        there = bool(method) or period.order.method == "card"
        place(customer, [(subscription, period)], at, to_be_paid=there)
        period.renew_at = None
    order = renewal_of(period).order
    if order is None:
        raise ValueError("It was just ordered.")
    if method:
        return buying.pay_again(customer, order, method, token, at)
    if order.status == "awaiting_transfer":
        return None
    return buying.pay_again(customer, order, "card", customer.card or "", at)
