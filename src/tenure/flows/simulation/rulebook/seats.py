"""More seats in mid-period (R27)."""

from __future__ import annotations

from datetime import datetime

from tenure.flows.simulation.rulebook.customer import (
    Customer,
    Line,
    Order,
    Period,
    Renewal,
    Subscription,
)
from tenure.flows.simulation.rulebook.days import day_of
from tenure.flows.simulation.rulebook.goods import half_up


def adding_refused(customer: Customer, subscription: Subscription, at: datetime) -> str | None:
    """The first reason against more seats."""
    if subscription.is_trial:
        return "seats_not_for_trial"
    if not subscription.covers(at):
        return "subscription_not_active"
    on = day_of(at, subscription.zone)
    if customer.country not in subscription.offer.countries:
        return "offer_not_in_country"
    priced = subscription.offer.price(subscription.term, subscription.currency, on)
    return "not_priced" if priced is None else None


GONE = ("expired", "withdrawn", "cancelled")


def standing(period: Period) -> Renewal | None:
    """The renewal after a period, if it is ordered, whatever became of its charge (R27)."""
    renewal = period.renewal
    order = renewal.order if renewal is not None else None
    return renewal if order is not None and order.status not in GONE else None


def added(subscription: Subscription, quantity: int, at: datetime) -> list[Line]:
    """Today's price, by the day to the end of the period, rounded once; and the price that is
    fixed for the next period, if that is ordered already."""
    on, current = day_of(at, subscription.zone), subscription.current(at)
    unit = subscription.offer.price(subscription.term, subscription.currency, on) or 0
    left, days = (current.ends_on - on).days, (current.ends_on - current.starts_on).days
    amount = half_up(unit * quantity * left, days)
    lines = [Line(subscription.offer, subscription.term, quantity, amount)]
    renewal = standing(current)
    if renewal is not None:
        whole = (renewal.unit or 0) * quantity
        lines.append(Line(subscription.offer, subscription.term, quantity, whole, ahead=True))
    return lines


def seats_come(order: Order, at: datetime) -> bool:
    """The paid seats are there; or their period is over, and they never come."""
    subscription, period = order.subscription, _period(order)
    if subscription is None or period is None or too_late(order, at):
        return False
    if subscription.cancelled_at is not None:
        return False
    for line in order.lines:
        if line.ahead:
            _bring_ahead(order, line, period, at)
        else:
            period.quantity += line.quantity
            subscription.quantity += line.quantity
            subscription.next_quantity += line.quantity
    order.brought, order.choices = True, subscription.choices
    subscription.beside.append(order)
    _look_ahead(subscription, at)
    return True


def _bring_ahead(order: Order, line: Line, period: Period, at: datetime) -> None:
    """The seats of the next period, if its renewal still stands; otherwise they are paid back."""
    following = _numbered(order, period.number + 1)
    if standing(period) is None:
        order.released_at = at
    elif following is not None:
        following.quantity += line.quantity


def release(subscription: Subscription, period: Period, at: datetime) -> None:
    """The renewal after a period came to nothing: what was paid beside it is to go back (R27)."""
    for order in subscription.beside:
        ahead = any(line.ahead for line in order.lines)
        if ahead and order.number == period.number and order.brought and not order.released_at:
            order.released_at = at


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
    subscription = order.subscription
    if subscription is None or not order.brought:
        return
    order.brought = False
    if subscription.cancelled_at is not None:
        return
    seats = 0
    for line in order.lines:
        period = _numbered(order, order.number + (1 if line.ahead else 0))
        if period is None or period.ends_at <= at or (line.ahead and order.released_at):
            continue
        period.quantity -= line.quantity
        seats += line.quantity if period.starts_at <= at else 0
    if not seats:
        return
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
    return _numbered(order, order.number)


def _numbered(order: Order, number: int) -> Period | None:
    if order.subscription is None or order.kind != "seats":
        return None
    return next((each for each in order.subscription.periods if each.number == number), None)
