"""Placing orders, and what becomes of them. Batches are the normal case: a checkout is one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from tenure.base.calendar import Term
from tenure.base.ids import new_id
from tenure.base.money import Money
from tenure.events.journal import Journal
from tenure.events.rows import AMONG, new_row, read_rows
from tenure.orders.commands.evidence import evidence_of
from tenure.orders.events import OrderCancelled, OrderPaid, OrderPlaced, OrderTaxCorrected
from tenure.orders.models import Order, OrderKind, OrderLine, OrderStatus
from tenure.orders.rules.evidence import Evidence


class LineDraft(NamedTuple):
    """A line to be ordered; amounts in minor units of the order's currency.

    ``id`` is the line's, where the caller has to refer to it.
    """

    offer: str
    term: Term
    trial_days: int | None
    quantity: int
    unit_amount: int
    net: int
    tax: int
    gross: int
    id: UUID | None = None


class OrderDraft(NamedTuple):
    """An order to be placed, priced and taxed; ``expires_at`` is a UTC instant or None."""

    organisation: UUID
    cart: UUID | None
    kind: OrderKind
    status: OrderStatus
    policy_version: int
    currency: str
    total_net: int
    total_tax: int
    total: int
    tax_percent: Decimal
    tax_country: str
    reverse_charge: bool
    expires_at: datetime | None
    lines: tuple[LineDraft, ...]
    remind_at: datetime | None = None
    vat_number: str = ""
    evidence: Evidence | None = None
    purchase_order: str = ""
    start_requested_at: datetime | None = None


def place_orders(*, drafts: Sequence[OrderDraft], journal: Journal) -> list[Order]:
    """Orders and their lines, written with the journal."""
    orders = [_order(draft, journal.at) for draft in drafts]
    journal.insert(orders)
    for order, draft in zip(orders, drafts, strict=True):
        journal.insert(_lines(order, draft.lines))
        if draft.evidence is not None:
            journal.insert([evidence_of(order, draft.evidence, journal)])
    for order in orders:
        journal.record(
            order.organisation_id,
            OrderPlaced(
                order=order.id,
                total=Money(order.total, order.currency),
                policy_version=order.policy_version_id,
            ),
        )
    return orders


def lock_orders(ids: Iterable[UUID]) -> dict[UUID, Order]:
    """The orders, locked until commit in the order of their ids."""
    rows = read_rows(Order, f"WHERE id {AMONG} ORDER BY id FOR UPDATE", [list(ids)])
    return {order.id: order for order in rows}


def mark_paid(*, orders: Sequence[Order], paid_on: dict[UUID, date], journal: Journal) -> None:
    """The whole amount of the locked ``orders`` is there (R13).

    ``paid_on`` is the local day of each order's money: its day of purchase (R28). A change with
    the journal for each such day, of which one instant has three at the most.
    """
    for order in orders:
        order.status = OrderStatus.PAID
        order.paid_at = journal.at
        order.paid_on = paid_on[order.id]
        order.expires_at = None
        journal.record(
            order.organisation_id,
            OrderPaid(order=order.id, total=Money(order.total, order.currency)),
        )
    for day in set(paid_on.values()):
        ids = [order.id for order in orders if order.paid_on == day]
        journal.change(
            "UPDATE orders_order SET status = %s, paid_at = %s, paid_on = %s, expires_at = NULL "
            "WHERE id = ANY(%s)",
            [OrderStatus.PAID.value, journal.at, day, ids],
        )


def mark_tax_corrected(*, orders: Sequence[Order], journal: Journal) -> None:
    """The invoices of the locked ``orders`` were issued anew without the tax they show (R45)."""
    for order in orders:
        order.tax_corrected_at = journal.at
        tax = Money(order.total_tax, order.currency)
        journal.record(order.organisation_id, OrderTaxCorrected(order=order.id, tax=tax))
    journal.change(
        "UPDATE orders_order SET tax_corrected_at = %s WHERE id = ANY(%s)",
        [journal.at, [order.id for order in orders]],
    )


def mark(*, orders: Sequence[Order], status: OrderStatus, closed_at: datetime | None) -> None:
    """Give the locked ``orders`` a status; ``closed_at`` if nothing more can come of them."""
    for order in orders:
        order.status = status
        order.closed_at = closed_at
    ids = [order.id for order in orders]
    Order.objects.filter(id__in=ids).update(status=status, closed_at=closed_at)


def keep_until(*, orders: Sequence[Order], until: Mapping[UUID, datetime]) -> None:
    """The locked, unpaid ``orders`` can be paid ``until`` these UTC instants; one statement."""
    for order in orders:
        order.expires_at = until.get(order.id)
    Order.objects.bulk_update(orders, ["expires_at"])


def cancel(*, orders: Sequence[tuple[Order, Money]], journal: Journal) -> None:
    """The locked, paid ``orders`` are taken back, each with what goes back of it (R30)."""
    mark(
        orders=[order for order, _ in orders],
        status=OrderStatus.CANCELLED,
        closed_at=journal.at,
    )
    for order, refund in orders:
        journal.record(order.organisation_id, OrderCancelled(order=order.id, refund=refund))


def expire(*, orders: Sequence[Order], at: datetime) -> None:
    """The locked ``orders`` waited in vain (R8, R15); one that is revived keeps when that was."""
    ids = [order.id for order in orders]
    for order in orders:
        order.status = OrderStatus.EXPIRED
        order.closed_at = order.expired_at = at
    Order.objects.filter(id__in=ids).update(status=OrderStatus.EXPIRED, closed_at=at, expired_at=at)


def wait_for_transfer(*, order: Order, expires_at: datetime, remind_at: datetime | None) -> None:
    """The locked ``order`` waits for money by transfer (R15); both are UTC instants."""
    order.status = OrderStatus.AWAITING_TRANSFER
    order.expires_at, order.remind_at, order.closed_at = expires_at, remind_at, None
    order.save(update_fields=["status", "expires_at", "remind_at", "closed_at"])


def _order(draft: OrderDraft, at: datetime) -> Order:
    return new_row(
        Order,
        id=new_id(),
        organisation_id=draft.organisation,
        cart_id=draft.cart,
        kind=draft.kind,
        status=draft.status,
        policy_version_id=draft.policy_version,
        currency=draft.currency,
        total_net=draft.total_net,
        total_tax=draft.total_tax,
        total=draft.total,
        tax_percent=draft.tax_percent,
        tax_country=draft.tax_country,
        reverse_charge=draft.reverse_charge,
        vat_number=draft.vat_number,
        purchase_order=draft.purchase_order,
        start_requested_at=draft.start_requested_at,
        placed_at=at,
        expires_at=draft.expires_at,
        remind_at=draft.remind_at,
    )


def _lines(order: Order, drafts: Sequence[LineDraft]) -> list[OrderLine]:
    return [
        new_row(
            OrderLine,
            id=draft.id or new_id(),
            order=order,
            organisation_id=order.organisation_id,
            position=position,
            offer_id=draft.offer,
            term=draft.term.value,
            trial_days=draft.trial_days,
            quantity=draft.quantity,
            unit_amount=draft.unit_amount,
            net=draft.net,
            tax=draft.tax,
            gross=draft.gross,
        )
        for position, draft in enumerate(drafts, start=1)
    ]
