"""R48: every movement of money is a balanced entry; revenue is earned by the day."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tenure.base.calendar import Term
from tenure.base.clock import machine_now
from tenure.base.errors import Invalid, Refused
from tenure.base.money import Money
from tenure.billing.ledger.errors import RATE_UNKNOWN
from tenure.billing.ledger.fec import COLUMNS
from tenure.billing.ledger.rates import rates_on
from tenure.billing.ledger.reports import (
    account_balances,
    deferred_revenue,
    money_in_transit,
    revenue_by_month,
)
from tenure.billing.models import Document, Entry, Recognition
from tenure.cli.main import app
from tenure.events.journal import transaction
from tenure.flows.clock import advance_clock
from tenure.flows.documents import Credit, CreditLine, issue_credit_notes
from tenure.flows.exchange_rates import keep_rates, read_rates
from tenure.flows.late_booking import book_what_is_missing
from tenure.flows.purchase import CardPayment
from tenure.flows.quotes import QuotedLine, accept, quote_by_staff
from tenure.flows.refunds import refund_order
from tenure.flows.verify.run import verify
from tenure.organisations.models import Organisation
from tenure.subscriptions.models import Subscription
from tests.shop import START, customer, fill_cart, open_shop, order_cart

pytestmark = pytest.mark.django_db(transaction=True)

NET, TAX = 120000, 24000


@pytest.fixture(autouse=True)
def _shop() -> None:
    open_shop()


def bought(country: str = "FR") -> tuple[Organisation, Document]:
    """A company that bought a designer for one year, and its invoice."""
    company = customer(country=country)
    order = order_cart(company, fill_cart(company, ("designer-business", 1)), "tok_ok").order
    Subscription.objects.filter(organisation=company).update(auto_renew=False)
    return company, Document.objects.get(order=order, kind="invoice")


def balances() -> dict[str, int]:
    """What stands on each account, in minor units of one currency."""
    return {each.account.value: each.amount for each in account_balances()}


def advance(company: Organisation, to: datetime) -> None:
    advance_clock(organisation=company.id, to=to, by="test", sandbox=True)


def credit(invoice: Document, at: datetime, *lines: CreditLine) -> None:
    with transaction(now=at, by="test", organisation=invoice.organisation_id) as journal:
        correction = Credit(invoice, "A gesture.", lines or None)
        issue_credit_notes(corrections=[correction], journal=journal)


def books_hold() -> None:
    """Every check holds."""
    assert {each.check.name for each in verify(now=machine_now()) if each.tally.failed} == set()


def test_a_purchase_by_card_is_owed_paid_and_still_to_be_earned() -> None:
    _, invoice = bought()
    assert balances() == {
        "card_clearing": NET + TAX,
        "deferred_revenue": -NET,
        "tax_due": -TAX,
    }
    assert set(Entry.objects.values_list("on", flat=True)) == {date(2027, 3, 1)}
    assert Entry.objects.filter(document=invoice).count() == 2
    assert deferred_revenue(on=date(2027, 2, 28)) == []
    books_hold()


def test_revenue_is_earned_by_the_day_and_posted_by_the_month() -> None:
    company, _ = bought()
    advance(company, datetime(2027, 4, 2, tzinfo=UTC))
    march = round(NET * 31 / 366)
    assert [
        (each.month, each.offer, each.amount)
        for each in revenue_by_month(first=date(2027, 1, 1), last=date(2027, 12, 31))
    ] == [(date(2027, 3, 1), "designer-business", march)]
    assert balances()["revenue"] == -march
    assert deferred_revenue(on=date(2027, 3, 31)) == [("EUR", NET - march)]
    assert deferred_revenue(on=date(2027, 3, 1)) == [("EUR", NET - round(NET / 366))]
    assert deferred_revenue(on=date(2027, 4, 2)) == [("EUR", NET - round(NET * 33 / 366))]
    advance(company, datetime(2028, 4, 2, tzinfo=UTC))
    assert balances()["revenue"] == -NET
    assert deferred_revenue(on=date(2028, 4, 2)) == []
    assert list(Recognition.objects.values_list("earned", "next_on")) == [(NET, None)]
    books_hold()


def test_a_credit_note_takes_back_what_was_earned() -> None:
    company, invoice = bought()
    advance(company, datetime(2027, 5, 1, tzinfo=UTC))
    credit(invoice, datetime(2027, 5, 1, tzinfo=UTC))
    refund_order(order=invoice.order_id, amount=None, reason="All.", now=START, by="test")  # type: ignore[arg-type]  # its order is set
    assert balances() == {}
    advance(company, datetime(2028, 4, 2, tzinfo=UTC))
    assert balances() == {}
    books_hold()


def test_a_part_is_credited_and_the_rest_is_earned() -> None:
    company, invoice = bought()
    advance(company, datetime(2027, 5, 1, tzinfo=UTC))
    credit(invoice, datetime(2027, 5, 1, tzinfo=UTC), CreditLine(1, 1, 30000, 6000))
    refund_order(
        order=invoice.order_id,  # type: ignore[arg-type]  # its order is set
        amount=Money(36000, "EUR"),
        reason="A part.",
        now=START,
        by="test",
    )
    assert balances()["card_clearing"] == NET + TAX - 36000
    advance(company, datetime(2028, 4, 2, tzinfo=UTC))
    assert balances()["revenue"] == -(NET - 30000)
    books_hold()


def test_lines_of_one_offer_are_credited_whatever_their_order() -> None:
    """Staff quote an offer twice, at two prices; what is credited is taken off both."""
    company = customer(country="FR")
    quoted = [QuotedLine("designer-business", Term.YEAR, 1, amount) for amount in (10000, 30000)]
    quote = quote_by_staff(
        organisation=company.id, lines=quoted, reason="Two prices.", now=START, by="staff:test"
    ).ids[0]
    accept(quote=quote, payment=CardPayment("tok_ok"), now=START, by="test")
    invoice = Document.objects.get(kind="invoice")
    credit(invoice, START, CreditLine(2, 1, 30000, 6000))
    assert sum(Recognition.objects.values_list("net", flat=True)) == 10000
    assert balances()["deferred_revenue"] == -10000
    Subscription.objects.update(auto_renew=False)
    advance(company, datetime(2028, 4, 2, tzinfo=UTC))
    assert balances()["revenue"] == -10000
    assert "deferred_revenue" not in balances()


def test_what_was_not_given_back_is_still_owed() -> None:
    _, invoice = bought()
    credit(invoice, START)
    failed = {each.check.name for each in verify(now=machine_now()) if each.tally.failed}
    assert "customers_even" in failed


def test_dollars_are_booked_in_euros_too() -> None:
    keep_rates(b"Date, USD, JPY, \n01 March 2027, 1.25, 160, \n")
    _, invoice = bought("US")
    assert (invoice.currency, invoice.total) == ("USD", 130000)
    entry = Entry.objects.get(document=invoice)
    assert (entry.accounting_amount, entry.accounting_currency) == (104000, "EUR")
    assert '"accounting":{"currency":"EUR","net":104000,"rate":"1.25"' in invoice.content
    assert {each.currency for each in money_in_transit()} == {"USD"}
    books_hold()


def test_the_central_banks_files_are_read() -> None:
    xml = b"""<?xml version="1.0" encoding="UTF-8"?>
        <gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
          xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref"><Cube>
        <Cube time="2027-03-01"><Cube currency="USD" rate="1.25"/></Cube>
        <Cube time="2027-02-26"><Cube currency="USD" rate="1.24"/></Cube>
        </Cube></gesmes:Envelope>"""
    assert keep_rates(xml) == 2
    assert keep_rates(xml) == 0
    assert keep_rates(b"Date,USD,CYP,\n2027-03-02,1.3,N/A,\n") == 1
    assert str(rates_on(["USD"], "EUR", date(2027, 2, 28))["USD"].value) == "1.240000"
    assert rates_on(["USD"], "EUR", date(2027, 3, 9))["USD"].on == date(2027, 3, 2)


@pytest.mark.parametrize(
    "content",
    [b"", b"<a/>", b"<a", b"nothing", b"Date,USD\n2027-03-02,-1\n", b"Date,USD\nsoon,1\n", b"\xff"],
)
def test_other_files_are_refused(content: bytes) -> None:
    with pytest.raises(Invalid):
        keep_rates(content)


def test_money_that_the_bank_does_not_fix_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        rates_on(["KWD"], "EUR", date(2027, 3, 1))
    assert refused.value.code is RATE_UNKNOWN


def test_the_tax_office_gets_its_file(tmp_path: Path) -> None:
    company, invoice = bought()
    advance(company, datetime(2027, 4, 2, tzinfo=UTC))
    done = CliRunner().invoke(
        app, ["ledger", "export", "--year", "2027", "--folder", str(tmp_path)]
    )
    assert done.exit_code == 0, done.output
    (file,) = tmp_path.iterdir()
    assert file.name == "000000000FEC20271231.txt"
    head, *rows = [line.split("\t") for line in file.read_text("utf-8").splitlines()]
    assert tuple(head) == COLUMNS
    assert all(len(row) == len(COLUMNS) for row in rows)
    by_number: dict[str, list[list[str]]] = {}
    for row in rows:
        by_number.setdefault(row[2], []).append(row)
    assert list(by_number) == [str(number) for number in range(1, len(by_number) + 1)]
    for entry in by_number.values():
        debit, credit = (
            sum(int(row[column].replace(",", "")) for row in entry) for column in (11, 12)
        )
        assert debit == credit > 0
    sale = [row for row in rows if row[0] == "VE"]
    assert [(row[4], row[11], row[12]) for row in sale] == [
        ("411000", "1440,00", "0,00"),
        ("487000", "0,00", "1200,00"),
        ("445710", "0,00", "240,00"),
    ]
    assert {(row[8], row[9]) for row in sale} == {(invoice.number, "20270301")}
    assert sale[0][6].startswith("org_")
    assert {row[3] for row in rows if row[0] == "OD"} == {"20270331"}


def test_balances_and_a_plain_list_are_had_by_command(tmp_path: Path) -> None:
    bought()
    said = CliRunner().invoke(app, ["ledger", "balances", "--json", "--on", "2027-03-01"])
    assert '"account": "tax_due"' in said.output
    assert "VAT collected" in CliRunner().invoke(app, ["ledger", "balances"]).output
    assert CliRunner().invoke(app, ["ledger", "balances", "--on", "now"]).exit_code == 2
    words = ["ledger", "export", "--year", "2027", "--format", "csv", "--folder", str(tmp_path)]
    assert CliRunner().invoke(app, words).exit_code == 0
    lines = (tmp_path / "tenure-2027.csv").read_text("utf-8").splitlines()
    assert len(lines) == 1 + Entry.objects.count()
    rates = tmp_path / "eurofxref.csv"
    rates.write_bytes(b"Date, USD, \n01 March 2027, 1.25, \n")
    assert "1 new" in CliRunner().invoke(app, ["rates", "import", str(rates)]).output


def test_an_entry_never_changes() -> None:
    from django.db import ProgrammingError

    bought()
    with pytest.raises(ProgrammingError, match="Cannot update"):
        Entry.objects.update(amount=1)


def test_months_are_posted_late_all_at_once() -> None:
    company, _ = bought()
    Organisation.objects.filter(id=company.id).update(test_clock=None)
    from tenure.flows.due import run_due

    run_due(now=START + timedelta(days=100))
    assert Entry.objects.filter(cause="recognition").count() == 3
    run_due(now=START + timedelta(days=100))
    assert Entry.objects.filter(cause="recognition").count() == 3


def test_what_happened_before_the_ledger_is_booked_later() -> None:
    from django.db import connection

    _, invoice = bought()
    refund_order(
        order=invoice.order_id,  # type: ignore[arg-type]  # its order is set
        amount=Money(100, "EUR"),
        reason="A gesture.",
        now=START,
        by="test",
    )
    before = balances()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE billing_entry, billing_recognition")
    assert book_what_is_missing(now=machine_now()) == 4
    assert balances() == before
    assert book_what_is_missing(now=machine_now()) == 0


class _Bank(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        known = self.path == "/daily"
        self.wfile.write(b"Date,USD,\n2027-03-01,1.25,\n" if known else b"<html></html>")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_the_rates_of_the_day_are_read_from_the_bank() -> None:
    server = HTTPServer(("127.0.0.1", 0), _Bank)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    assert read_rates(url=f"{address}/daily") == 1
    assert read_rates(url=f"{address}/daily") == 0
    assert read_rates(url=f"{address}/elsewhere") is None
    server.shutdown()
    server.server_close()
    assert read_rates(url=f"{address}/daily") is None
    with pytest.raises(ValueError, match="file"):
        read_rates(url="file:///etc/passwd")
