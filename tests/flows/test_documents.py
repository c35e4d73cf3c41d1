"""Papers of orders: numbered, chained, issued when the money is there, corrected by others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import pairwise

import pytest
from django.db import connection
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext
from msgspec.structs import replace

from tenure.base.calendar import Term
from tenure.base.clock import machine_now
from tenure.base.errors import Refused
from tenure.base.ids import new_id
from tenure.base.money import Money
from tenure.billing.documents.composing import transfer_to
from tenure.billing.documents.content import (
    DocumentKind,
    MentionCode,
    PaymentMeans,
    TaxCategory,
    contradictions,
    parse,
)
from tenure.billing.documents.facturx import render_xml
from tenure.billing.ledger.rules.accounts import Cause
from tenure.billing.models import (
    Document,
    DocumentFile,
    DocumentFormat,
    DocumentSeries,
    TransferReference,
)
from tenure.billing.models.ledger import Entry
from tenure.events.journal import transaction
from tenure.events.models import Event, Stream
from tenure.events.writing import MANY
from tenure.flows.bookkeeping import Moved, book_moved
from tenure.flows.documents import (
    Bought,
    Credit,
    CreditLine,
    ProForma,
    QuotePaper,
    Receipt,
    issue_credit_notes,
    issue_invoices,
    issue_pro_formas,
    issue_quote_papers,
    issue_receipts,
    read_bought,
    vendor_facts,
)
from tenure.flows.documents.catching_up import BATCH, issue_missing_invoices
from tenure.flows.documents.facts import seller
from tenure.flows.documents.files import document_file
from tenure.flows.purchase import Purchase, TransferPayment, buy
from tenure.flows.verify.run import verify
from tenure.flows.verify.table import CHECKS
from tenure.orders.events import OrderPlaced
from tenure.orders.models import Order
from tenure.organisations.models import Organisation
from tenure.policy.words import Audience
from tests.billing.official import FRANCE, objections
from tests.flows.doomed import Work, every_point
from tests.flows.transfers import by_transfer, imported, transfer_for
from tests.shop import START, customer, fill_cart, open_shop, order_cart, subscribe

pytestmark = pytest.mark.django_db(transaction=True)

NEW_YEAR = datetime(2027, 12, 31, 23, 0, tzinfo=UTC)
"""The vendor's midnight, in Paris."""


@pytest.fixture(autouse=True)
def _shop() -> None:
    open_shop()


def bought(organisation: Organisation, quantity: int = 3) -> Bought:
    """A paid order, as papers know it."""
    order_cart(organisation, fill_cart(organisation, ("designer-business", quantity)))
    return read_bought([Order.objects.latest("id")])[0]


def issue(orders: Sequence[Bought], now: datetime = START, kind: str = "invoice") -> list[Document]:
    """Papers for orders, in the order given, as they were written."""
    with transaction(now=now, by="test") as journal:
        if kind == "invoice":
            made = issue_invoices(orders=orders, journal=journal)
        else:
            made = issue_receipts(receipts=[received(each) for each in orders], journal=journal)
    found = Document.objects.in_bulk([document.id for document in made])
    return [found[document.id] for document in made]


def received(of: Bought, amount: int = 100) -> Receipt:
    """Some money for an order."""
    payment = transfer_to(vendor_facts(of.known), "RF18539007547034")
    return Receipt(of, amount=amount, on=date(2027, 3, 2), paid=amount, payment=payment)


def credit(invoice: Document, **more: object) -> Document:
    """An invoice taken back."""
    with transaction(now=START, by="test") as journal:
        (made,) = issue_credit_notes(
            corrections=[Credit(invoice, **more)],  # type: ignore[arg-type]
            journal=journal,
        )
    return Document.objects.get(id=made.id)


def broken() -> set[str]:
    """The checks of papers that fail; what papers mean for the books is the ledger's to check."""
    papers = [check for check in CHECKS if check.rule == "R46"]
    return {each.check.name for each in verify(now=machine_now(), checks=papers) if not each.holds}


def unbroken(documents: Sequence[Document]) -> None:
    """Numbered from 1, and each with the hash of the one before."""
    assert [each.sequence for each in documents] == list(range(1, len(documents) + 1))
    for each in documents:
        assert sha256(each.content.encode()).hexdigest() == each.sha256
        said = parse(each.content)
        assert (said.number, said.sequence, said.previous_sha256) == (
            each.number,
            each.sequence,
            each.previous_sha256,
        )
        assert contradictions(said) == []
    for before, after in pairwise(documents):
        assert after.previous_sha256 == before.sha256


def test_a_paid_order_has_its_invoice() -> None:
    company = customer()
    Organisation.objects.filter(id=company.id).update(purchase_order="PO 7", siren="552100554")
    order = order_cart(company, fill_cart(company, ("designer-business", 3))).order
    invoice = Document.objects.get(order=order)
    assert (invoice.number, invoice.kind, invoice.total) == ("TINV-2027-000001", "invoice", 432000)
    assert (invoice.issued_on, invoice.issued_at) == (date(2027, 3, 1), START)
    said = parse(invoice.content)
    assert contradictions(said) == []
    assert (said.language, said.test_clock, said.purchase_order) == ("fr", True, "PO 7")
    assert (said.seller.name, said.buyer.name) == ("Atelier", "Ada")
    assert said.buyer.electronic_address is not None
    (line,) = said.lines
    assert (line.name, line.description) == ("Concepteur", "Abonnement annuel")
    assert (line.quantity, line.unit_price, line.net, line.tax) == (3, 120000, 360000, 72000)
    assert (line.starts_on, line.ends_on) == (date(2027, 3, 1), date(2028, 2, 29))
    assert said.payment is not None
    assert (said.payment.means, said.payment.paid_on) == (PaymentMeans.CARD, date(2027, 3, 1))
    assert (said.paid, said.due) == (432000, 0)
    assert {each.code: each.figure for each in said.mentions} == {
        MentionCode.LATE_PAYMENT: 1215,
        MentionCode.RECOVERY_INDEMNITY: 4000,
        MentionCode.NO_DISCOUNT: 0,
        MentionCode.RENEWS: 0,
    }
    event = Event.objects.get(type="document.issued")
    assert event.data["kind"] == "invoice"
    assert broken() == set()


def test_what_costs_nothing_has_none() -> None:
    subscribe(customer(), "designer-trial", term=Term.TRIAL)
    assert not Document.objects.exists()


def test_a_consumer_elsewhere_pays_a_tax_that_is_named_or_none() -> None:
    maker = customer(Audience.CREATOR, "JP", timezone="Asia/Tokyo")
    subscribe(maker, "designer-creator", term=Term.MONTH)
    said = parse(Document.objects.get().content)
    assert (said.currency, said.consumer, said.prices_include_tax) == ("JPY", True, True)
    assert [tax.category for tax in said.taxes] == [TaxCategory.OUTSIDE]
    assert MentionCode.OUTSIDE_SCOPE in {each.code for each in said.mentions}
    assert MentionCode.LATE_PAYMENT not in {each.code for each in said.mentions}


def test_a_test_clock_has_series_of_its_own() -> None:
    for clock in (None, START, None, START):
        email = f"{Organisation.objects.count()}@atelier.example"
        subscribe(customer(email=email, clock=clock), now=clock or machine_now())
    year = machine_now().year
    assert sorted(Document.objects.values_list("number", flat=True)) == [
        f"INV-{year}-000001",
        f"INV-{year}-000002",
        "TINV-2027-000001",
        "TINV-2027-000002",
    ]


@pytest.mark.parametrize("country", ["FR", "US"])
def test_a_batch_is_numbered_in_its_order_by_as_many_statements_as_one(country: str) -> None:
    of = bought(customer(country=country))
    Document.objects.get()
    counts = []
    for size in (1, 300):
        with CaptureQueriesContext(connection) as statements:
            made = issue([of] * size, kind="receipt")
        counts.append(len(statements))
        assert [each.series for each in made] == ["TREC"] * size
        assert [each.sequence for each in made] == list(range(made[0].sequence, 301 + (size > 1)))[
            :size
        ]
    assert counts[0] == counts[1]
    unbroken(list(Document.objects.filter(series="TREC").order_by("sequence")))


def test_what_is_large_is_written_table_by_table_and_means_the_same() -> None:
    of = bought(customer())
    before = Stream.objects.get(organisation_id=of.buyer.id).sequence
    paid = [Moved(new_id(), n, "EUR", of.buyer.id, of.order.id) for n in range(1, MANY + 1)]
    with transaction(now=START, by="test") as journal:
        book_moved(cause=Cause.CARD_PAYMENT, moved=paid, seller=seller(of.known), journal=journal)
        for each in paid:
            fact = OrderPlaced(of.order.id, Money(each.amount, "EUR"), policy_version=1)
            journal.record(of.buyer.id, fact)
        issue_receipts(receipts=[received(of)] * 3, journal=journal)
    entries = Entry.objects.filter(source__in=[each.source for each in paid])
    assert set(entries.values_list("source", "amount", "rate", "on", "at")) == {
        (each.source, each.amount, 1, START.date(), START) for each in paid
    }
    told = Event.objects.filter(organisation_id=of.buyer.id, sequence__gt=before)
    events = list(told.order_by("sequence"))
    assert [each.sequence - before for each in events] == list(range(1, MANY + 4))
    assert [each.data["total"]["amount"] for each in events[:MANY]] == [n.amount for n in paid]
    assert {(each.by, each.at) for each in events} == {("test", START)}
    assert journal.sequences == {of.buyer.id: before + MANY + 3}
    issue([of] * MANY, kind="receipt")
    papers = list(Document.objects.filter(series="TREC").order_by("sequence"))
    assert len(papers) == 3 + MANY
    unbroken(papers)
    said = {
        replace(parse(each.content), number="", sequence=0, previous_sha256="") for each in papers
    }
    assert len(said) == 1


def test_a_year_changes_at_the_vendors_midnight() -> None:
    of = bought(customer())
    before = datetime(2027, 12, 31, 22, 59, 59, tzinfo=UTC)
    (last,), (first,) = issue([of], before), issue([of], NEW_YEAR)
    assert (last.number, last.issued_on) == ("TINV-2027-000002", date(2027, 12, 31))
    assert (first.number, first.issued_on) == ("TINV-2028-000001", date(2028, 1, 1))
    assert first.previous_sha256 == last.sha256
    late = issue([of], before)[0]
    assert (late.number, late.previous_sha256) == ("TINV-2027-000003", last.sha256)
    assert broken() == {"orders_invoiced"}


def test_a_number_grows_beyond_six_digits() -> None:
    of = bought(customer())
    DocumentSeries.objects.update(last=999_999)
    assert issue([of])[0].number == "TINV-2027-1000000"


def test_whatever_a_name_says_it_is_only_said() -> None:
    company = customer()
    strange = 'A "number":"?", \\"previous_sha256":"?",\u2028 "sequence":0, é\u0007'
    Organisation.objects.filter(id=company.id).update(billing_name=strange)
    bought(company)
    bought(company)
    documents = list(Document.objects.order_by("sequence"))
    assert [parse(each.content).buyer.name for each in documents] == [strange, strange]
    unbroken(documents)
    assert broken() == set()


def test_an_invoice_is_taken_back_whole() -> None:
    bought(customer())
    invoice = Document.objects.get()
    note = credit(invoice, reason="Rétractation")
    assert (note.number, note.total, note.corrects_id) == ("TCN-2027-000001", 432000, invoice.id)
    said = parse(note.content)
    assert said.kind is DocumentKind.CREDIT_NOTE
    assert said.about is not None
    assert (said.about.number, said.reason) == (invoice.number, "Rétractation")
    assert (said.paid, said.payment) == (0, None)
    assert MentionCode.RENEWS not in {each.code for each in said.mentions}
    with pytest.raises(Refused) as refusal:
        credit(invoice)
    assert refusal.value.code.code == "credit_exceeds_invoice"
    assert broken() == {"orders_invoiced"}


def test_an_invoice_is_taken_back_in_parts() -> None:
    of = bought(customer())
    invoice = Document.objects.get()
    one_seat = CreditLine(position=1, quantity=1, net=120000, tax=24000)
    assert [credit(invoice, lines=(one_seat,)).total for _ in range(2)] == [144000, 144000]
    assert broken() == set()
    with pytest.raises(Refused):
        credit(invoice)
    with pytest.raises(Refused), transaction(now=START, by="test") as journal:
        issue_credit_notes(
            corrections=[Credit(invoice, lines=(one_seat,)), Credit(invoice, lines=(one_seat,))],
            journal=journal,
        )
    assert credit(invoice, lines=(one_seat,)).sequence == 3
    issue([of])
    assert broken() == set()


def test_what_is_issued_passes_the_official_judges() -> None:
    def company(country: str, number: str, **more: object) -> Organisation:
        made = customer(country=country, email=f"{number.lower()}@atelier.example")
        Organisation.objects.filter(id=made.id).update(vat_number=number, **more)
        return made

    bought(company("FR", "FR83404833048", siren="404833048", purchase_order="PO 7"))
    whole = Document.objects.get()
    one_seat = CreditLine(position=1, quantity=1, net=120000, tax=24000)
    credit(whole, lines=(one_seat,), reason="Une place de moins")
    bought(company("DE", "DE136695976"))
    bought(company("DE", "DE811569869", vat_validated_at=START))
    maker = customer(Audience.CREATOR, "FR", email="m@atelier.example")
    subscribe(maker, "designer-creator", term=Term.MONTH)
    far = customer(Audience.CREATOR, "JP", timezone="Asia/Tokyo", email="j@atelier.example")
    subscribe(far, "designer-creator", term=Term.MONTH)
    contents = [parse(paper.content) for paper in Document.objects.order_by("id")]
    for content in contents:
        assert objections(render_xml(content)) == []
    for content in contents[:2]:  # what goes through approved platforms
        assert objections(render_xml(content), FRANCE) == []
    assert {each.taxes[0].category.value for each in contents} == {"S", "AE", "O"}


def test_papers_before_the_money() -> None:
    of = bought(customer())
    facts = vendor_facts(of.known)
    with transaction(now=START, by="test") as journal:
        payment = transfer_to(facts, "RF18539007547034")
        form = ProForma(of, payment, valid_until=date(2027, 3, 31), link="https://x.example")
        issue_pro_formas(orders=[form], journal=journal)
        issue_receipts(receipts=[received(of)], journal=journal)
    paper = parse(Document.objects.get(kind="pro_forma").content)
    assert (paper.number, paper.valid_until) == ("TPF-2027-000001", date(2027, 3, 31))
    assert paper.payment is not None
    assert (paper.payment.iban, paper.payment.reference) == (facts["iban"], "RF18539007547034")
    receipt = parse(Document.objects.get(kind="receipt").content)
    assert receipt.received is not None
    assert (receipt.received.amount, receipt.due) == (100, 431900)
    with transaction(now=START, by="test") as journal:
        quote = QuotePaper(paper, of.buyer.id)
        issue_quote_papers(papers=[quote], journal=journal)
        assert issue_quote_papers(papers=[], journal=journal) == []
        assert issue_credit_notes(corrections=[], journal=journal) == []
    assert broken() == set()


def test_who_pays_by_transfer_is_told_how() -> None:
    company = customer()
    cart = fill_cart(company, ("designer-business", 1)).cart
    purchase = Purchase(cart.id, cart.version, company.id, TransferPayment())
    order = buy(purchase=purchase, now=START, by="test").order
    paper = parse(Document.objects.get(order=order).content)
    assert (paper.kind, paper.total, paper.due) == (DocumentKind.PRO_FORMA, 144000, 144000)
    assert paper.payment is not None
    assert paper.payment.reference == TransferReference.objects.get(order=order).reference
    assert paper.valid_until == date(2027, 3, 31)
    assert broken() == set()


def test_the_invoice_of_a_transfer_names_it() -> None:
    company = customer()
    order = by_transfer(company)
    imported(transfer_for(order))
    invoice = parse(Document.objects.get(order=order, kind="invoice").content)
    assert invoice.payment is not None
    assert invoice.payment.means is PaymentMeans.BANK_TRANSFER
    assert invoice.payment.reference == TransferReference.objects.get(order=order).reference
    assert invoice.payment.paid_on == Order.objects.get(id=order).paid_on
    assert objections(render_xml(invoice)) == []
    assert broken() == set()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_document SET total = total",
        "DELETE FROM billing_document",
    ],
)
def test_a_document_never_changes(statement: str) -> None:
    bought(customer())
    with pytest.raises(DatabaseError, match="Cannot update or delete"):
        connection.cursor().execute(statement)


def test_a_file_whose_making_was_killed_is_there_or_made_again() -> None:
    of = bought(customer())
    invoices: list[Document] = []

    def work(_at: int) -> Work:
        invoices.extend(issue([of]))
        id_ = invoices[-1].id
        return lambda: document_file(document=id_, form=DocumentFormat.XML, by="test")

    for _ in every_point(work):
        paper = invoices[-1]
        made = document_file(document=paper.id, form=DocumentFormat.XML, by="test")
        assert DocumentFile.objects.get(document=paper).id == made.id
    assert len(invoices) >= 3


def before_there_were_papers() -> None:
    """The database as an older Tenure left it."""
    tables = ("billing_entry", "billing_recognition", "billing_document", "billing_documentseries")
    with connection.cursor() as cursor:
        for table in (*tables, "events_event"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for table in tables:
            cursor.execute(f"TRUNCATE {table} CASCADE")
        cursor.execute("UPDATE events_event SET type = 'it.was' WHERE type = 'document.issued'")
        for table in (*tables, "events_event"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_orders_of_an_older_tenure_are_invoiced_in_the_order_of_payment() -> None:
    live, clocked = customer(clock=None), customer(email="b@atelier.example")
    orders = [bought(each).order.id for each in (live, clocked, live)]
    before_there_were_papers()
    Order.objects.filter(id=orders[0]).update(paid_at=START + timedelta(hours=1))
    assert broken() == {"orders_invoiced"}
    assert (issue_missing_invoices(now=machine_now()), BATCH) == (3, 300)
    assert issue_missing_invoices(now=machine_now()) == 0
    assert list(
        Document.objects.filter(series="INV").order_by("sequence").values_list("order", flat=True)
    ) == [orders[2], orders[0]]
    said = parse(Document.objects.get(series="TINV").content)
    assert said.issued_on == date(2027, 3, 1)
    assert said.lines[0].starts_on == date(2027, 3, 1)
    assert said.payment is not None
    assert broken() == set()
