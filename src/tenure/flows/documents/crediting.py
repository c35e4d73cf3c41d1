"""A credit note for what goes back without one: what is given is taken off the price (R48)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from uuid import UUID

from django.db.models import Q, Sum

from tenure.base.money import divide_half_up, share_by_largest_remainder
from tenure.billing.documents.content import Content, parse
from tenure.billing.models import Document, Payment, PaymentStatus, Refund, RefundStatus
from tenure.events.journal import Journal
from tenure.flows.documents.correcting import Credit, CreditLine, issue_credit_notes


def credit_what_goes_back(*, order: UUID, reason: str, journal: Journal) -> list[Document]:
    """Credit what of the locked order's money goes back and was not credited yet.

    What was credited before is not credited again: its refund comes after it. What was credited to
    be issued anew is no such credit (R45). The latest invoice of which something is left is the
    one corrected.
    """
    journal.write()  # the refund just intended counts too
    wanted = _owed(order) - (_paid(order) - _given_back(order))
    if wanted <= 0:
        return []
    invoices = Document.objects.filter(order=order, kind="invoice").annotate(
        gone=Sum("corrections__total", default=0)
    )
    corrections = []
    for invoice in invoices.order_by("-id"):
        amount = min(wanted, invoice.total - invoice.gone)
        if amount > 0:
            said = parse(invoice.content.encode())
            lines = None if amount == invoice.total else tuple(_shares(said, amount))
            corrections.append(Credit(invoice, reason, lines))
            wanted -= amount
    return issue_credit_notes(corrections=corrections, journal=journal)


def credit_lines(
    *,
    order: UUID,
    positions: Collection[int],
    reason: str,
    journal: Journal,
    amount: int | None = None,
) -> list[Document]:
    """Credit some lines of the locked order, counted from 1, or ``amount`` of them with tax, as
    far as they still stand.

    The latest invoice of which something is left is the one corrected, line by line (R28).
    """
    invoices = Document.objects.filter(order=order, kind="invoice").annotate(
        gone=Sum("corrections__total", default=0)
    )
    standing = next((row for row in invoices.order_by("-id") if row.total > row.gone), None)
    if standing is None:
        return []
    said = parse(standing.content.encode())
    wanted = sum(said.lines[position - 1].gross for position in positions)
    wanted = wanted if amount is None else min(amount, wanted)
    lines = tuple(_shares(said, min(wanted, standing.total - standing.gone), positions))
    return issue_credit_notes(corrections=[Credit(standing, reason, lines)], journal=journal)


def _given_back(order: UUID) -> int:
    refunds = Refund.objects.filter(~Q(status=RefundStatus.FAILED), order=order)
    return int(refunds.aggregate(sum=Sum("amount", default=0))["sum"])


def _paid(order: UUID) -> int:
    payments = Payment.objects.filter(order=order, status=PaymentStatus.CAPTURED)
    return int(payments.aggregate(sum=Sum("amount", default=0))["sum"])


def _owed(order: UUID) -> int:
    """What was invoiced less what was credited."""
    papers = Document.objects.filter(order=order, kind__in=["invoice", "credit_note"])
    sums = dict(papers.order_by().values_list("kind").annotate(sum=Sum("total")))
    return int(sums.get("invoice", 0) - sums.get("credit_note", 0))


def _shares(
    said: Content, amount: int, positions: Collection[int] | None = None
) -> Iterator[CreditLine]:
    """The part of each line, tax in it as in the line, that together come to ``amount``; of some
    ``positions`` alone if they are given."""
    weights = [
        line.gross if positions is None or position in positions else 0
        for position, line in enumerate(said.lines, start=1)
    ]
    shares = share_by_largest_remainder(amount, weights)
    for position, (line, share) in enumerate(zip(said.lines, shares, strict=True), start=1):
        if share:
            tax = divide_half_up(share * line.tax, line.gross)
            yield CreditLine(position, line.quantity, share - tax, tax)
