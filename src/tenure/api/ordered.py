"""Orders as they go out: with their lines, what became of them, and their papers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Final, Literal, NamedTuple, NotRequired
from uuid import UUID

from typing_extensions import TypedDict

from tenure.api.shapes import Day, Instant, MoneyOut, instant, money_out
from tenure.base.errors import NotFound
from tenure.base.ids import public_id
from tenure.billing.queries.transfers import Awaited, awaited
from tenure.events.rows import read_values
from tenure.notices.links import bank_page
from tenure.orders.models import OrderStatus


class NextAction(TypedDict):
    """What the customer has to do."""

    type: Literal["redirect"]
    url: str


class TransferOut(TypedDict):
    """The transfer that an order waits for; booked on ``expires_on`` it is still in time (R15)."""

    reference: str
    iban: str
    bic: str
    amount: MoneyOut
    missing: MoneyOut
    expires_on: Day


class OrderLineOut(TypedDict):
    """A line as it was sold (R7)."""

    offer: str
    term: str
    quantity: int
    unit_price: MoneyOut
    net: MoneyOut
    tax: MoneyOut
    total: MoneyOut


class OrderOut(TypedDict):
    """An order; ``payment`` is the last attempt to pay it, ``invoice`` and ``credit_note`` the
    last of their kind (R46)."""

    id: str
    organisation: str
    cart: str | None
    status: Literal[
        "paid",
        "awaiting_transfer",
        "awaiting_verification",
        "authentication_required",
        "payment_unknown",
        "declined",
        "expired",
        "withdrawn",
        "cancelled",
    ]
    lines: list[OrderLineOut]
    total_net: MoneyOut
    total_tax: MoneyOut
    total: MoneyOut
    subscriptions: list[str]
    invoice: str | None
    credit_note: str | None
    payment: str | None
    decline_code: str | None
    placed_at: Instant
    paid_on: Day | None
    expires_at: Instant | None
    next_action: NotRequired[NextAction]
    transfer: NotRequired[TransferOut]


def order_out(order: UUID) -> OrderOut:
    """One order as it goes out; ``NotFound``."""
    found = orders_out([order])
    if not found:
        raise NotFound
    return found[0]


def orders_out(ids: Collection[UUID]) -> list[OrderOut]:
    """Orders as they go out, in the order of their ids.

    One statement for any number of them, and another where one waits for a transfer.
    """
    rows = [_Row(*values) for values in read_values(_ORDERS, [list(ids)])]
    waiting = {row.id for row in rows if row.status == OrderStatus.AWAITING_TRANSFER}
    transfers = awaited(waiting) if waiting else {}
    return [
        _order(list(lines), transfers.get(order))
        for order, lines in groupby(rows, key=attrgetter("id"))
    ]


class _Row(NamedTuple):
    """What ``_ORDERS`` selects: a line, what it became, its order, and the last payment of that."""

    id: UUID
    organisation: UUID
    cart: UUID | None
    status: str
    currency: str
    total_net: int
    total_tax: int
    total: int
    placed_at: datetime
    paid_on: date | None
    expires_at: datetime | None
    offer: str | None
    term: str
    quantity: int
    unit_amount: int
    net: int
    tax: int
    gross: int
    subscription: UUID | None
    payment: UUID | None
    decline_code: str | None
    action_url: str | None
    invoice: UUID | None
    credit_note: UUID | None


_ORDERS: Final = """
    SELECT placed.id, placed.organisation_id, placed.cart_id, placed.status, placed.currency,
           placed.total_net, placed.total_tax, placed.total,
           placed.placed_at, placed.paid_on, placed.expires_at,
           line.offer_id, line.term, line.quantity,
           line.unit_amount, line.net, line.tax, line.gross,
           coalesce(subscription.id, added.subscription_id, renewal.subscription_id),
           payment.id, payment.decline_code, payment.action_url,
           paper.invoice, paper.credit_note
    FROM orders_order AS placed
    LEFT JOIN orders_orderline AS line ON line.order_id = placed.id
    LEFT JOIN subscriptions_subscription AS subscription ON subscription.order_line_id = line.id
    LEFT JOIN subscriptions_renewal AS renewal ON renewal.order_line_id = line.id
    LEFT JOIN subscriptions_seatchange AS added
      ON added.order_line_id = line.id AND NOT added.for_next
    LEFT JOIN LATERAL (
        SELECT id, decline_code, action_url FROM billing_payment
        WHERE order_id = placed.id ORDER BY id DESC LIMIT 1
    ) AS payment ON true
    LEFT JOIN LATERAL (
        SELECT (array_agg(id ORDER BY id DESC) FILTER (WHERE kind = 'invoice'))[1] AS invoice,
               (array_agg(id ORDER BY id DESC) FILTER (WHERE kind = 'credit_note'))[1]
               AS credit_note
        FROM billing_document WHERE order_id = placed.id
    ) AS paper ON true
    WHERE placed.id = ANY((SELECT %s::uuid[])::uuid[])
    ORDER BY placed.id, line.position
"""
"""By the list of keys as ``AMONG`` finds them."""


def _order(rows: Sequence[_Row], transfer: Awaited | None) -> OrderOut:
    order = rows[0]
    out: OrderOut = {
        "id": public_id("ord", order.id),
        "organisation": public_id("org", order.organisation),
        "cart": public_id("cart", order.cart) if order.cart else None,
        "status": order.status,  # type: ignore[typeddict-item]  # a constraint keeps it among these
        "lines": [_line(row) for row in rows if row.offer is not None],
        "total_net": money_out(order.total_net, order.currency),
        "total_tax": money_out(order.total_tax, order.currency),
        "total": money_out(order.total, order.currency),
        "subscriptions": [public_id("sub", row.subscription) for row in rows if row.subscription],
        "invoice": public_id("doc", order.invoice) if order.invoice else None,
        "credit_note": public_id("doc", order.credit_note) if order.credit_note else None,
        "payment": public_id("pay", order.payment) if order.payment else None,
        "decline_code": order.decline_code or None,
        "placed_at": instant(order.placed_at),
        "paid_on": order.paid_on.isoformat() if order.paid_on else None,
        "expires_at": instant(order.expires_at) if order.expires_at else None,
    }
    if order.payment is not None and order.status == OrderStatus.AUTHENTICATION_REQUIRED:
        url = order.action_url or bank_page(order.payment)
        out["next_action"] = {"type": "redirect", "url": url}
    if transfer is not None:
        out["transfer"] = _transfer(transfer)
    return out


def _transfer(transfer: Awaited) -> TransferOut:
    return {
        "reference": transfer.reference,
        "iban": transfer.iban,
        "bic": transfer.bic,
        "amount": money_out(transfer.amount, transfer.currency),
        "missing": money_out(transfer.missing, transfer.currency),
        "expires_on": transfer.expires_on.isoformat(),
    }


def _line(row: _Row) -> OrderLineOut:
    return {
        "offer": row.offer or "",
        "term": row.term,
        "quantity": row.quantity,
        "unit_price": money_out(row.unit_amount, row.currency),
        "net": money_out(row.net, row.currency),
        "tax": money_out(row.tax, row.currency),
        "total": money_out(row.gross, row.currency),
    }
