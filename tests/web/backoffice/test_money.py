"""Pages about money: who finds them, what is done there, and in how many statements."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenure.base.ids import public_id
from tenure.billing.models import (
    BankLine,
    Document,
    DocumentDelivery,
    PayoutFile,
    Refund,
)
from tenure.flows.verify.run import verify
from tenure.orders.models import Order, Quote, QuoteLine
from tenure.subscriptions.models import Subscription
from tests.billing.statements import Movement, camt
from tests.flows.transfers import TOTAL, by_transfer, imported, transfer_for
from tests.shop import START
from tests.web.backoffice.money import OTHER, Till, till
from tests.web.backoffice.world import Office, ask, office
from tests.web.people import Company, browser

pytestmark = pytest.mark.django_db(transaction=True)

MONEY = "/backoffice/money"


@pytest.fixture
def desk(company: Company) -> Office:
    return office(company)


@pytest.fixture
def books(desk: Office) -> Till:
    return till(desk.company.organisation)


@pytest.fixture
def client(desk: Office) -> Client:
    return browser(desk.finance)


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def books_hold() -> None:
    """Money is right; the people of these tests came without being told of."""
    found = {each.check.name for each in verify(now=START) if each.tally.failed}
    assert found <= {"members_told"}


def sent(client: Client, page: str, action: str, **given: object) -> tuple[int, str]:
    """Fill in the form of a page, with its token, and follow where it leads."""
    found = re.search(r'name="once" value="([^"]+)"', text(client, page))
    token = {"once": found[1]} if found else {}
    answer = client.post(action, {**token, **given}, follow=True)
    return answer.status_code, answer.content.decode()


def test_each_finds_what_they_look_after(desk: Office, books: Till) -> None:
    paths = books.paths(desk.company.organisation.id)
    for path in paths:
        money = path.startswith(MONEY) or path.endswith("/refund")
        allowed = {
            "admin": True,
            "finance": True,
            "support": not money,
            "cataloguer": False,
        }
        for who, may in allowed.items():
            answer = browser(getattr(desk, who)).get(path)
            assert answer.status_code == (200 if may else 404), (who, path)
        assert browser(desk.company.owner).get(path).status_code == 404
        assert browser().get(path).status_code == 302


def test_both_languages_and_few_statements(desk: Office, books: Till) -> None:
    admin = browser(desk.admin)
    for path in books.paths(desk.company.organisation.id):
        joint = "&" if "?" in path else "?"
        french = admin.get(f"{path}{joint}language=fr")
        assert '<html lang="fr"' in french.content.decode()
    admin.get("/backoffice/?language=en")
    few = counted(admin, desk, books)
    assert {path: count for path, count in few.items() if count >= 15} == {}
    for number in range(12):
        order = by_transfer(desk.company.organisation)
        imported(
            Movement(TOTAL, text=f"virement {number}", name=desk.company.organisation.name),
            transfer_for(order, 1000 + number),
        )
    assert counted(admin, desk, books) == few


def counted(client: Client, desk: Office, books: Till) -> dict[str, int]:
    found = {}
    for path in books.paths(desk.company.organisation.id):
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        found[path] = len(captured)
    return found


def test_what_waits_is_counted_and_summed(client: Client, books: Till) -> None:
    page = " ".join(text(client, MONEY).split())
    assert page.count("€1,040.00") == 2  # awaited, and unmatched of just that amount
    assert "Refunds that want an account" in page
    assert "€1,040.00" in text(client, f"{MONEY}/transfers")


@pytest.mark.parametrize("word", ["unmatched/bnl_x", "statements/stm_x", "refunds/ref_x/account"])
def test_what_is_not_there_is_not_found(client: Client, word: str) -> None:
    assert client.get(f"{MONEY}/{word}").status_code == 404


def test_a_statement_is_read_and_told(client: Client, desk: Office) -> None:
    order = by_transfer(desk.company.organisation)
    file = SimpleUploadedFile("march.xml", camt([transfer_for(order), Movement(77, text="?")]))
    answer = client.post(f"{MONEY}/statements", {"file": file}, follow=True)
    page = answer.content.decode()
    assert "march.xml" in page
    assert "Settle what is open" in page
    assert Order.objects.get(id=order).status == "paid"
    broken = SimpleUploadedFile("broken.xml", camt([transfer_for(order)])[:-40])
    refused = client.post(f"{MONEY}/statements", {"file": broken})
    assert refused.status_code == 409
    assert "Line " in refused.content.decode()
    odd = {
        "file": SimpleUploadedFile("a.csv", b"x;y\n1;2\n"),
        "mapping": SimpleUploadedFile("m.toml", b"nothing ="),
    }
    assert "mapping cannot be used" in client.post(f"{MONEY}/statements", odd).content.decode()
    assert client.post(f"{MONEY}/statements", {}).status_code == 422


def test_a_suggested_order_is_paid_by_one_click(client: Client, books: Till) -> None:
    page = text(client, f"{MONEY}/unmatched")
    line = public_id("bnl", books.line)
    order = public_id("ord", books.waiting)
    assert f'value="{order}"' in page
    status, page = sent(
        client, f"{MONEY}/unmatched", f"{MONEY}/unmatched/{line}/assign", orders=order
    )
    assert status == 200
    assert "given to its order" in page
    assert Order.objects.get(id=books.waiting).status == "paid"
    assert "Fin" in text(client, f"{MONEY}/unmatched/{line}")
    books_hold()


def test_several_orders_by_their_references_and_undone(client: Client, desk: Office) -> None:
    first, second = (by_transfer(desk.company.organisation) for _ in range(2))
    imported(Movement(TOTAL // 2, text="virement"))
    line = public_id("bnl", BankLine.objects.latest("id").id)
    page = f"{MONEY}/unmatched/{line}"
    reference = Order.objects.get(id=first).transfer_reference.reference
    status, shown = sent(client, page, f"{page}/assign", orders="nonsense")
    assert status == 422
    assert "One of these is no order" in shown
    status, _ = sent(client, page, f"{page}/assign", orders=f"{reference.lower()}")
    assert status == 200
    assert not BankLine.objects.latest("id").open
    _, shown = sent(client, page, f"{page}/undo")
    assert "open again" in shown
    assert "undone by Fin" in shown
    both = f"{public_id('ord', first)}, {public_id('ord', second)}"
    status, shown = sent(client, page, f"{page}/assign", orders=both)
    assert status == 409
    books_hold()


def test_money_goes_back_or_is_not_ours(client: Client, desk: Office) -> None:
    imported(Movement(500, text="?"), Movement(600, text="INT", iban=""))
    back, interest = (public_id("bnl", BankLine.objects.get(amount=n).id) for n in (500, 600))
    page = f"{MONEY}/unmatched/{back}"
    assert sent(client, page, f"{page}/back", note=" ")[0] == 422
    assert "go back" in sent(client, page, f"{page}/back", note="Nobody's.")[1]
    page = f"{MONEY}/unmatched/{interest}"
    status, shown = sent(client, page, f"{page}/back", note="Nobody's.")
    assert status == 409
    assert "name the IBAN" in shown
    assert sent(client, page, f"{page}/back", note="x", iban="FR00")[0] == 422
    assert "no customer" in sent(client, page, f"{page}/not-ours", note="Interest.")[1]
    assert sent(client, page, f"{page}/not-ours", note="Again.")[0] == 409
    assert "Settled by staff" in text(client, f"{MONEY}/unmatched?state=settled")
    assert not BankLine.objects.filter(open__gt=0).exists()
    books_hold()


def test_refunds_leave_in_a_file(client: Client, books: Till) -> None:
    page = f"{MONEY}/refunds/{public_id('ref', books.refund)}/account"
    assert sent(client, page, page, iban="DE00")[0] == 422
    assert "Approved" in sent(client, page, page, iban=OTHER)[1]
    assert "The file is made" in sent(client, f"{MONEY}/refunds", f"{MONEY}/refunds/file")[1]
    file = public_id("pof", PayoutFile.objects.latest("id").id)
    content = client.get(f"{MONEY}/files/{file}")
    assert content["Content-Type"] == "application/xml"
    assert OTHER.encode() in content.content
    assert "Marked as sent" in sent(client, f"{MONEY}/refunds", f"{MONEY}/files/{file}/sent")[1]
    assert Refund.objects.get(id=books.refund).status == "sent"
    assert sent(client, page, page, iban=OTHER)[0] == 409
    books_hold()


def test_an_order_is_given_back_in_part_with_a_reason(client: Client, desk: Office) -> None:
    page = f"/backoffice/orders/{desk.order}/refund"
    assert "credit note" in text(client, page)
    assert sent(client, page, page, amount="10", reason=" ")[0] == 422
    assert sent(client, page, page, amount="1,234", reason="x")[0] == 422
    assert sent(client, page, page, amount="999999", reason="x")[0] == 409
    status, shown = sent(client, page, page, amount="10,50", reason="A gesture.")
    assert status == 200
    assert "A gesture." in shown
    assert Refund.objects.get().amount == 1050
    waiting = public_id("ord", by_transfer(desk.company.organisation))
    assert client.get(f"/backoffice/orders/{waiting}/refund").status_code == 404
    books_hold()


def test_papers_are_found_and_handed_over_again(client: Client, desk: Office, books: Till) -> None:
    invoice = Document.objects.get(id=books.invoice)
    found = text(client, f"{MONEY}/papers?q={invoice.number}")
    doc = public_id("doc", invoice.id)
    assert invoice.number in found
    assert client.get(f"{MONEY}/papers/{doc}/pdf").content.startswith(b"%PDF")
    assert client.get(f"{MONEY}/papers/{doc}/xml")["Content-Type"] == "application/xml"
    assert client.get(f"{MONEY}/papers/{doc}/odt").status_code == 404
    assert browser(desk.support).get(f"{MONEY}/papers/{doc}/pdf").status_code == 404
    assert client.post(f"{MONEY}/papers/{doc}/again").status_code == 404
    DocumentDelivery.objects.create(
        document=invoice,
        organisation_id=invoice.organisation_id,
        status="rejected",
        code=213,
        reason="SIREN unknown",
    )
    assert "SIREN unknown" in text(client, f"{MONEY}/papers?delivery=rejected")
    assert "Papers that the platform refused" in text(client, MONEY)
    client.post(f"{MONEY}/papers/{doc}/again")
    assert DocumentDelivery.objects.get(document=invoice).status == "waiting"


def test_the_books_are_shown_and_exported(client: Client, books: Till) -> None:
    page = text(client, f"{MONEY}/revenue?on=2027-12-31")
    assert "December" in page
    assert "Customers" in page
    assert "Clients" in text(client, f"{MONEY}/revenue?on=2027-12-31&language=fr")
    client.get("/backoffice/?language=en")
    rows = client.get(f"{MONEY}/revenue/csv?year=2027").content.decode()
    assert rows.startswith("day,posting,cause")
    fec = client.get(f"{MONEY}/revenue/fec?year=2027")
    assert "FEC" in fec["Content-Disposition"]
    for wrong in ("fec?year=x", "fec", "pdf?year=2027"):
        assert client.get(f"{MONEY}/revenue/{wrong}").status_code == 404
    assert client.get(f"{MONEY}/revenue?on=nonsense").status_code == 422


def line_of(number: int, **given: str) -> dict[str, str]:
    told = {"offer": "", "term": "year", "quantity": "1", "price": ""} | given
    return {f"{number}-{name}": value for name, value in told.items()}


def test_a_quote_of_several_lines_is_kept_and_sent(desk: Office) -> None:
    client = browser(desk.support)
    page = f"/backoffice/customers/{desk.company.id}/quote"
    two = line_of(0, offer="bench-business", quantity="12", price="900") | line_of(
        1, offer="designer-business", price="0,50"
    )
    given = {"lines": "3", **two, **line_of(2), "reason": "They are twelve.", "purchase_order": "7"}
    more = client.post(page, {**given, "more": "1"})
    assert 'name="5-offer"' in more.content.decode()
    assert 'value="12"' in more.content.decode()
    assert sent(client, page, page, **{**given, "reason": "", "keep": "1"})[0] == 422
    assert sent(client, page, page, **{**given, "0-price": "", "keep": "1"})[0] == 422
    assert sent(client, page, page, **{**given, "0-offer": "none", "keep": "1"})[0] == 422
    assert sent(client, page, page, **{**given, "0-offer": "designer-student"})[0] == 409
    assert sent(client, page, page, lines="1", **line_of(0), reason="x")[0] == 422
    status, shown = sent(client, page, page, **given, keep="1")
    assert status == 200
    assert "Draft of a quote" in shown
    row = Quote.objects.get()
    assert (row.status, row.total_net, row.purchase_order) == ("draft", 12 * 90000 + 50, "7")
    path = f"/backoffice/quotes/{public_id('quo', row.id)}"
    client.post(f"{path}/send")
    assert "QUO-" in text(client, path)
    paper = public_id("doc", Document.objects.get(quote=row).id)
    assert client.get(f"{MONEY}/papers/{paper}/pdf").content.startswith(b"%PDF")
    assert "QUO-" in text(client, "/backoffice/quotes?status=sent")
    assert "No such quotes" in text(client, "/backoffice/quotes?status=expired")
    _, shown = sent(client, page, page, **given, send="1")
    assert "on its way by mail" in shown
    assert client.post(f"{path}/drop").status_code == 409
    _, shown = sent(client, page, page, **given, keep="1")
    draft = Quote.objects.get(status="draft")
    drop = f"/backoffice/quotes/{public_id('quo', draft.id)}/drop"
    assert f'action="{drop}"' in shown
    assert client.post(drop).headers["Location"] == "/backoffice/quotes"
    assert client.post(drop).status_code == 404
    assert (Quote.objects.count(), QuoteLine.objects.filter(quote=draft.id).exists()) == (2, False)


def test_a_contact_becomes_a_quote(desk: Office) -> None:
    client = browser(desk.support)
    stranger = f"/backoffice/requests/{desk.case}"
    status, shown = sent(client, stranger, f"{stranger}/quote")
    assert status == 200
    assert "For whom is the quote?" in shown
    chosen = text(client, f"{stranger}/whose?q=atelier")
    found = re.search(r'href="(/backoffice/customers/[^"]+/quote\?request=[^"]+)"', chosen)
    assert found
    form = text(client, found[1])
    assert 'value="bench-business"' in form
    assert 'value="12"' in form
    case = ask("Twelve of them, please.", desk.company.organisation)
    page = f"/backoffice/requests/{public_id('req', case.id)}"
    _, shown = sent(client, page, f"{page}/quote")
    assert "bench-business" in shown or "Draft of a quote" in shown
    case.offer_id = "designer-business"
    case.save()
    _, shown = sent(client, page, f"{page}/quote")
    assert "A draft at the list price" in shown
    assert Quote.objects.get().lines.get().quantity == 12
    assert client.get("/backoffice/requests/req_x/whose").status_code == 404
    assert client.get(f"{found[1]}x").status_code == 404


def test_what_was_bought_elsewhere_is_recorded_and_extended(desk: Office) -> None:
    client = browser(desk.support)
    page = f"/backoffice/customers/{desk.company.id}/record"
    given = {
        "offer": "bench-business",
        "quantity": "2",
        "term": "year",
        "starts_on": "2027-02-01",
        "periods": "1",
        "reference": "Contract 12",
    }
    assert sent(client, page, page, **{**given, "offer": "none"})[0] == 422
    assert sent(client, page, page, **{**given, "offer": "designer-student"})[0] == 409
    for slip in ("1900-02-01", "2999-02-01"):
        status, shown = sent(client, page, page, **{**given, "starts_on": slip})
        assert status == 422
        assert "begins between January 1, 1997 and December 31, 2037" in shown.replace("\xa0", " ")
    _, shown = sent(client, page, page, **given)
    assert "Contract 12" in shown
    row = Subscription.objects.get(source="external")
    extend = f"/backoffice/subscriptions/{public_id('sub', row.id)}/extend"
    assert extend in shown
    assert "cannot be taken back" in text(client, extend)
    client.post(extend)
    assert row.periods.count() == 2
    own = Subscription.objects.filter(source="store").latest("id")
    other = extend.replace(public_id("sub", row.id), public_id("sub", own.id))
    assert client.get(other).status_code == 404
    assert sent(browser(desk.finance), extend, extend)[0] == 200
