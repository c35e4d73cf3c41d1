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
    return True


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
