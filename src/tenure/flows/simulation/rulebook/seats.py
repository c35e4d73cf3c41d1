"""More seats in mid-period (R27)."""

from __future__ import annotations

from datetime import datetime

from tenure.flows.simulation.rulebook.customer import Customer, Line, Order, Period, Subscription
from tenure.flows.simulation.rulebook.days import day_of
from tenure.flows.simulation.rulebook.goods import half_up


def adding_refused(customer: Customer, subscription: Subscription, at: datetime) -> str | None:
    """The first reason against more seats."""
    if subscription.is_trial:
        return "seats_not_for_trial"
    if not subscription.covers(at):
        return "subscription_not_active"
    on = day_of(at, subscription.zone)
    priced = subscription.offer.price(subscription.term, customer.currency, on)
    return "not_priced" if priced is None else None


def added(customer: Customer, subscription: Subscription, quantity: int, at: datetime) -> Line:
    """Today's price, by the day to the end of the period, rounded once."""
    on, current = day_of(at, subscription.zone), subscription.current(at)
    unit = subscription.offer.price(subscription.term, customer.currency, on) or 0
    left, days = (current.ends_on - on).days, (current.ends_on - current.starts_on).days
    amount = half_up(unit * quantity * left, days)
    return Line(subscription.offer, subscription.term, quantity, amount)


def seats_come(order: Order, at: datetime) -> bool:
    """The paid seats are there; or their period is over, and they never come."""
    subscription, period = order.subscription, _period(order)
    if subscription is None or period is None or too_late(order, at):
        return False
    if subscription.cancelled_at is not None:
        return False
    for line in order.lines:
        period.quantity += line.quantity
        subscription.quantity += line.quantity
        subscription.next_quantity += line.quantity
    order.brought, order.choices = True, subscription.choices
    _look_ahead(subscription, at)
    return True


def _look_ahead(subscription: Subscription, at: datetime) -> None:
    """What is invoiced ahead is looked at again: it may be for another quantity now (R24)."""
    for period in subscription.periods:
        renewal = period.renewal
        order = renewal.order if renewal is not None else None
        if renewal is not None and order is not None and order.status == "awaiting_transfer":
            renewal.due_at = at


def shrink(subscription: Subscription, quantity: int) -> None:
    """Fewer seats: free ones go, then the newest reservations, then who was chosen, in that order,
    then who is idle longest (R26).

    Nobody here uses a seat, so that idle counts from the day of the assignment; of equal days the
    newest assignment goes.
    """
    going = subscription.quantity - quantity - subscription.free()
    subscription.quantity = quantity
    while going > 0 and subscription.reserved:
        subscription.reserved.pop()
        going -= 1
    chosen = [each for each in subscription.losers if each in subscription.holders]
    idle = sorted(
        (held for held in subscription.holders.items() if held[0] not in chosen),
        key=lambda held: (day_of(held[1], subscription.zone), -held[1].timestamp()),
    )
    for member in [*chosen, *(member for member, _ in idle)][: max(going, 0)]:
        del subscription.holders[member]


def resize(subscription: Subscription, quantity: int) -> None:
    """As many seats as are paid for from now on; where that changes, what was chosen is done."""
    if quantity == subscription.quantity:
        return
    if quantity < subscription.quantity:
        shrink(subscription, quantity)
    subscription.quantity = quantity
    subscription.losers.clear()


def seats_go(order: Order, at: datetime) -> None:
    """The seats that an order added go with it, if their period still runs (R27, R28)."""
    subscription, period = order.subscription, _period(order)
    if subscription is None or period is None or not order.brought:
        return
    order.brought = False
    if subscription.cancelled_at is not None or too_late(order, at):
        return
    seats = sum(line.quantity for line in order.lines)
    period.quantity -= seats
    left = subscription.quantity - seats
    chosen_since = subscription.choices > order.choices
    if chosen_since and subscription.next_quantity < subscription.quantity:
        subscription.next_quantity = min(subscription.next_quantity, left)
    else:
        subscription.next_quantity -= seats
    shrink(subscription, left)
    _look_ahead(subscription, at)


def seats_until(order: Order) -> datetime | None:
    """The end of the period that an order buys seats for; None for other orders."""
    period = _period(order)
    return None if period is None else period.ends_at


def too_late(order: Order, at: datetime) -> bool:
    """Whether that period is over."""
    until = seats_until(order)
    return until is not None and until <= at


def _period(order: Order) -> Period | None:
    if order.subscription is None or order.kind != "seats":
        return None
    return order.subscription.periods[order.number - 1]
