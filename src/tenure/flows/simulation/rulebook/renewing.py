"""Subscriptions go on by themselves, or lapse (R5, R20 to R26, R31)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from tenure.flows.simulation.rulebook import buying
from tenure.flows.simulation.rulebook.customer import Customer, Order, Period, Subscription
from tenure.flows.simulation.rulebook.days import ONE_DAY, day_of, midnight
from tenure.flows.simulation.rulebook.ordering import (
    CHARGE_DAYS,
    Owed,
    data_gone,
    fix_price,
    goes_on,
    intend,
    is_owed,
    next_at,
    place,
    renewal_of,
)
from tenure.flows.simulation.rulebook.seats import release, resize
from tenure.flows.simulation.rulebook.taking_back import (
    comes_to_nothing,
    is_for_others,
    is_released,
    pay_released_back,
    take_back,
)

REMINDER_DAYS = {"year": (65, 35, 12), "quarter": (19, 8), "month": (8,)}
"""Before the end of the period: five more than before the deadline (R25)."""
PROOF_COUNTS = timedelta(days=270)
"""How long a student's proof counts; a reminder asks for an older one anew (R8)."""


def due(customer: Customer, at: datetime) -> None:
    """What falls due by itself, in the order in which it happens at one instant; what is to be
    charged of it is only intended."""
    for subscription in customer.subscriptions:
        for period in subscription.periods:
            _remind(customer, subscription, period, at)
    for subscription in customer.subscriptions:
        begin(subscription, at)
    _order(customer, at)
    _go_on(customer, at)
    pay_released_back(customer, at)


def next_instant(customer: Customer) -> datetime | None:
    """When something of this falls due next."""
    found: list[datetime | None] = []
    for subscription in customer.subscriptions:
        for period in subscription.periods:
            found += [period.remind_at, period.renew_at]
            if not period.begun:
                found.append(period.starts_at)
            if period.renewal is not None and not period.renewal.closed:
                found.append(period.renewal.due_at)
    found += [each.released_at for each in customer.orders if is_released(each)]
    return min((each for each in found if each is not None), default=None)


def schedule(subscription: Subscription, period: Period) -> None:
    """When a new period is reminded of, and ordered again (R24, R25)."""
    if subscription.is_trial:
        return
    before = 30 if period.order.method == "bank_transfer" else CHARGE_DAYS[0]
    day = midnight(period.ends_on - before * ONE_DAY, subscription.zone)
    period.renew_at = max(day, period.starts_at)
    period.remind_at = _reminder(subscription, period, None)


def _reminder(
    subscription: Subscription, period: Period, after: datetime | None
) -> datetime | None:
    for days in REMINDER_DAYS[subscription.term]:
        day = period.ends_on - days * ONE_DAY
        late = after is None or day > day_of(after, subscription.zone)
        if day >= period.starts_on and late:
            return midnight(day, subscription.zone)
    return None


def _remind(customer: Customer, subscription: Subscription, period: Period, at: datetime) -> None:
    if period.remind_at is None or period.remind_at > at:
        return
    if at < subscription.deadline_over(period) and goes_on(subscription, period):
        fix_price(customer, subscription, period, at)
        goes = goes_on(subscription, period)
        if goes and customer.verified_at is not None and customer.verified_at < at - PROOF_COUNTS:
            customer.verified_at = None
    period.remind_at = _reminder(subscription, period, at)


def begin(subscription: Subscription, at: datetime) -> None:
    """Periods begin, and with each its quantity (R26)."""
    for period in subscription.periods:
        if not period.begun and period.starts_at <= at:
            period.begun = True
            resize(subscription, period.quantity)


def _order(customer: Customer, at: datetime) -> None:
    """What is to be renewed from an instant on by one method is one order (R24)."""
    ripe = [
        (subscription, period)
        for subscription in customer.subscriptions
        for period in subscription.periods
        if period.renew_at is not None and period.renew_at <= at
    ]
    place(customer, ripe, at)
    for _, period in ripe:
        period.renew_at = None


def _go_on(customer: Customer, at: datetime) -> None:
    """Renewals whose day has come again: tried anew, or given up (R24, R31)."""
    ripe = [
        (subscription, period)
        for subscription in customer.subscriptions
        for period in subscription.periods
        if period.renewal is not None
        and not period.renewal.closed
        and period.renewal.due_at is not None
        and period.renewal.due_at <= at
    ]
    for _, period in ripe:
        order = renewal_of(period).order
        if order is not None and order.status == "authentication_required":
            order.status = "declined"  # a step that nobody took gives way
    over = [each for each in ripe if (renewal_of(each[1]).due_at or at) >= data_gone(*each)]
    going = [each for each in ripe if each not in over]
    _again(customer, going, at)
    for subscription, period in over:
        _give_up(customer, subscription, period, at)


def _again(customer: Customer, going: Sequence[Owed], at: datetime) -> None:
    by_order: dict[Order, list[Owed]] = {}
    unordered = []
    for each in going:
        order = renewal_of(each[1]).order
        if order is None:
            renewal_of(each[1]).due_at = None
            unordered.append(each)
        else:
            by_order.setdefault(order, []).append(each)
    for order, bundle in by_order.items():
        changed = [each for each in bundle if _is_for_another_quantity(*each, at)]
        if changed:
            take_back(customer, *changed[0], at)
            continue
        method = "bank_transfer" if order.status == "awaiting_transfer" else "card"
        until = next_at(bundle, method, at)
        for _, period in bundle:
            renewal_of(period).due_at = until
        if order.status == "declined" and any(is_owed(*each, at) for each in bundle):
            intend(customer, order)
    place(customer, unordered, at)


def _is_for_another_quantity(subscription: Subscription, period: Period, at: datetime) -> bool:
    """Whether it is invoiced ahead for other seats than are wanted, until the deadline (R27)."""
    renewal = renewal_of(period)
    waits = renewal.order is not None and renewal.order.status == "awaiting_transfer"
    return (
        waits
        and is_owed(subscription, period, at)
        and at < subscription.deadline_over(period)
        and is_for_others(subscription, period)
    )


def _give_up(customer: Customer, subscription: Subscription, period: Period, at: datetime) -> None:
    """Nobody can pay any more: the order expires, and the seats are let go."""
    renewal = renewal_of(period)
    order = renewal.order
    if order is not None and order.status in ("payment_unknown", "authentication_required"):
        renewal.due_at = at + timedelta(days=1)
        return
    if order is not None and order.status in ("declined", "awaiting_transfer"):
        buying.let_money_go(customer, order)
        buying.credit(customer, order, at)
        order.status = "expired"
    renewal.closed, renewal.due_at = True, None
    release(subscription, period, at)
    subscription.holders.clear()
    subscription.reserved.clear()


def renewed(customer: Customer, order: Order, at: datetime) -> None:
    """A renewal order is paid: the next periods are there, what lapsed is reinstated (R24)."""
    if comes_to_nothing(customer, order, at):
        return
    for subscription, period in order.renews:
        renewal = renewal_of(period)
        new = subscription.append_period(order)
        new.quantity = (renewal.quantity or new.quantity) + subscription.ahead(period)
        new.begun = False
        schedule(subscription, new)
        renewal.closed, renewal.due_at = True, None
        if new.starts_at <= at:
            begin(subscription, at)
    if not order.invoiced:
        buying.invoice(customer, order, at)
