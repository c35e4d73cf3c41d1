"""A credit note for what goes back without one: what is given is taken off the price (R48)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple
from uuid import UUID

import msgspec
from django.db.models import Q, Sum

from tenure.base.money import divide_half_up, share_by_largest_remainder
from tenure.billing.documents.content import Content, Line, parse
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
            lines = None if amount == invoice.total else tuple(_shares(invoice, said, amount))
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
    wanted = min(wanted, standing.total - standing.gone)
    lines = tuple(_shares(standing, said, wanted, positions))
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
    invoice: Document, said: Content, amount: int, positions: Collection[int] | None = None
) -> Iterator[CreditLine]:
    """The part of each line that together come to ``amount``, no line beyond what is left of it.

    Of some ``positions`` if they are given, and of the others only what these cannot bear. The
    tax is in a part as in its line, and the last part of a line takes the rest of its tax.
    """
    left = _left(invoice, said)
    named = [
        line.gross if positions is None or position in positions else 0
        for position, line in enumerate(left, start=1)
    ]
    others = [line.gross - taken for line, taken in zip(left, named, strict=True)]
    first = min(amount, sum(named))
    shares = zip(
        share_by_largest_remainder(first, named),
        share_by_largest_remainder(amount - first, others),
        strict=True,
    )
    for position, (line, rest, parts) in enumerate(zip(said.lines, left, shares, strict=True), 1):
        share = sum(parts)
        if share:
            tax = min(divide_half_up(share * line.tax, line.gross), rest.tax)
            tax = rest.tax if share == rest.gross else tax
            yield CreditLine(position, line.quantity, share - tax, tax)


class _Left(NamedTuple):
    """What is left of a line of an invoice, with tax, and the tax in it."""

    gross: int
    tax: int


def _left(invoice: Document, said: Content) -> list[_Left]:
    """What earlier credit notes left of each line of an invoice; one statement.

    They hold lines of it, in its order, with amounts of their own.
    """
    alike = [_unpriced(line) for line in said.lines]
    left = [_Left(line.gross, line.tax) for line in said.lines]
    notes = Document.objects.filter(corrects=invoice).order_by("id").values_list("content")
    for (content,) in notes:
        for line in parse(content.encode()).lines:
            same = [at for at, each in enumerate(alike) if each == _unpriced(line)]
            fits = [at for at in same if left[at].gross >= line.gross]
            for at in (fits or same)[:1]:
                gross, tax = left[at]
                left[at] = _Left(max(gross - line.gross, 0), max(tax - line.tax, 0))
    return left


def _unpriced(line: Line) -> Line:
    """A line without its amounts, by which its parts are known."""
    return msgspec.structs.replace(line, quantity=0, net=0, tax=0)
