"""Subscriptions go on by themselves, or lapse (R5, R20 to R26, R31)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from tenure.flows.simulation.rulebook import buying
from tenure.flows.simulation.rulebook.customer import (
    Customer,
    Line,
    Order,
    Period,
    Renewal,
    Subscription,
)
from tenure.flows.simulation.rulebook.days import ONE_DAY, day_of, day_over, midnight
from tenure.flows.simulation.rulebook.seats import resize

CHARGE_DAYS = (4, 3, 1, 0)
REMINDER_DAYS = {"year": (65, 35, 12), "quarter": (19, 8), "month": (8,)}
"""Before the end of the period: five more than before the deadline (R25)."""
PROOF_COUNTS = timedelta(days=270)
"""How long a student's proof counts; a reminder asks for an older one anew (R8)."""
CHARGED = ("tok_ok", "tok_unknown")
"""Cards that are charged also when nobody is there."""


def goes_on(subscription: Subscription, period: Period) -> bool:
    """Whether something is to follow a period, as it is chosen now."""
    stops = subscription.stops_after is not None and period.number >= subscription.stops_after
    return (
        subscription.auto_renew
        and not subscription.is_trial
        and subscription.cancelled_at is None
        and not stops
    )


def data_gone(subscription: Subscription, period: Period) -> datetime:
    """The first instant at which data of a period need not last any longer (R31)."""
    return day_over(period.data_until, subscription.zone)


def is_owed(subscription: Subscription, period: Period, at: datetime) -> bool:
    """Whether the next period is still to be ordered or paid."""
    followed = len(subscription.periods) > period.number
    closed = period.renewal is not None and period.renewal.closed
    return (
        goes_on(subscription, period)
        and not followed
        and not closed
        and at < data_gone(subscription, period)
    )


def due(customer: Customer, at: datetime) -> None:
    """What falls due by itself, in the order in which it happens at one instant."""
    for subscription in customer.subscriptions:
        for period in subscription.periods:
            _remind(customer, subscription, period, at)
    for subscription in customer.subscriptions:
        begin(subscription, at)
    _order(customer, at)
    _go_on(customer, at)
    charge_intended(customer, at)


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
        _fix_price(customer, subscription, period, at)
        if customer.verified_at is not None and customer.verified_at < at - PROOF_COUNTS:
            customer.verified_at = None
    period.remind_at = _reminder(subscription, period, at)


def _fix_price(
    customer: Customer, subscription: Subscription, period: Period, at: datetime
) -> Renewal:
    """The price of the next period is the one in force when it is first named (R25)."""
    if period.renewal is None:
        period.renewal = Renewal()
    if period.renewal.unit is None:
        on = day_of(at, subscription.zone)
        period.renewal.unit = subscription.offer.price(subscription.term, customer.currency, on)
    return period.renewal


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


Owed = tuple[Subscription, Period]


def place(
    customer: Customer, ripe: Sequence[Owed], at: datetime, *, to_be_paid: bool = False
) -> None:
    """Order what of it is owed, by the day it was due and the method it was paid by.

    ``to_be_paid``: somebody is there who pays it, so that nothing is charged or invoiced for it.
    """
    owed = [
        (subscription, period)
        for subscription, period in ripe
        if is_owed(subscription, period, at)
        and (period.renewal is None or period.renewal.order is None)
    ]
    bundles: dict[tuple[datetime | None, str], list[Owed]] = {}
    for subscription, period in owed:
        _fix_price(customer, subscription, period, at)
        bundles.setdefault((period.renew_at, period.order.method), []).append(
            (subscription, period)
        )
    for (_, method), bundle in bundles.items():
        until = _next_at(bundle, method, at)
        for _, period in bundle:
            renewal_of(period).due_at = until
        if customer.audience != "student" or customer.verified:
            _place(customer, bundle, method, at, to_be_paid=to_be_paid)


def renewal_of(period: Period) -> Renewal:
    """The obligation that follows a period."""
    if period.renewal is None:
        raise ValueError("Nothing was ordered for it.")
    return period.renewal


def _next_at(bundle: Iterable[Owed], method: str, at: datetime) -> datetime:
    """When it is tried again: on the next of its days, or else given up."""
    days = [
        midnight(period.ends_on - before * ONE_DAY, subscription.zone)
        for subscription, period in bundle
        for before in CHARGE_DAYS
        if method == "card"
    ]
    later = [day for day in days if day > at]
    return min(later, default=_payable_until(bundle))


def _payable_until(bundle: Iterable[Owed]) -> datetime:
    return max(data_gone(subscription, period) for subscription, period in bundle)


def _place(
    customer: Customer, bundle: Sequence[Owed], method: str, at: datetime, *, to_be_paid: bool
) -> None:
    lines = [
        Line(
            each.offer,
            each.term,
            each.next_quantity,
            (renewal_of(p).unit or 0) * each.next_quantity,
        )
        for each, p in bundle
    ]
    order = buying.new_order(customer, lines, method, "")
    order.kind, order.renews = "renewal", list(bundle)
    order.expires_at = _payable_until(bundle)
    customer.orders.append(order)
    for subscription, period in bundle:
        renewal = renewal_of(period)
        renewal.order, renewal.quantity = order, subscription.next_quantity
    if to_be_paid:
        order.status = "declined"
    elif method == "bank_transfer":
        order.status = "awaiting_transfer"
        buying.invoice(customer, order, at)
    else:
        intend(customer, order)


def intend(customer: Customer, order: Order) -> None:
    """The default card is to be charged; without one it is declined at once."""
    order.method = "card"
    order.status = "declined" if customer.card is None else "payment_unknown"
    order.intended = customer.card is not None


def charge_intended(customer: Customer, at: datetime) -> None:
    """Cards are charged without anybody there (R24)."""
    for order in customer.orders:
        if order.intended:
            order.intended = False
            if customer.card == "tok_unknown":
                order.said = "paid"
            elif customer.card in CHARGED:
                buying.paid(customer, order, at)
            else:
                order.status = "declined"


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
            _take_back(customer, *changed[0], at)
            continue
        method = "bank_transfer" if order.status == "awaiting_transfer" else "card"
        until = _next_at(bundle, method, at)
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
        and renewal.quantity != subscription.next_quantity
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
    subscription.holders.clear()
    subscription.reserved.clear()


def renewed(customer: Customer, order: Order, at: datetime) -> None:
    """A renewal order is paid: the next periods are there, what lapsed is reinstated (R24)."""
    for subscription, period in order.renews:
        renewal = renewal_of(period)
        new = subscription.append_period(order)
        new.quantity, new.begun = renewal.quantity or new.quantity, False
        schedule(subscription, new)
        renewal.closed, renewal.due_at = True, None
        if new.starts_at <= at:
            begin(subscription, at)
    if not order.invoiced:
        buying.invoice(customer, order, at)


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
            changed = resized and renewal.quantity != subscription.next_quantity
            if changed or not goes_on(subscription, period):
                _take_back(customer, subscription, period, at)
        return
    ripe = period.renew_at is None or period.renew_at <= at
    if switched_on and ripe and is_owed(subscription, period, at):
        place(customer, [(subscription, period)], at)
        period.renew_at = None
        charge_intended(customer, at)


def _take_back(
    customer: Customer, subscription: Subscription, period: Period, at: datetime
) -> None:
    order = renewal_of(period).order
    if order is None:
        return
    if order.status in ("awaiting_transfer", "declined"):
        buying.let_money_go(customer, order)
        buying.credit(customer, order, at)
        order.status = "withdrawn"
        for _, each in order.renews:
            _forget(each)
        place(customer, order.renews, at)
    elif order.status == "paid":
        place_of = [each for each, _ in order.renews].index(subscription)
        subscription.periods.pop()
        buying.credit_line(customer, order, place_of, at)
        _forget(period)
        order.renews = [each for each in order.renews if each[0] is not subscription]
        if not order.renews:
            order.status = "cancelled"
        place(customer, [(subscription, period)], at)
    charge_intended(customer, at)


def _forget(period: Period) -> None:
    renewal = renewal_of(period)
    renewal.order, renewal.quantity, renewal.due_at, renewal.closed = None, None, None, False
