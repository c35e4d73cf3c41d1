"""What the French tax office is told of sales that it sees no invoice of (CGI, art. 290 and 290 A).

Sales to consumers are summed by day and rate (flow 10.3), invoices to companies abroad told one by
one (10.1), and so is the money for both, where tax is due when it comes (10.4, 10.2). Amounts are
minor units; credit notes and refunds are negative.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from tenure.base.money import share_by_largest_remainder
from tenure.billing.documents.content import (
    Content,
    DocumentKind,
    Operation,
    TaxCategory,
    TaxLine,
)
from tenure.billing.documents.mentions import treatment

_GOODS: Final = {Operation.GOODS: "TLB1"}
_TAXED_HERE, _TAXED_ELSEWHERE = "TPS1", "TNT1"
_ABROAD: Final = "B2BINT"
_CONSUMERS: Final = frozenset({"B2C", "B2CINT"})

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cashed:
    """Money for the sale of ``invoice`` on a day: ``amount`` with tax, negative if given back."""

    invoice: Content
    amount: int


def sales_report(day: date, issued: Iterable[Content], cashed: Iterable[Cashed]) -> Row:
    """The report of ``day``; ``issued`` are its invoices and credit notes, of all customers.

    What goes to French companies is left out: the tax office sees those invoices themselves.
    """
    consumers: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0, 0])
    abroad: list[Row] = []
    for content in issued:
        told = treatment(content)
        if told == _ABROAD:
            abroad.append(_invoice(content))
        elif told in _CONSUMERS:
            _add(consumers, content)
    return {
        "name": report_name(day),
        "day": day.isoformat(),
        "consumer_sales": [
            {
                "flow": "10.3",
                "category": category,
                "currency": currency,
                "rate": int(rate),
                "documents": documents,
                "net": net,
                "tax": tax,
            }
            for (category, currency, rate), (documents, net, tax) in sorted(consumers.items())
        ],
        "foreign_invoices": abroad,
        **_payments(cashed),
    }


def report_name(day: date) -> str:
    """The name under which a day's report is handed over."""
    return f"SALES-{day.isoformat()}"


def category_of(content: Content, tax: TaxLine) -> str:
    """The category of a sale: goods or services taxed in France, or not taxed there."""
    here = tax.category is TaxCategory.STANDARD and tax.country in ("", "FR")
    return _GOODS.get(content.operation, _TAXED_HERE) if here else _TAXED_ELSEWHERE


def _sign(content: Content) -> int:
    return -1 if content.kind is DocumentKind.CREDIT_NOTE else 1


def _add(sums: dict[tuple[str, ...], list[int]], content: Content) -> None:
    sign = _sign(content)
    for tax in content.taxes:
        row = sums[category_of(content, tax), content.currency, f"{tax.rate:05}"]
        row[0] += 1
        row[1] += sign * tax.net
        row[2] += sign * tax.tax


def _invoice(content: Content) -> Row:
    told: Row = {
        "flow": "10.1",
        "number": content.number,
        "type": "381" if content.kind is DocumentKind.CREDIT_NOTE else "380",
        "buyer_country": content.buyer.address.country,
        "buyer_vat_number": content.buyer.vat_number,
        "currency": content.currency,
        "net": content.net,
        "tax": content.tax,
        "total": content.total,
        "taxes": [
            {"category": tax.category.value, "rate": tax.rate, "net": tax.net, "tax": tax.tax}
            for tax in content.taxes
        ],
    }
    if content.about is not None:
        told["corrects"] = content.about.number
    return told


def _payments(cashed: Iterable[Cashed]) -> Row:
    consumers: dict[tuple[str, str], int] = defaultdict(int)
    abroad: list[Row] = []
    for money in cashed:
        content = money.invoice
        if content.vat_on_debits:
            continue
        told = treatment(content)
        shares = share_by_largest_remainder(
            money.amount, [tax.net + tax.tax for tax in content.taxes]
        )
        for tax, share in zip(content.taxes, shares, strict=True):
            if category_of(content, tax) != _TAXED_HERE:
                continue
            if told == _ABROAD:
                row = {"flow": "10.2", "invoice": content.number, "currency": content.currency}
                abroad.append(row | {"rate": tax.rate, "amount": share})
            elif told in _CONSUMERS:
                consumers[content.currency, f"{tax.rate:05}"] += share
    return {
        "consumer_payments": [
            {"flow": "10.4", "currency": currency, "rate": int(rate), "amount": amount}
            for (currency, rate), amount in sorted(consumers.items())
        ],
        "foreign_payments": abroad,
    }
