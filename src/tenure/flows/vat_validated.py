"""A VAT number is validated later: invoices are credited and issued anew, the tax goes back (R45).

What is corrected are the paid orders that were charged while that very number stood on the
buyer and was not validated. An order keeps the amounts for which it was sold; its papers say what
holds. Once for each order: the same transaction marks it, issues both papers, and commits to the
refund, which is then carried out like any other.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from tenure.base.clock import machine_now
from tenure.base.money import Money
from tenure.billing.commands.refunds import NewRefund, amounts_given_back, intend_refunds
from tenure.billing.documents.content import DocumentKind
from tenure.billing.models import Document, Payment, PaymentStatus, Refund
from tenure.events.journal import Journal, transaction
from tenure.flows.documents import Bought, Credit, issue_credit_notes, issue_invoices, read_bought
from tenure.flows.locks import lock_organisation
from tenure.flows.refunds import carry_out
from tenure.orders.commands.orders import lock_orders, mark_tax_corrected
from tenure.orders.models import Order, OrderLine, OrderStatus
from tenure.orders.queries.policy import policy_in_force
from tenure.organisations.errors import VAT_NUMBER_VALIDATED
from tenure.organisations.models import Organisation

CORRECTED_FOR: Final = timedelta(days=3 * 365)
"""How long ago an order may have been placed: for so long a return can be corrected (Directive
2006/112/EC, article 369g)."""

BATCH: Final = 100


def correct_tax(*, organisation: Organisation, journal: Journal) -> list[Refund]:
    """Correct the orders of the locked ``organisation`` that its validated number spares the tax.

    Returns the refunds that are committed with it, to be carried out afterwards. As many
    statements for many orders as for one. An order of whose invoice a part was credited before is
    left to staff.
    """
    journal.write()  # what was validated in this transaction is read again
    waiting = to_correct().filter(organisation_id=organisation.id)
    orders = lock_orders(waiting.values_list("id", flat=True)[:BATCH])
    invoices = _invoices_of(orders)
    corrected = [orders[id_] for id_ in invoices if _stands(orders[id_])]
    if not corrected:
        return []
    payments = Payment.objects.filter(order_id__in=list(invoices), status=PaymentStatus.CAPTURED)
    paid_by = {payment.order_id: payment for payment in payments}
    why = VAT_NUMBER_VALIDATED.text(organisation.language)
    issue_credit_notes(
        corrections=[Credit(invoices[order.id], reason=why) for order in corrected],
        journal=journal,
    )
    issue_invoices(
        orders=[_without_tax(bought) for bought in read_bought(corrected)],
        paid_by=paid_by,
        journal=journal,
    )
    mark_tax_corrected(orders=corrected, journal=journal)
    return intend_refunds(
        refunds=_refunds(corrected, paid_by, why), called_at=machine_now(), journal=journal
    )


def correct_due(*, now: datetime) -> int:
    """Correct what was paid after its number had been validated; returns for how many customers.

    For everybody who lives by the machine's clock.
    """
    due = to_correct().filter(organisation__test_clock__isnull=True).order_by()
    ids = list(due.values_list("organisation_id", flat=True).distinct()[:BATCH])
    for organisation in ids:
        _correct(organisation, now=now)
    return len(ids)


def correct_of_organisation(organisation: UUID, *, now: datetime) -> None:
    """The same for one organisation; ``now`` is by its own clock (R2)."""
    if to_correct().filter(organisation_id=organisation).exists():
        _correct(organisation, now=now)


def to_correct() -> QuerySet[Order]:
    """Paid orders whose number is validated, as it was not when their price was made (R45).

    The proof may be a little older than the order: a quote keeps the tax of its day (R12).
    """
    counts = timedelta(days=policy_in_force()[1].tax.vat_number_counts_days)
    untouched = Document.objects.filter(
        order_id=OuterRef("id"), kind=DocumentKind.INVOICE, corrections__isnull=True
    )
    validated_at = F("organisation__vat_validated_at")
    return Order.objects.filter(
        ~Q(vat_number=""),
        Exists(untouched),
        status=OrderStatus.PAID,
        tax_corrected_at__isnull=True,
        vat_number=F("organisation__vat_number"),
        placed_at__lte=validated_at + counts,
        placed_at__gte=validated_at - CORRECTED_FOR,
    ).order_by("id")


def _correct(organisation: UUID, *, now: datetime) -> None:
    with transaction(now=now, by="worker", organisation=organisation) as journal:
        row = lock_organisation(organisation, journal)
        refunds = correct_tax(organisation=row, journal=journal)
    carry_out(refunds, now=journal.at, by="worker")


def _stands(order: Order) -> bool:
    """Whether the locked order is still to be corrected: somebody may just have done so."""
    return order.status == OrderStatus.PAID and order.tax_corrected_at is None


def _invoices_of(orders: Iterable[UUID]) -> dict[UUID, Document]:
    """The invoice of each order of which nothing was credited; an order without one is left out."""
    rows = Document.objects.filter(
        order_id__in=list(orders), kind=DocumentKind.INVOICE, corrections__isnull=True
    )
    return {row.order_id: row for row in rows.order_by("id") if row.order_id is not None}


def _without_tax(bought: Bought) -> Bought:
    """The order as it would have been with the number: these copies are written nowhere."""
    order = copy.copy(bought.order)
    order.reverse_charge, order.tax_percent = True, Decimal(0)
    order.total_tax, order.total = 0, order.total_net
    lines = tuple(replace(each, line=_untaxed(each.line)) for each in bought.lines)
    return replace(bought, order=order, lines=lines)


def _untaxed(line: OrderLine) -> OrderLine:
    made = copy.copy(line)
    made.tax, made.gross = 0, line.net
    return made


def _refunds(orders: Sequence[Order], paid_by: Mapping[UUID, Payment], why: str) -> list[NewRefund]:
    """The tax of each order, as far as it did not go back already."""
    back = amounts_given_back([payment.id for payment in paid_by.values()])
    found = []
    for order in orders:
        payment = paid_by.get(order.id)
        left = payment.amount - sum(back[payment.id]) if payment else 0
        if payment and min(order.total_tax, left) > 0:
            amount = Money(min(order.total_tax, left), order.currency)
            found.append(NewRefund(payment.id, amount, why))
    return found
