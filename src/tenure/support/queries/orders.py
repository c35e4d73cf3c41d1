"""Orders and payments of all customers, for staff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Min

from tenure.base.errors import NotFound
from tenure.base.money import Money
from tenure.billing.models import IN_FLIGHT, Payment
from tenure.orders.models import Order, OrderLine
from tenure.support.queries.customers import OrderRow, orders_with_payments
from tenure.support.queries.lists import Listed, newest_first


@dataclass(frozen=True, slots=True)
class InFlight:
    """How many payments only the gateway knows the outcome of, and since when the oldest (R17)."""

    count: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line of an order, as it was sold."""

    line: OrderLine
    unit: Money
    gross: Money


@dataclass(frozen=True, slots=True)
class OrderSheet:
    """One order with its lines and the attempts to pay it."""

    row: OrderRow
    lines: Sequence[SoldLine]
    net: Money
    tax: Money


def payments_in_flight() -> InFlight:
    """Payments whose outcome is unknown; one statement."""
    found = Payment.objects.filter(status__in=IN_FLIGHT).aggregate(
        count=Count("id"), oldest=Min("called_at")
    )
    return InFlight(found["count"], found["oldest"])


def orders_by_status(status: str = "", before: UUID | None = None) -> Listed[OrderRow]:
    """Orders of all customers, the newest first; two statements."""
    rows = Order.objects.select_related("organisation")
    if status:
        rows = rows.filter(status=status)
    found = newest_first(rows, before)
    return Listed(orders_with_payments(found.rows), found.last)


def order_sheet(order: UUID) -> OrderSheet:
    """One order with everything about it; three statements. Raises ``NotFound``."""
    found = Order.objects.filter(id=order).select_related("organisation", "policy_version")
    rows = orders_with_payments(found)
    if not rows:
        raise NotFound
    (row,) = rows
    currency = row.order.currency
    lines = OrderLine.objects.filter(order=row.order).order_by("position")
    return OrderSheet(
        row=row,
        lines=[
            SoldLine(line, Money(line.unit_amount, currency), Money(line.gross, currency))
            for line in lines
        ],
        net=Money(row.order.total_net, currency),
        tax=Money(row.order.total_tax, currency),
    )
