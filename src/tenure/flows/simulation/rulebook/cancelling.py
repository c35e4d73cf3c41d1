"""Orders are taken back (R28 to R31)."""

from __future__ import annotations

from datetime import datetime

from tenure.flows.simulation.rulebook.buying import credit, give_back, let_money_go, send_back
from tenure.flows.simulation.rulebook.customer import DATA_DAYS, Customer, Order, Subscription
from tenure.flows.simulation.rulebook.days import ONE_DAY, day_of, day_over
from tenure.flows.simulation.rulebook.people import let_reservations_go
from tenure.flows.simulation.rulebook.seats import seats_go
from tenure.flows.simulation.rulebook.taking_back import stop_before_it_begins, take_along

WINDOW_DAYS = 15
TRIES = ("already_cancelled", "not_paid")
"""Asking is refused only for these."""


def verdict(customer: Customer, order: Order, at: datetime) -> str:
    """Whether a request sent at an instant takes an order back: the first that holds (R28)."""
    if order.status == "cancelled":
        return "already_cancelled"
    if order.paid_on is None:
        return "not_paid"
    terms = {line.term for line in order.lines}
    if terms == {"trial"}:
        return "trial_excluded"
    if order.kind == "renewal":
        return "renewal_excluded"
    if terms == {"month"}:
        return "monthly_excluded"
    last_day = order.paid_on + WINDOW_DAYS * ONE_DAY
    return "cancellable" if at < day_over(last_day, customer.zone) else "window_closed"


def cancel(customer: Customer, order: Order, at: datetime, *, answered: bool = True) -> None:
    """The order is taken back: paper, money, access, at this instant (R30).

    ``answered``: whether somebody was left to hear that the card has its money again.
    """
    taken = [order]
    _take_back(customer, order, at)
    if order.kind == "seats":
        seats_go(order, at)
    stop_before_it_begins(order, at)
    ending = [each for each in customer.subscriptions if _goes_with(each, order)]
    for subscription in ending:
        _end(subscription, at)
    for each in customer.orders:
        if each.kind == "seats" and each.subscription in ending:
            taken += _seats_end(customer, each, at)
    for subscription in ending:
        taken += take_along(customer, subscription, at)
    customer.requests = [each for each in customer.requests if each[0] is not order]
    for each in taken if answered else ():
        send_back(customer, each)


def _take_back(customer: Customer, order: Order, at: datetime) -> None:
    order.status = "cancelled"
    credit(customer, order, at)
    give_back(customer, order, order.total - order.back)


def _goes_with(subscription: Subscription, order: Order) -> bool:
    own = subscription.order is order and order.kind == "purchase"
    paid = any(period.order is order for period in subscription.periods)
    return (own or paid) and subscription.cancelled_at is None


def _seats_end(customer: Customer, order: Order, at: datetime) -> list[Order]:
    """Seats that were added to what ends: unpaid they are withdrawn, in their window paid back."""
    if order.status in ("awaiting_transfer", "awaiting_verification", "declined"):
        let_money_go(customer, order)
        order.status = "withdrawn"
    elif order.status == "paid" and verdict(customer, order, at) == "cancellable":
        _take_back(customer, order, at)
        order.brought = False
        return [order]
    return []


def all_sent_back(customer: Customer) -> None:
    """What nobody was left to hear about is asked about."""
    for order in customer.orders:
        send_back(customer, order)


def _end(subscription: Subscription, at: datetime) -> None:
    """Access ends; data last two weeks from today, and who held a seat is told so (R31)."""
    if subscription.cancelled_at is not None:
        return
    subscription.cancelled_at = at
    for period in subscription.periods:
        period.remind_at = period.renew_at = None
    today = day_of(at, subscription.zone)
    for period in subscription.periods:
        if period.ends_at > at or period is subscription.periods[-1]:
            period.data_until = max(today, min(period.ends_on, today)) + DATA_DAYS * ONE_DAY
    let_reservations_go(subscription)
