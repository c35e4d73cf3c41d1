"""Invoices, pro-formas, receipts and quotes are issued (R15, R46, R47)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec

from tenure.base.calendar import local_date, zone_named
from tenure.base.ids import public_id
from tenure.billing.commands.documents import Draft, issue_documents
from tenure.billing.documents.composing import (
    added_for_next_words,
    added_words,
    mentions,
    seller_party,
    term_words,
)
from tenure.billing.documents.content import (
    Content,
    DocumentKind,
    Line,
    Party,
    PaymentMeans,
    Preceding,
    Received,
)
from tenure.billing.documents.content import Payment as PaymentTerms
from tenure.billing.documents.figures import day, money
from tenure.billing.ledger.rates import accounting_amounts, rates_on
from tenure.billing.ledger.rules.exchange import Rate
from tenure.billing.models import Document, Payment
from tenure.catalogue.queries import KnownCatalogue, known_catalogue
from tenure.events.journal import Journal
from tenure.flows.bookkeeping import accounting_currency, book_papers
from tenure.flows.documents.facts import (
    Bought,
    BoughtLine,
    buyer_party,
    seller,
    transfer_terms,
    vendor_facts,
    vendor_zone,
)
from tenure.orders.models import OrderKind
from tenure.orders.queries.policy import policy_numbered
from tenure.orders.rules.tax import vat_country


@dataclass(frozen=True, slots=True)
class ProForma:
    """An order that waits for its transfer: how to pay, and the last local day for it (R15)."""

    bought: Bought
    payment: PaymentTerms
    valid_until: date
    link: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money that came for an order, in minor units: ``amount`` on a local day, ``paid`` so far.

    ``about`` is the invoice issued ahead that it pays, if it does.
    """

    bought: Bought
    amount: int
    on: date
    paid: int
    payment: PaymentTerms
    about: Document | None = None


@dataclass(frozen=True, slots=True)
class QuotePaper:
    """A quote's paper, said whole by whoever quotes, but for its day and its number."""

    content: Content
    organisation: UUID
    quote: UUID | None = None


def issue_invoices(
    *,
    orders: Sequence[Bought],
    journal: Journal,
    paid_by: Mapping[UUID, Payment] | None = None,
    due_on: Mapping[UUID, date] | None = None,
) -> list[Document]:
    """An invoice for each of the paid ``orders`` that cost anything, in the order given (R46).

    ``paid_by`` are the payments by their orders, or those that are waited for. What is still
    unpaid is due on the day that ``due_on`` has for its order, or else on that of issue.
    """
    payments, rates, days = paid_by or {}, _rates(orders, journal), due_on or {}
    drafts = [
        Draft(
            content=_content(
                DocumentKind.INVOICE,
                bought,
                journal,
                rates,
                paid=bought.order.total if bought.order.paid_at else 0,
                due_on=days.get(bought.order.id) or _today(bought, journal),
                payment=_paid_by(bought, payments.get(bought.order.id)),
            ),
            organisation=bought.buyer.id,
            order=bought.order.id,
            renewal=bought.order.kind == OrderKind.RENEWAL,
        )
        for bought in orders
        if bought.order.total
    ]
    return _issue(drafts, orders, journal)


def issue_pro_formas(*, orders: Sequence[ProForma], journal: Journal) -> list[Document]:
    """A pro-forma for each order that waits for its transfer (R15)."""
    rates = _rates([each.bought for each in orders], journal)
    drafts = [
        Draft(
            content=_content(
                DocumentKind.PRO_FORMA,
                each.bought,
                journal,
                rates,
                payment=each.payment,
                valid_until=each.valid_until,
                link=each.link,
            ),
            organisation=each.bought.buyer.id,
            order=each.bought.order.id,
        )
        for each in orders
    ]
    return _issue(drafts, [each.bought for each in orders], journal)


def issue_receipts(*, receipts: Sequence[Receipt], journal: Journal) -> list[Document]:
    """A receipt for each sum that came: what, on which day, and what is still missing."""
    rates = _rates([each.bought for each in receipts], journal)
    drafts = [
        Draft(
            content=_content(
                DocumentKind.RECEIPT,
                each.bought,
                journal,
                rates,
                paid=each.paid,
                payment=each.payment,
                received=Received(amount=each.amount, on=each.on),
                about=_named(each.about) if each.about else None,
            ),
            organisation=each.bought.buyer.id,
            order=each.bought.order.id,
        )
        for each in receipts
    ]
    return _issue(drafts, [each.bought for each in receipts], journal)


def issue_quote_papers(*, papers: Sequence[QuotePaper], journal: Journal) -> list[Document]:
    """A numbered paper for each quote (R12)."""
    if not papers:
        return []
    drafts = [
        Draft(content=each.content, organisation=each.organisation, quote=each.quote)
        for each in papers
    ]
    return issue_documents(drafts=drafts, zone=vendor_zone(known_catalogue()), journal=journal)


def quote_content(
    *, bought: Bought, valid_until: date, purchase_order: str, link: str, journal: Journal
) -> Content:
    """What a quote's paper says; ``bought`` is the order that it would become (R12)."""
    rates = _rates([bought], journal)
    content = _content(
        DocumentKind.QUOTE, bought, journal, rates, valid_until=valid_until, link=link
    )
    return msgspec.structs.replace(
        content, order="", purchase_order=purchase_order or content.purchase_order
    )


def _issue(drafts: Sequence[Draft], of: Sequence[Bought], journal: Journal) -> list[Document]:
    """Issue papers, and book those that the law counts."""
    if not drafts:
        return []
    known = of[0].known
    issued = issue_documents(drafts=drafts, zone=vendor_zone(known), journal=journal)
    said = [draft.content for draft in drafts]
    book_papers(issued=list(zip(issued, said, strict=True)), seller=seller(known), journal=journal)
    return issued


@lru_cache(maxsize=4)
def _seller(known: KnownCatalogue, language: str) -> Party:
    """Who sells, as papers say it: the same for as long as the catalogue stands."""
    return seller_party(vendor_facts(known), language)


def _today(bought: Bought, journal: Journal) -> date:
    return local_date(journal.at, zone_named(vendor_zone(bought.known)))


def _rates(orders: Sequence[Bought], journal: Journal) -> dict[str, Rate]:
    """The rates of the day to the accounting currency, for all of a batch (R48)."""
    if not orders:
        return {}
    currency = accounting_currency(seller(orders[0].known))
    named = [bought.order.currency for bought in orders]
    return rates_on(named, currency, _today(orders[0], journal))


def _named(document: Document) -> Preceding:
    return Preceding(number=document.number, issued_on=document.issued_on)


def _paid_by(bought: Bought, payment: Payment | None) -> PaymentTerms | None:
    """How and on which local day the order was paid."""
    if payment is None:
        return None
    means = PaymentMeans(payment.method)
    if means is PaymentMeans.CARD:
        return PaymentTerms(means=means, paid_on=bought.order.paid_on)
    terms = transfer_terms(payment, bought.known)
    return msgspec.structs.replace(terms, paid_on=bought.order.paid_on)


def _content(
    kind: DocumentKind, bought: Bought, journal: Journal, rates: Mapping[str, Rate], **more: Any
) -> Content:
    order, buyer = bought.order, bought.buyer
    vendor, language = vendor_facts(bought.known), buyer.language
    taxed, policy = bought.taxed, policy_numbered(order.policy_version_id).documents
    today = _today(bought, journal)
    opt_outs = [line.opt_out_on for line in bought.lines if line.opt_out_on is not None]
    return Content(
        kind=kind,
        number="",
        series="",
        year=0,
        sequence=0,
        language=language,
        currency=order.currency,
        issued_on=today,
        seller=_seller(bought.known, language),
        buyer=buyer_party(buyer),
        lines=_lines(bought),
        taxes=(taxed.line(order.total_net, order.total_tax),),
        net=order.total_net,
        tax=order.total_tax,
        total=order.total,
        accounting=accounting_amounts(
            order.currency, order.total_net, order.total_tax, rates[order.currency]
        ),
        test_clock=buyer.test_clock is not None,
        consumer=bought.consumer,
        prices_include_tax=bought.consumer,
        vat_on_debits=policy.vat_on_debits,
        customer_number=public_id("org", buyer.id),
        order=public_id("ord", order.id),
        purchase_order=order.purchase_order or buyer.purchase_order,
        mentions=mentions(
            taxed,
            consumer=bought.consumer,
            vendor_country=vat_country(vendor.get("country", "")),
            policy=policy,
            renews_until=min(opt_outs, default=None),
        ),
        **more,
    )


def _lines(bought: Bought) -> tuple[Line, ...]:
    language = bought.buyer.language
    named = bought.known.roles_by_offer((each.line.offer_id for each in bought.lines), language)
    return tuple(
        _line(each, " + ".join(role.name for role in named[each.line.offer_id]), bought)
        for each in bought.lines
    )


def _line(each: BoughtLine, name: str, bought: Bought) -> Line:
    line = each.line
    return Line(
        name=name or line.offer_id,
        description=_described(each, bought),
        reference=line.offer_id,
        quantity=line.quantity,
        unit_price=line.unit_amount,
        net=line.net,
        tax=line.tax,
        category=bought.taxed.category,
        rate=bought.taxed.basis_points,
        starts_on=each.starts_on,
        ends_on=each.last_day,
    )


def _described(each: BoughtLine, bought: Bought) -> str:
    """The term, and for seats added in mid-period how their price comes about (R27)."""
    line, added, language = each.line, each.added, bought.buyer.language
    if added is None:
        return term_words(line.term, language)
    if added.for_next:
        return added_for_next_words(line.term, language)
    unit = money(line.unit_amount, bought.order.currency, language)
    counted = day(added.counted, language)
    return added_words(
        line.term, language, f"{unit} × {line.quantity} × {added.days} ÷ {added.of_days}", counted
    )
