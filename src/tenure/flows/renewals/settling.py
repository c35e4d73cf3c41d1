"""A renewal order is paid: the next periods are there, from where the old ones end (R20, R24)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from tenure.base.calendar import local_date, zone_named
from tenure.billing.models import Document, Payment
from tenure.events.journal import Journal
from tenure.flows.bookkeeping import book_payments
from tenure.flows.documents import (
    Bought,
    BoughtLine,
    Receipt,
    issue_invoices,
    issue_receipts,
    transfer_terms,
)
from tenure.flows.documents.facts import read_unbegun, seller
from tenure.flows.renewals.boundaries import apply_boundaries
from tenure.flows.renewals.invoicing import standing_invoices
from tenure.orders.commands.orders import mark_paid
from tenure.orders.models import Order
from tenure.orders.queries.policy import policy_numbered
from tenure.policy.words import Audience, PaymentMethod
from tenure.subscriptions.commands.renewing import Renewed, renew_subscriptions, renewals_of
from tenure.subscriptions.models import Period, Renewal


def fulfil_renewals(
    *, orders: Sequence[Order], paid_by: Mapping[UUID, Payment], journal: Journal
) -> None:
    """The locked ``orders`` for renewals are paid: the next periods are there, and the invoices.

    What was invoiced ahead is not invoiced again; money by transfer for it gives a receipt. What
    had lapsed is reinstated at once, with the seats of its new quantity.
    """
    unbegun = read_unbegun(orders)
    paid_on = {
        each.order.id: local_date(journal.at, zone_named(each.buyer.timezone)) for each in unbegun
    }
    mark_paid(orders=orders, paid_on=paid_on, journal=journal)
    bought = _renew(unbegun, paid_by, journal)
    cards = [each for each in paid_by.values() if each.method == PaymentMethod.CARD]
    book_payments(payments=cards, seller=seller(bought[0].known), journal=journal)
    ahead = _receive_for_invoices(bought, paid_by, journal)
    issue_invoices(
        orders=[each for each in bought if each.order.id not in ahead],
        paid_by=paid_by,
        journal=journal,
    )


def _renew(
    bought: Sequence[Bought], payments: Mapping[UUID, Payment], journal: Journal
) -> list[Bought]:
    """Append the periods that were paid; returns the orders with their days."""
    by_order = {each.order.id: each for each in bought}
    renewed = [
        _renewed(renewal, by_order[renewal.order_id], payments)
        for renewal in renewals_of(list(by_order))
        if renewal.order_id is not None
    ]
    periods = renew_subscriptions(renewed=renewed, journal=journal)
    late = [row for row in periods if row.starts_at <= journal.at]
    if late:
        journal.write()
        apply_boundaries(periods=late, journal=journal)
    days = {each.renewal.order_line_id: row for each, row in zip(renewed, periods, strict=True)}
    return [
        replace(each, lines=tuple(_dated(line, days) for line in each.lines)) for each in bought
    ]


def _renewed(renewal: Renewal, bought: Bought, payments: Mapping[UUID, Payment]) -> Renewed:
    payment = payments.get(bought.order.id)
    return Renewed(
        renewal=renewal,
        order=bought.order,
        audience=Audience(bought.buyer.audience),
        country=bought.buyer.country,
        policy=policy_numbered(bought.order.policy_version_id),
        by_transfer=payment is not None and payment.method == PaymentMethod.BANK_TRANSFER,
    )


def _dated(line: BoughtLine, days: Mapping[UUID | None, Period]) -> BoughtLine:
    row = days.get(line.line.id)
    if row is None:
        return line
    return BoughtLine(line.line, row.starts_on, row.ends_on, row.opt_out_on)


def _receive_for_invoices(
    bought: Sequence[Bought], payments: Mapping[UUID, Payment], journal: Journal
) -> frozenset[UUID]:
    """A receipt for each paid order that was invoiced ahead; returns which orders those are.

    Whoever paid by card what was invoiced for a transfer finds that on the order alone.
    """
    invoices = standing_invoices([each.order.id for each in bought])
    receipts = [
        _receipt(each, payments[each.order.id], invoices[each.order.id], journal)
        for each in bought
        if each.order.id in invoices
        and payments[each.order.id].method == PaymentMethod.BANK_TRANSFER
    ]
    issue_receipts(receipts=receipts, journal=journal)
    return frozenset(invoices)


def _receipt(bought: Bought, payment: Payment, invoice: Document, journal: Journal) -> Receipt:
    total = bought.order.total
    return Receipt(
        bought=bought,
        amount=total,
        on=bought.order.paid_on or journal.at.date(),
        paid=total,
        payment=transfer_terms(payment, bought.known),
        about=invoice,
    )
