"""What the tax office is told of sales that it sees no invoice of."""

from __future__ import annotations

from datetime import date

from tenure.billing.documents.content import DocumentKind, Operation, TaxCategory, TaxLine
from tenure.billing.rules.ereporting import Cashed, report_name, sales_report
from tests.billing.papers import (
    BUYER,
    GERMAN,
    changed,
    consumer,
    credit_note,
    invoice,
    untaxed,
)

DAY = date(2026, 11, 27)
GERMAN_CONSUMER = consumer(
    buyer=GERMAN,
    taxes=(TaxLine(category=TaxCategory.STANDARD, rate=1900, net=3332, tax=666, country="DE"),),
)


def test_a_day_without_sales_says_so() -> None:
    assert sales_report(DAY, [], []) == {
        "name": "SALES-2026-11-27",
        "day": "2026-11-27",
        "consumer_sales": [],
        "foreign_invoices": [],
        "consumer_payments": [],
        "foreign_payments": [],
    }
    assert report_name(DAY) == "SALES-2026-11-27"


def test_sales_to_consumers_are_summed_by_category_and_rate() -> None:
    taken_back = consumer(kind=DocumentKind.CREDIT_NOTE)
    goods = consumer(operation=Operation.GOODS)
    issued = [consumer(), consumer(), taken_back, GERMAN_CONSUMER, goods]
    said = sales_report(DAY, issued, [])["consumer_sales"]
    assert [(row["category"], row["rate"], row["documents"], row["net"]) for row in said] == [
        ("TLB1", 2000, 1, 3332),
        ("TNT1", 1900, 1, 3332),
        ("TPS1", 2000, 3, 3332),
    ]
    assert [row["tax"] for row in said] == [666, 666, 666]
    assert {row["flow"] for row in said} == {"10.3"}


def test_companies_abroad_are_told_one_by_one_and_french_ones_not_at_all() -> None:
    reverse = untaxed(TaxCategory.REVERSE_CHARGE)
    said = sales_report(DAY, [invoice(), reverse, credit_note(buyer=GERMAN)], [])
    first, second = said["foreign_invoices"]
    assert (first["flow"], first["type"], first["buyer_country"]) == ("10.1", "380", "DE")
    assert first["taxes"] == [{"category": "AE", "rate": 0, "net": 144000, "tax": 0}]
    assert (second["type"], second["corrects"]) == ("381", "INV-2026-000001")
    assert said["consumer_sales"] == []


def test_money_is_told_where_tax_is_due_when_it_comes() -> None:
    to_german = invoice(buyer=GERMAN)
    cashed = [
        Cashed(consumer(), 3998),
        Cashed(consumer(), -1000),
        Cashed(GERMAN_CONSUMER, 3998),
        Cashed(changed(consumer(), vat_on_debits=True), 3998),
        Cashed(to_german, 172800),
        Cashed(untaxed(TaxCategory.REVERSE_CHARGE), 144000),
        Cashed(invoice(buyer=BUYER), 172800),
    ]
    said = sales_report(DAY, [], cashed)
    assert said["consumer_payments"] == [
        {"flow": "10.4", "currency": "EUR", "rate": 2000, "amount": 2998}
    ]
    assert said["foreign_payments"] == [
        {
            "flow": "10.2",
            "invoice": "INV-2026-000001",
            "currency": "EUR",
            "rate": 2000,
            "amount": 172800,
        }
    ]
