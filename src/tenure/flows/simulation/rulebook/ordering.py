"""What follows a period is ordered, by day and by method, and charged (R20, R24)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

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

CHARGE_DAYS = (4, 3, 1, 0)
CHARGED = ("tok_ok", "tok_unknown")
"""Cards that are charged also when nobody is there."""

Owed = tuple[Subscription, Period]


def goes_on(subscription: Subscription, period: Period) -> bool:
    """Whether something is to follow a period, as it is chosen now."""
    stops = subscription.stops_after is not None and period.number >= subscription.stops_after
    gone = period.renewal is not None and period.renewal.withdrawn
    return (
        subscription.auto_renew
        and not subscription.is_trial
        and subscription.cancelled_at is None
        and not stops
        and not gone
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


def fix_price(
    customer: Customer, subscription: Subscription, period: Period, at: datetime
) -> Renewal:
    """The price of the next period is the one in force when it is first named (R25)."""
    if period.renewal is None:
        period.renewal = Renewal()
    if period.renewal.unit is None and not period.renewal.withdrawn:
        on = day_of(at, subscription.zone)
        period.renewal.unit = (
            subscription.offer.price(subscription.term, subscription.currency, on)
            if customer.country in subscription.offer.countries
            else None
        )
        if period.renewal.unit is None:
            period.renewal.withdrawn = True
            subscription.stops_after = period.number
    return period.renewal


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
    bundles: dict[tuple[datetime | None, str, str], list[Owed]] = {}
    for subscription, period in owed:
        if not fix_price(customer, subscription, period, at).withdrawn:
            key = period.renew_at, period.order.method, subscription.currency
            bundles.setdefault(key, []).append((subscription, period))
    for (_, method, _), bundle in bundles.items():
        until = next_at(bundle, method, at)
        for _, period in bundle:
            renewal_of(period).due_at = until
        if customer.audience != "student" or customer.verified:
            _place(customer, bundle, method, at, to_be_paid=to_be_paid)


def renewal_of(period: Period) -> Renewal:
    """The obligation that follows a period."""
    if period.renewal is None:
        raise ValueError("Nothing was ordered for it.")
    return period.renewal


def next_at(bundle: Iterable[Owed], method: str, at: datetime) -> datetime:
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
    order = buying.new_order(customer, lines, method, "", at, currency=bundle[0][0].currency)
    order.kind, order.renews = "renewal", list(bundle)
    order.expires_at = _payable_until(bundle)
    customer.orders.append(order)
    for subscription, period in bundle:
        renewal = renewal_of(period)
        renewal.order, renewal.quantity = order, subscription.next_quantity
        renewal.place = order.renews.index((subscription, period))
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
