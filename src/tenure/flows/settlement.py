"""Settling: what a gateway said becomes paid orders, subscriptions and seats.

Plain steps, called inside a transaction by whoever comes first: the checkout, the customer's
return from the bank, or recovery. Each is idempotent and takes sequences.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tenure.access.commands.seats import make_seats
from tenure.base.calendar import local_date, zone_named
from tenure.billing.commands.payments import lock_orders_of, lock_payments, settle_payments
from tenure.billing.gateways import Outcome
from tenure.billing.models import PaymentStatus
from tenure.events.journal import Fact, Journal
from tenure.events.rows import AMONG, Values, read_joined
from tenure.orders.commands.orders import mark, mark_paid
from tenure.orders.events import (
    OrderAuthenticationRequired,
    OrderDeclined,
    OrderPaymentUnknown,
)
from tenure.orders.models import Order, OrderLine, OrderStatus
from tenure.orders.queries.policy import policy_numbered
from tenure.policy.words import Audience
from tenure.subscriptions.commands.beginning import Beginning, begin_subscriptions

_UNSETTLED: dict[str, tuple[OrderStatus, type[Fact]]] = {
    PaymentStatus.DECLINED: (OrderStatus.DECLINED, OrderDeclined),
    PaymentStatus.AUTHENTICATION_REQUIRED: (
        OrderStatus.AUTHENTICATION_REQUIRED,
        OrderAuthenticationRequired,
    ),
    PaymentStatus.UNKNOWN: (OrderStatus.PAYMENT_UNKNOWN, OrderPaymentUnknown),
}


def settle(*, outcomes: Sequence[Outcome], journal: Journal) -> None:
    """Write what the gateway said, and let paid orders become subscriptions (R13, R17, R19)."""
    by_payment = {outcome.payment: outcome for outcome in outcomes}
    orders = lock_orders_of(by_payment)
    payments = lock_payments(by_payment)
    changed = settle_payments(
        payments=list(payments.values()), outcomes=by_payment, journal=journal
    )
    paid = [orders[p.order_id] for p in changed if p.status == PaymentStatus.CAPTURED]
    fulfil(orders=paid, journal=journal)
    for status, (order_status, fact) in _UNSETTLED.items():
        unsettled = [orders[p.order_id] for p in changed if p.status == status]
        if not unsettled:
            continue
        mark(orders=unsettled, status=order_status, closed_at=None)
        for order in unsettled:
            journal.record(order.organisation_id, fact(order=order.id))  # type: ignore[call-arg]


def fulfil(*, orders: Sequence[Order], journal: Journal) -> None:
    """The locked ``orders`` are paid: their lines become subscriptions with seats.

    Periods start on the organisation's local day of the journal's instant (R19, R17).
    """
    if not orders:
        return
    by_id = {order.id: order for order in orders}
    lines = read_joined(OrderLine, _BUYER, _WITH_BUYERS, [list(by_id)])
    beginnings = [_beginning(by_id[line.order_id], line, buyer, journal) for line, buyer in lines]
    paid_on = {beginning.order.id: beginning.starts_on for beginning in beginnings}
    mark_paid(orders=orders, paid_on=paid_on, journal=journal)
    begun = begin_subscriptions(beginnings=beginnings, journal=journal)
    make_seats(subscriptions=begun, journal=journal)


_BUYER: Final = ("buyer.timezone", "buyer.audience", "buyer.country")
_WITH_BUYERS: Final = f"""
    JOIN organisations_organisation AS buyer ON buyer.id = organisation_id
    WHERE order_id {AMONG} ORDER BY order_id, position
"""


def _beginning(order: Order, line: OrderLine, buyer: Values, journal: Journal) -> Beginning:
    timezone, audience, country = buyer
    zone = zone_named(timezone)
    return Beginning(
        order=order,
        line=line,
        starts_on=local_date(journal.at, zone),
        zone=zone,
        audience=Audience(audience),
        country=country,
        policy=policy_numbered(order.policy_version_id),
    )
