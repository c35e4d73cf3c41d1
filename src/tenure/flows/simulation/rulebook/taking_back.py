"""What was ordered for a next period comes to nothing (R21, R24, R27, R30)."""

from __future__ import annotations

from datetime import datetime

from tenure.flows.simulation.rulebook import buying
from tenure.flows.simulation.rulebook.customer import Customer, Order, Period, Subscription
from tenure.flows.simulation.rulebook.ordering import (
    charge_intended,
    goes_on,
    is_owed,
    place,
    renewal_of,
)
from tenure.flows.simulation.rulebook.seats import release


def follow(
    customer: Customer,
    subscription: Subscription,
    at: datetime,
    *,
    switched_on: bool = False,
    resized: bool = False,
) -> None:
    """What a choice means for a renewal that is due or ordered already (R21, R24)."""
    period = subscription.current(at)
    renewal = period.renewal
    if subscription.is_trial:
        return
    if renewal is not None and renewal.order is not None:
        if at < subscription.deadline_over(period):
            changed = resized and is_for_others(subscription, period)
            if changed or not goes_on(subscription, period):
                back = take_back(customer, subscription, period, at)
                if back is not None:
                    buying.send_back(customer, back)
                charge_intended(customer, at)
        return
    ripe = period.renew_at is None or period.renew_at <= at
    if switched_on and ripe and is_owed(subscription, period, at):
        place(customer, [(subscription, period)], at)
        period.renew_at = None
        charge_intended(customer, at)


def take_back(
    customer: Customer, subscription: Subscription, period: Period, at: datetime
) -> Order | None:
    """What is ordered for a next period comes to nothing; returns the order if it was paid."""
    order = renewal_of(period).order
    if order is None:
        return None
    if order.status in ("awaiting_transfer", "declined"):
        buying.let_money_go(customer, order)
        buying.credit(customer, order, at)
        order.status = "withdrawn"
        for each in order.renews:
            _forget(*each, at)
        place(customer, order.renews, at)
    elif order.status == "paid":
        subscription.periods.pop()
        cost = buying.credit_line(customer, order, renewal_of(period).place, at)
        buying.give_back(customer, order, cost)
        _forget(subscription, period, at)
        order.renews = [each for each in order.renews if each[0] is not subscription]
        if not order.renews:
            order.status = "cancelled"
        place(customer, [(subscription, period)], at)
        return order
    return None


def _forget(subscription: Subscription, period: Period, at: datetime) -> None:
    renewal = renewal_of(period)
    release(subscription, period, at)
    renewal.order, renewal.quantity, renewal.due_at, renewal.closed = None, None, None, False


def is_released(order: Order) -> bool:
    """Whether what it bought beside a renewal that came to nothing is yet to be paid back."""
    return order.released_at is not None and not order.released and order.status == "paid"


def pay_released_back(customer: Customer, at: datetime) -> None:
    """What was paid beside renewals that came to nothing is credited and goes back (R27)."""
    for order in customer.orders:
        if is_released(order):
            order.released = True
            (place_of,) = [n for n, line in enumerate(order.lines) if line.ahead]
            buying.give_back(customer, order, buying.credit_line(customer, order, place_of, at))


def is_for_others(subscription: Subscription, period: Period) -> bool:
    """Whether what is ordered, with what was paid beside it, is not what is chosen (R27)."""
    wanted = (renewal_of(period).quantity or 0) + subscription.ahead(period)
    return wanted != subscription.next_quantity


def comes_to_nothing(customer: Customer, order: Order, at: datetime) -> bool:
    """What was switched off or taken back while it was charged goes back whole; the rest of it is
    ordered anew (R21, R30)."""
    if all(goes_on(*each) for each in order.renews):
        return False
    buying.credit(customer, order, at)
    buying.give_back(customer, order, order.total)
    order.status = "cancelled"
    for subscription, period in order.renews:
        _forget(subscription, period, at)
        if goes_on(subscription, period):
            renewal_of(period).due_at = at
        renewal_of(period).closed = subscription.cancelled_at is not None
    return True


def stop_before_it_begins(order: Order, at: datetime) -> None:
    """A paid renewal is taken back: what it paid that has not begun falls away, and what it was to
    follow runs to its end (R30)."""
    for subscription, period in list(order.renews):
        if order.paid_on is None or subscription.periods[-1].starts_at <= at:
            continue
        subscription.periods.pop()
        _forget(subscription, period, at)
        subscription.auto_renew = False
        order.renews.remove((subscription, period))


def take_along(customer: Customer, subscription: Subscription, at: datetime) -> list[Order]:
    """A subscription has ended: what was ordered for a period that has not begun comes to nothing,
    and nothing more does (R30). Returns what was paid of it."""
    taken = []
    for period in list(subscription.periods):
        renewal = period.renewal
        begun = any(p.number > period.number and p.starts_at <= at for p in subscription.periods)
        if renewal is None or begun:
            continue
        back = take_back(customer, subscription, period, at)
        taken += [back] if back is not None else []
        if renewal.order is None:
            renewal.closed, renewal.due_at = True, None
    return taken
