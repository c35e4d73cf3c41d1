"""What stands where on the page: a document's content in the reader's words, for the template."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from tenure.billing.documents.content import (
    Content,
    DocumentKind,
    Line,
    Party,
    Payment,
    PaymentMeans,
    TaxCategory,
    TaxLine,
)
from tenure.billing.documents.epc import epc_qr
from tenure.billing.documents.figures import (
    country_in_words,
    day,
    money,
    percent_written,
    short_day,
    written,
)
from tenure.billing.documents.mentions import sentences
from tenure.billing.documents.words import SUMS, TITLES, word

Pair = tuple[str, str]


def page(content: Content) -> dict[str, Any]:
    """The data of ``page.typ``: words and figures alone."""
    language = content.language
    title = TITLES[content.kind][language == "fr"]
    facts, taxes = list(_facts(content)), [_tax(content, tax) for tax in content.taxes]
    return {
        "language": language,
        "heading": f"{title} {content.number}",
        "date": {
            "year": content.issued_on.year,
            "month": content.issued_on.month,
            "day": content.issued_on.day,
        },
        "title": title,
        "number": content.number,
        "page": word("page", language),
        "void": word("void", language) if content.test_clock else None,
        "initial": content.seller.name[:1].upper(),
        "logo": content.seller.logo or None,
        "seller": _party(content.seller, "seller", language),
        "buyer": _party(content.buyer, "buyer", language),
        "references": list(_references(content)),
        "facts": facts,
        "facts-height": _one_line(17, (value for _, value in facts), 38),
        "lead": _lead(content),
        "columns": _columns(content),
        "lines": [_line(content, line) for line in content.lines],
        "tax-columns": [word(key, language) for key in ("tax_rate", "tax_base", "tax_amount")],
        "taxes": taxes,
        "taxes-height": _one_line(15, (tax[0] for tax in taxes), 40),
        "accounting": list(_accounting(content)),
        "totals": list(_totals(content)),
        "sum": _sum(content),
        "payment": _payment(content),
        "mentions": sentences(content),
        "foot": list(_foot(content.seller, language)),
    }


def _party(party: Party, label: str, language: str) -> dict[str, Any]:
    address = party.address
    town = " ".join(filter(None, (address.postal_code, address.city)))
    lines = [address.line1, address.line2, town, address.region]
    lines.append(country_in_words(address.country, language))
    numbers = [
        word("siret", language, party.siret) if party.siret else "",
        word("siren", language, party.siren) if party.siren and not party.siret else "",
        word("vat", language, party.vat_number) if party.vat_number else "",
        *((party.email, party.website) if label == "seller" else ()),
    ]
    return {
        "label": word(label, language),
        "name": party.name,
        "lines": [line for line in lines if line],
        "numbers": [number for number in numbers if number],
    }


def _facts(content: Content) -> Iterator[Pair]:
    language = content.language
    yield word("issued", language), day(content.issued_on, language)
    for key, on in (
        ("supplied", content.supplied_on),
        ("due", content.due_on),
        ("valid", content.valid_until),
        ("received_on", content.received.on if content.received else None),
    ):
        if on is not None:
            yield word(key, language), day(on, language)
    if content.about is not None:
        key = "corrects" if content.kind is DocumentKind.CREDIT_NOTE else "about"
        of = short_day(content.about.issued_on, language)
        yield word(key, language), word("corrects_of", language, content.about.number, of)
    for key, number in (
        ("purchase_order", content.purchase_order),
        ("buyer_reference", content.buyer_reference),
    ):
        if number:
            yield word(key, language), number


def _references(content: Content) -> Iterator[str]:
    """Our own numbers, which nobody reads but who asks us."""
    for key, number in (("order", content.order), ("customer", content.customer_number)):
        if number:
            yield f"{word(key, content.language)} {number}"


def _lead(content: Content) -> str | None:
    language, received = content.language, content.received
    if received is not None:
        amount = money(received.amount, content.currency, language)
        return word("receipt", language, amount, day(received.on, language))
    if content.kind is DocumentKind.PRO_FORMA:
        return word("no_invoice", language)
    if content.kind is DocumentKind.CREDIT_NOTE and content.reason:
        return word("reason", language, content.reason)
    return None


def _columns(content: Content) -> list[tuple[str, int]]:
    """What stands in each column, and how many of the page's 174 mm it has."""
    keys = _WITH_TAX if content.prices_include_tax else _WITHOUT_TAX
    return [(word(key, content.language, content.currency), width) for key, width in keys.items()]


_WITHOUT_TAX: Final = {"description": 84, "quantity": 18, "unit_net": 28, "rate": 16, "net": 28}
_WITH_TAX: Final = {
    "description": 62,
    "quantity": 16,
    "unit_gross": 28,
    "rate": 14,
    "net": 26,
    "gross": 28,
}


def _line(content: Content, line: Line) -> dict[str, Any]:
    language, currency = content.language, content.currency
    cells = [
        str(line.quantity),
        written(line.unit_price, currency, language),
        _rate(line, language),
        written(line.net, currency, language),
    ]
    if content.prices_include_tax:
        cells.append(written(line.gross, currency, language))
    more = [line.description]
    if line.starts_on and line.ends_on:
        days = short_day(line.starts_on, language), short_day(line.ends_on, language)
        more.append(word("from_to", language, *days))
    shown = [text for text in more if text]
    height = _height(line.name, shown, _columns(content)[0][1])
    return {"name": line.name, "more": shown, "cells": cells, "height": height}


def _height(name: str, more: list[str], width: int) -> float | None:
    """How many points a row is high; None where a text may need more than one line.

    A row whose height is known is typeset in half the time.
    """
    points = width * _POINTS_PER_MM
    fit = _fits(name, 9, points) and all(_fits(text, 7.5, points) for text in more)
    return 16.5 + 10 * len(more) if fit else None


def _one_line(height: int, texts: Iterable[str], width: int) -> int | None:
    """``height`` for rows of so many millimetres in which no text needs a second line."""
    return height if all(_fits(text, 9, width * _POINTS_PER_MM) for text in texts) else None


def _fits(text: str, size: float, points: float) -> bool:
    """Whether Latin text surely stands on one line: its letters counted as wide as they come."""
    if any(not (" " <= letter <= "\u024f" or "\u2010" <= letter <= "\u203a") for letter in text):
        return False
    wide = sum(letter in "MWmw@%" for letter in text)
    capital = sum(letter.isupper() for letter in text)
    return (0.6 * len(text) + 0.2 * capital + 0.25 * wide) * size <= points


_POINTS_PER_MM: Final = 72 / 25.4


def _rate(row: Line | TaxLine, language: str) -> str:
    if row.category in (TaxCategory.STANDARD, TaxCategory.ZERO):
        return percent_written(row.rate, language)
    return "–"


def _tax(content: Content, tax: TaxLine) -> list[str]:
    language, currency = content.language, content.currency
    if tax.category in (TaxCategory.STANDARD, TaxCategory.ZERO):
        name = percent_written(tax.rate, language)
        if tax.country and tax.country != content.seller.address.country:
            name = f"{name} ({country_in_words(tax.country, language)})"
    elif tax.category is TaxCategory.REVERSE_CHARGE:
        name = word("reverse_charge", language)
    else:
        name = word("exempt" if tax.category is TaxCategory.EXEMPT else "no_tax", language)
    return [name, written(tax.net, currency, language), written(tax.tax, currency, language)]


def _accounting(content: Content) -> Iterator[str]:
    sums, language = content.accounting, content.language
    if sums is None or sums.currency == content.currency:
        return
    amounts = (money(n, sums.currency, language) for n in (sums.net, sums.tax, sums.total))
    yield word("in_currency", language, sums.currency, *amounts)
    rate = sums.rate.replace(".", ",") if language == "fr" else sums.rate
    on = day(sums.rate_on, language)
    yield word("exchange", language, sums.currency, rate, content.currency, on)


def _totals(content: Content) -> Iterator[Pair]:
    language, currency = content.language, content.currency
    yield word("total_net", language), money(content.net, currency, language)
    yield word("total_tax", language), money(content.tax, currency, language)
    yield word("total", language), money(content.total, currency, language)
    if content.paid:
        yield word("paid", language), money(content.paid, currency, language)
    if content.received is not None and content.due:
        yield word("missing", language), money(content.due, currency, language)


def _sum(content: Content) -> Pair:
    language = content.language
    amount = content.due
    if content.received is not None:
        amount = content.received.amount
    elif content.kind is DocumentKind.INVOICE and content.due == 0:
        return word("settled", language), money(0, content.currency, language)
    label = SUMS[content.kind][language == "fr"]
    return label, money(amount, content.currency, language)


def _payment(content: Content) -> dict[str, Any] | None:
    payment, language = content.payment, content.language
    words, rows = _paying(content, payment) if payment else (None, [])
    if content.kind is DocumentKind.QUOTE and content.valid_until:
        words = word("how_to_accept", language, day(content.valid_until, language))
    if words is None and not rows and not content.link:
        return None
    qr = epc_qr(content) if rows else None
    amount = money(content.due, content.currency, language)
    reference = payment.reference if payment else ""
    title = "acceptance" if content.kind is DocumentKind.QUOTE else "payment"
    return {
        "title": word("pay_transfer" if rows else title, language),
        "words": words,
        "rows": rows,
        "link": content.link or None,
        "link-text": word(
            "accept" if content.kind is DocumentKind.QUOTE else "pay_online", language
        ),
        "qr": qr,
        "qr-alt": word("qr", language, amount, reference),
        "qr-label": word("scan", language),
    }


def _paying(content: Content, payment: Payment) -> tuple[str | None, list[Pair]]:
    """How it was paid, in words, or where to pay what is due."""
    language = content.language
    if payment.paid_on is not None:
        on = day(payment.paid_on, language)
        if payment.means is PaymentMeans.BANK_TRANSFER:
            return word("by_transfer", language, on), []
        if payment.card_last4:
            return word("by_card_ending", language, on, payment.card_last4), []
        return word("by_card", language, on), []
    if payment.means is PaymentMeans.CARD:
        return word("card", language), []
    if content.kind is DocumentKind.CREDIT_NOTE or not payment.iban or content.due <= 0:
        return None, []
    rows = (
        ("amount", money(content.due, content.currency, language)),
        ("holder", payment.account_holder),
        ("iban", grouped(payment.iban)),
        ("bic", payment.bic),
        ("bank", payment.bank),
        ("reference", grouped(payment.reference)),
    )
    return None, [(word(key, language), value) for key, value in rows if value]


def grouped(text: str) -> str:
    """An IBAN or a reference as people read it out, by four, never broken over two lines."""
    plain = text.replace(" ", "")
    return "\N{NO-BREAK SPACE}".join(plain[i : i + 4] for i in range(0, len(plain), 4))


def _foot(seller: Party, language: str) -> Iterator[str]:
    address = seller.address
    town = " ".join(filter(None, (address.postal_code, address.city)))
    country = country_in_words(address.country, language)
    where = ", ".join(filter(None, (address.line1, address.line2, town, country)))
    yield " · ".join(filter(None, (seller.name, seller.legal_form, where)))
    numbers = (
        seller.registration,
        word("siren", language, seller.siren) if seller.siren else "",
        word("vat", language, seller.vat_number) if seller.vat_number else "",
        word("phone", language, seller.phone) if seller.phone else "",
    )
    yield " · ".join(filter(None, numbers))
