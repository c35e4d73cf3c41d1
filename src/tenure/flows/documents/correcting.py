"""Invoices are corrected, whole or line by line, and never changed (R30, R46)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from django.db.models import Sum

from tenure.base.errors import Refused
from tenure.base.money import Money
from tenure.billing.commands.documents import Draft, issue_documents
from tenure.billing.documents.composing import tax_lines, totals
from tenure.billing.documents.content import (
    Content,
    DocumentKind,
    Line,
    MentionCode,
    Preceding,
    parse,
)
from tenure.billing.errors import CREDIT_EXCEEDS_INVOICE
from tenure.billing.ledger.rates import accounting_amounts, rate_of
from tenure.billing.models import Document
from tenure.catalogue.queries import known_catalogue
from tenure.events.journal import Journal
from tenure.flows.bookkeeping import book_papers
from tenure.flows.documents.facts import seller, vendor_zone


@dataclass(frozen=True, slots=True)
class CreditLine:
    """A part of an invoice's line, counted from 1: so many seats, so much of its net and tax."""

    position: int
    quantity: int
    net: int
    tax: int


@dataclass(frozen=True, slots=True)
class Credit:
    """An invoice to be taken back, whole or by ``lines``; ``reason`` in the customer's language."""

    invoice: Document
    reason: str = ""
    lines: tuple[CreditLine, ...] | None = None


def issue_credit_notes(*, corrections: Sequence[Credit], journal: Journal) -> list[Document]:
    """A credit note for each of ``corrections``, in the order corrections; whose orders are locked.

    Raises ``Refused`` (``credit_exceeds_invoice``) for more than is left of an invoice.
    """
    if not corrections:
        return []
    drafts = [_draft(credit) for credit in corrections]
    _refuse_excess(corrections, drafts)
    known = known_catalogue()
    issued = issue_documents(drafts=drafts, zone=vendor_zone(known), journal=journal)
    said = [draft.content for draft in drafts]
    book_papers(issued=list(zip(issued, said, strict=True)), seller=seller(known), journal=journal)
    return issued


def _draft(credit: Credit) -> Draft:
    invoice = credit.invoice
    said = parse(invoice.content)
    lines = said.lines if credit.lines is None else tuple(_part(said, of) for of in credit.lines)
    net, tax = totals(lines)
    content = msgspec.structs.replace(
        said,
        kind=DocumentKind.CREDIT_NOTE,
        lines=lines,
        taxes=tax_lines(lines, said.taxes),
        net=net,
        tax=tax,
        total=net + tax,
        paid=0,
        due_on=None,
        payment=None,
        accounting=accounting_amounts(said.currency, net, tax, rate_of(said)),
        about=Preceding(number=invoice.number, issued_on=invoice.issued_on),
        reason=credit.reason,
        mentions=tuple(each for each in said.mentions if each.code is not MentionCode.RENEWS),
    )
    return Draft(
        content=content,
        organisation=invoice.organisation_id,
        order=invoice.order_id,
        corrects=invoice.id,
    )


def _part(said: Content, part: CreditLine) -> Line:
    return msgspec.structs.replace(
        said.lines[part.position - 1], quantity=part.quantity, net=part.net, tax=part.tax
    )


def _refuse_excess(corrections: Sequence[Credit], drafts: Sequence[Draft]) -> None:
    """Whatever was credited before counts; one statement."""
    invoices = {credit.invoice.id: credit.invoice for credit in corrections}
    before = Document.objects.filter(corrects__in=list(invoices)).values_list("corrects")
    left = {id_: invoice.total for id_, invoice in invoices.items()}
    for id_, credited in before.annotate(credited=Sum("total")):
        left[id_] -= credited
    for credit, draft in zip(corrections, drafts, strict=True):
        invoice, total = credit.invoice, draft.content.total
        if total > left[invoice.id]:
            raise Refused(
                CREDIT_EXCEEDS_INVOICE,
                number=invoice.number,
                left=Money(left[invoice.id], invoice.currency),
            )
        left[invoice.id] -= total
