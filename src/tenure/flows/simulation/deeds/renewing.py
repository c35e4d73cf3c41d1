"""Customers pay a renewal before its day, or after it was declined (R24)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from tenure.flows.renewals.paying import pay_now as pay_renewal
from tenure.flows.simulation.deeds.deed import BY, Deed, Kind, asked, pick, subscription_id
from tenure.flows.simulation.deeds.ordering import how_paid, method_of, order_taken_up
from tenure.flows.simulation.rulebook.customer import Customer, Subscription
from tenure.flows.simulation.rulebook.ordering import is_owed
from tenure.flows.simulation.rulebook.paying import pay_now
from tenure.flows.simulation.story import Op


def pay(customer: Customer, op: Op) -> Deed | None:
    """What is due for a next period is paid: mostly where something is, and by the card on file
    every third time."""
    owed = [each for each in customer.subscriptions if _is_due(each, op)]
    seats = owed if owed and op.picks[3] % 8 else customer.subscriptions
    subscription = pick(seats, op.picks[0])
    if subscription is None:
        return None
    method, token = ("", "") if op.picks[1] % 3 == 0 else method_of(customer, op)
    named = subscription_id(subscription)

    def does() -> object:
        return pay_renewal(
            subscription=named,
            payment=how_paid(method, token) if method else None,
            now=op.at,
            by=BY,
            asked=asked(op, customer),
        )

    return Deed(
        does=does,
        expects=partial(pay_now, customer, subscription, method, token, op.at),
        again=order_taken_up(customer, op, does),
    )


def pay_due(customer: Customer, op: Op) -> Deed | None:
    """The same, mostly only where something is due."""
    due = any(_is_due(each, op) for each in customer.subscriptions)
    return pay(customer, op) if due or op.picks[2] % 8 == 0 else None


def _is_due(subscription: Subscription, op: Op) -> bool:
    period = subscription.current(op.at)
    ripe = period.renew_at is None or period.renew_at <= op.at
    return ripe and is_owed(subscription, period, op.at)


KINDS: Final[Mapping[str, Kind]] = {"pay_now": pay, "pay_due": pay_due}
