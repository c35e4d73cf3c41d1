"""More seats in mid-period (R27)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from tenure.flows.seat_changes.adding import MoreSeats, add_seats
from tenure.flows.simulation.deeds.deed import BY, Deed, Kind, asked, pick, subscription_id
from tenure.flows.simulation.deeds.ordering import how_paid, method_of, ordered
from tenure.flows.simulation.rulebook import buying
from tenure.flows.simulation.rulebook.customer import Customer, Order, Subscription
from tenure.flows.simulation.rulebook.seats import added, adding_refused
from tenure.flows.simulation.story import Op


def add(customer: Customer, op: Op, *, always: bool = False) -> Deed | None:
    """A few seats more of something that runs, mostly; ``always``: also when the next period is
    ordered already."""
    running = [each for each in customer.subscriptions if each.covers(op.at) and not each.is_trial]
    seats = running if running and op.picks[3] % 6 else customer.subscriptions
    subscription = pick(seats, op.picks[0])
    if subscription is None or not (always or _is_to_be_renewed(subscription, op)):
        return None
    method, token = method_of(customer, op)
    quantity = 1 + op.picks[1] % 3
    wanted = MoreSeats(subscription_id(subscription), quantity, how_paid(method, token))

    def does() -> object:
        return add_seats(wanted=wanted, now=op.at, by=BY, asked=asked(op, customer))

    def places() -> Order | str:
        refused = adding_refused(customer, subscription, op.at) or buying.method_refused(
            customer, method, subscription.currency
        )
        if refused is not None:
            return refused
        lines = added(subscription, quantity, op.at)
        order = buying.new_order(
            customer,
            lines,
            method,
            token,
            op.at,
            currency=subscription.currency,
            zone=subscription.zone,
        )
        order.kind, order.subscription = "seats", subscription
        order.number = subscription.current(op.at).number
        buying.place(customer, order, op.at)
        return order

    return ordered(customer, op, does, places)


def _is_to_be_renewed(subscription: Subscription, op: Op) -> bool:
    renewal = subscription.current(op.at).renewal
    return renewal is None or renewal.order is None


KINDS: Final[Mapping[str, Kind]] = {"add_seats": add, "more_seats": partial(add, always=True)}
"""Before the next period is ordered, and at any time."""
