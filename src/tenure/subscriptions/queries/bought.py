"""Orders as the buyer's console shows them: lines, payments, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from tenure.base.errors import NotFound
from tenure.base.money import Money
from tenure.base.verdicts import Verdict
from tenure.billing.models import Payment
from tenure.billing.queries.cancellations import cancellation_of
from tenure.orders.models import Order, OrderKind, OrderLine
from tenure.subscriptions.models import SeatChange, Subscription

MOST: Final = 50
"""How many one page shows."""


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in a list, with its lines' offers."""

    order: Order
    offers: Sequence[str]

    @property
    def total(self) -> Money:
        """With tax."""
        return Money(self.order.total, self.order.currency)


@dataclass(frozen=True, slots=True)
class BoughtLine:
    """A line as it was sold, and the subscription that it became."""

    line: OrderLine
    currency: str
    subscription: UUID | None

    @property
    def unit(self) -> Money:
        """The price of a seat, as it was sold (R7)."""
        return Money(self.line.unit_amount, self.currency)

    @property
    def net(self) -> Money:
        """Without tax."""
        return Money(self.line.net, self.currency)

    @property
    def tax(self) -> Money:
        """The tax."""
        return Money(self.line.tax, self.currency)

    @property
    def gross(self) -> Money:
        """With tax."""
        return Money(self.line.gross, self.currency)


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt to pay."""

    payment: Payment

    @property
    def amount(self) -> Money:
        """What was to be paid."""
        return Money(self.payment.amount, self.payment.currency)


@dataclass(frozen=True, slots=True)
class BoughtOrder:
    """One order with all about it, and whether it can be taken back (R28)."""

    order: Order
    lines: Sequence[BoughtLine]
    payments: Sequence[Attempt]
    cancellation: Verdict

    @property
    def net(self) -> Money:
        """The sum without tax."""
        return Money(self.order.total_net, self.order.currency)

    @property
    def tax(self) -> Money:
        """The tax on it."""
        return Money(self.order.total_tax, self.order.currency)

    @property
    def total(self) -> Money:
        """The sum with tax."""
        return Money(self.order.total, self.order.currency)


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Some orders, the newest first, and the last of them if there are more."""

    rows: Sequence[OrderRow]
    last: UUID | None


def order_page(organisation: UUID, before: UUID | None = None, most: int = MOST) -> OrderPage:
    """The organisation's orders, the newest first; two statements for any number of them."""
    rows = Order.objects.filter(organisation_id=organisation)
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = list(rows.order_by("-id")[: most + 1])
    shown = found[:most]
    offers: dict[UUID, list[str]] = {order.id: [] for order in shown}
    lines = OrderLine.objects.filter(order_id__in=offers).order_by("order_id", "position")
    for order, offer in lines.values_list("order_id", "offer_id"):
        offers[order].append(offer)
    last = shown[-1].id if len(found) > most else None
    return OrderPage([OrderRow(order, offers[order.id]) for order in shown], last)


def _became(order: Order) -> dict[UUID, UUID]:
    """By line, the subscription that it became, or that it added seats to; one statement."""
    if order.kind == OrderKind.SEATS:
        added = SeatChange.objects.filter(order=order)
        return dict(added.values_list("order_line_id", "subscription_id"))
    begun = Subscription.objects.filter(order_line__order=order)
    return dict(begun.values_list("order_line_id", "id"))


def bought_order(organisation: UUID, order: UUID, at: datetime) -> BoughtOrder:
    """One of the organisation's orders; five statements. Raises ``NotFound``."""
    rows = Order.objects.select_related("organisation")
    found = rows.filter(id=order, organisation_id=organisation).first()
    if found is None:
        raise NotFound
    became = _became(found)
    lines = list(found.lines.order_by("position"))
    return BoughtOrder(
        order=found,
        lines=[BoughtLine(line, found.currency, became.get(line.id)) for line in lines],
        payments=[Attempt(payment) for payment in found.payments.order_by("id")],
        cancellation=cancellation_of(found, lines, found.organisation, at),
    )
