"""A renewal order is paid: the next periods are there, from where the old ones end (R20, R24)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from tenure.base.money import Money
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
from tenure.flows.documents.facts import local_days, read_unbegun, seller
from tenure.flows.late_money import give_back_whole
from tenure.flows.renewals.boundaries import apply_boundaries
from tenure.flows.renewals.invoicing import credit_ahead, standing_invoices
from tenure.orders.commands.orders import cancel, mark_paid
from tenure.orders.errors import ORDER_CANCELLED
from tenure.orders.models import Order
from tenure.orders.queries.policy import policy_numbered
from tenure.organisations.commands.retention import withdraw_purges
from tenure.policy.words import Audience, PaymentMethod
from tenure.subscriptions.commands.renewing import (
    Renewed,
    close,
    forget_order,
    is_stopped,
    order_anew,
    renew_subscriptions,
    renewals_of,
)
from tenure.subscriptions.models import Period, Renewal


def fulfil_renewals(
    *, orders: Sequence[Order], paid_by: Mapping[UUID, Payment], journal: Journal
) -> None:
    """The locked ``orders`` for renewals are paid: the next periods are there, and the invoices.

    What was invoiced ahead is not invoiced again; money by transfer for it gives a receipt. What
    had lapsed is reinstated at once, with the seats of its new quantity. An order of which a part
    was taken back or switched off while it was charged goes back whole, and the rest of it is
    ordered anew (R21, R30).
    """
    unbegun = read_unbegun(orders)
    renewals = renewals_of([order.id for order in orders])
    spoilt = {each.order_id for each in renewals if _is_void(each, journal)}
    mark_paid(orders=orders, paid_on=local_days(unbegun, journal.at), journal=journal)
    standing = [each for each in renewals if each.order_id not in spoilt]
    bought = _renew([e for e in unbegun if e.order.id not in spoilt], standing, paid_by, journal)
    withdraw_purges(organisations=[each.buyer for each in bought], journal=journal)
    book_payments(payments=paid_by.values(), seller=seller(unbegun[0].known), journal=journal)
    ahead = _receive_for_invoices(bought, paid_by, journal)
    issue_invoices(
        orders=[each for each in bought if each.order.id not in ahead],
        paid_by=paid_by,
        journal=journal,
    )
    if spoilt:
        gone = [each for each in unbegun if each.order.id in spoilt]
        _give_back(gone, [e for e in renewals if e.order_id in spoilt], paid_by, journal)


def _is_void(renewal: Renewal, journal: Journal) -> bool:
    """Whether nobody wants it any more, or can have it."""
    return is_stopped(renewal) or _is_over(renewal, journal)


def _is_over(renewal: Renewal, journal: Journal) -> bool:
    """Whether its subscription was cancelled by now."""
    cancelled_at = renewal.subscription.cancelled_at
    return cancelled_at is not None and cancelled_at <= journal.at


def _give_back(
    gone: Sequence[Bought],
    renewals: Sequence[Renewal],
    paid_by: Mapping[UUID, Payment],
    journal: Journal,
) -> None:
    """The money goes back, and what of the orders is still wanted is ordered anew."""
    orders = [each.order for each in gone]
    buyers = {each.buyer.id: each.buyer for each in gone}
    credit_ahead(orders=orders, buyers=buyers, why=ORDER_CANCELLED, journal=journal)
    give_back_whole(bought=gone, paid_by=paid_by, why=ORDER_CANCELLED, journal=journal)
    sums = [(order, Money(order.total, order.currency)) for order in orders]
    cancel(orders=sums, journal=journal)
    over = [each for each in renewals if _is_over(each, journal)]
    forget_order(renewals=renewals, journal=journal)
    rest = [each for each in renewals if not _is_void(each, journal)]
    order_anew(renewals=rest, journal=journal)
    close(renewals=over, journal=journal)


def _renew(
    bought: Sequence[Bought],
    renewals: Sequence[Renewal],
    payments: Mapping[UUID, Payment],
    journal: Journal,
) -> list[Bought]:
    """Append the periods that were paid; returns the orders with their days."""
    by_order = {each.order.id: each for each in bought}
    renewed = [
        _renewed(renewal, by_order[renewal.order_id], payments)
        for renewal in renewals
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
