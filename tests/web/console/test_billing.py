"""The Billing tab: cards, who gets bills, quotes and papers; for whoever looks after bills."""

from __future__ import annotations

import pytest

from tenure.base.ids import new_id, public_id
from tenure.billing.models import Document, DocumentFile, PaymentMethod
from tenure.flows.payment_methods import add_payment_method
from tenure.flows.purchase import Purchase, TransferPayment, buy
from tenure.flows.quotes import quote_cart
from tenure.orders.models import Order, Quote
from tests.shop import START, customer, fill_cart, order_cart
from tests.web.checkout.buying import hidden, words
from tests.web.console.companies import (
    INSIDERS_ONLY,
    act,
    billing_contact,
    bought,
    copied,
    french,
    page_of,
    statements,
    text_of,
    tried_by_all,
)
from tests.web.people import Company, browser

PAGES = (
    "billing",
    "billing/address",
    "billing/cards/new",
    "billing/invoices",
    "billing/quotes",
)


def card_of(company: Company, token: str = "tok_ok") -> PaymentMethod:
    made = add_payment_method(
        organisation=company.organisation.id, token=token, now=START, by="test"
    )
    return PaymentMethod.objects.get(id=made.ids[0])


def card_page(company: Company, card: PaymentMethod, what: str) -> str:
    return page_of(company, f"billing/cards/{public_id('pm', card.id)}/{what}")


def quoted(company: Company) -> Quote:
    cart = fill_cart(company.organisation, ("designer-business", 2))
    made = quote_cart(cart=cart.cart.id, organisation=company.organisation.id, now=START, by="test")
    return Quote.objects.get(id=made.ids[0])


def by_transfer(company: Company) -> Order:
    priced = fill_cart(company.organisation, ("designer-business", 2))
    outcome = buy(
        purchase=Purchase(
            cart=priced.cart.id,
            cart_version=priced.cart.version,
            organisation=company.organisation.id,
            payment=TransferPayment(),
        ),
        now=START,
        by="test",
    )
    return Order.objects.get(id=outcome.order)


@pytest.mark.parametrize("page", PAGES)
def test_only_who_looks_after_bills_sees_them(company: Company, page: str) -> None:
    path = page_of(company, page)
    assert tried_by_all(company, path) == INSIDERS_ONLY
    assert browser(billing_contact(company)).get(path).status_code == 200


def test_the_first_page_tells_who_is_charged_who_is_told_and_where(company: Company) -> None:
    contact = billing_contact(company)
    client = browser(company.owner)
    text = text_of(client, page_of(company, "billing"))
    assert "No card is on file" in text
    assert "1 rue A" in text
    assert contact.email in text
    assert "Choose them among the members" in text
    assert "Choose them among the members" not in text_of(
        browser(contact), page_of(company, "billing")
    )
    bought(company)
    quoted(company)
    text = text_of(client, page_of(company, "billing"))
    assert "1 quote waits for your answer" in text
    assert "Charged for renewals" in text


def test_a_card_is_saved_made_the_default_and_removed(company: Company) -> None:
    client = browser(company.owner)
    form = hidden(client.get(page_of(company, "billing/cards/new")))
    sent = {"once": form["once"], "card": "tok_ok", "default": "on"}
    for _ in range(2):  # a double click
        answer = client.post(page_of(company, "billing/cards/new"), sent)
        assert answer.headers["Location"] == page_of(company, "billing")
    first = PaymentMethod.objects.get()
    assert first.is_default
    second = card_of(company, "tok_authenticate")
    client.post(card_page(company, second, "default"))
    second.refresh_from_db()
    assert second.is_default
    asked = words(client.get(card_page(company, first, "remove")))
    assert "Nothing is charged to it any more" in asked
    client.post(card_page(company, first, "remove"))
    first.refresh_from_db()
    assert first.status == "removed"
    assert client.get(card_page(company, first, "remove")).status_code == 404
    other = customer(email="zoe@elsewhere.example")
    theirs = PaymentMethod.objects.get(
        id=add_payment_method(organisation=other.id, token="tok_ok", now=START, by="test").ids[0]
    )
    assert client.post(card_page(company, theirs, "default")).status_code == 404


def test_a_card_that_is_refused_says_so(company: Company) -> None:
    client, path = browser(company.owner), page_of(company, "billing/cards/new")
    once = hidden(client.get(path))["once"]
    refused = client.post(path, {"once": once, "card": "tok_declined"})
    assert refused.status_code == 409
    assert "The card was not accepted" in words(refused)
    assert client.post(path, {"once": once}).status_code == 422


def test_a_card_that_a_renewal_needs_says_so_before_the_click(company: Company) -> None:
    bought(company)
    card = PaymentMethod.objects.get()
    client = browser(company.owner)
    needed = "add another card first"
    assert needed in text_of(client, page_of(company, "billing"))
    page = words(client.get(card_page(company, card, "remove")))
    assert needed in page
    assert "Remove it" not in page
    refused = client.post(card_page(company, card, "remove"))
    assert refused.status_code == 409


def test_a_card_given_elsewhere_is_asked_for_there(company: Company) -> None:
    card = card_of(company)
    client = browser(company.owner)
    step = f"/gateway/cards/{public_id('pm', card.id)}/step"
    assert client.get(step).headers["Location"] == page_of(company, "billing")
    PaymentMethod.objects.update(
        status="authentication_required", is_default=False, action_url="https://pay.example/give"
    )
    answer = client.get(step)
    assert answer.headers["Refresh"] == "0; url=https://pay.example/give"
    assert client.get(f"/gateway/cards/{public_id('pm', new_id())}/step").status_code == 404


def test_staff_who_act_add_no_card(company: Company) -> None:
    client = act(company)
    assert "billing/cards/new" not in text_of(client, page_of(company, "billing"))


def test_papers_are_listed_by_kind_and_come_as_files(company: Company) -> None:
    client, path = browser(company.owner), page_of(company, "billing/invoices")
    assert "No invoice yet" in text_of(client, path)
    bought(company)
    by_transfer(company)
    text = text_of(client, path)
    invoice = Document.objects.get(kind="invoice")
    pro_forma = Document.objects.get(kind="pro_forma")
    assert invoice.number in text
    assert pro_forma.number not in text
    assert pro_forma.number in text_of(client, f"{path}?kind=pro_forma")
    assert "None of these yet" in text_of(client, f"{path}?kind=receipt")
    assert invoice.number in text_of(client, f"{path}?kind=nonsense")
    file = f"{path}/{public_id('doc', invoice.id)}"
    assert tried_by_all(company, f"{file}/xml") == INSIDERS_ONLY
    xml = client.get(f"{file}/xml")
    assert xml.headers["Content-Type"] == "application/xml"
    assert f'filename="{invoice.number}.xml"' in xml.headers["Content-Disposition"]
    pdf = client.get(f"{file}/pdf")
    assert pdf.content.startswith(b"%PDF")
    assert client.get(f"{file}/pdf").content == pdf.content
    assert DocumentFile.objects.filter(format="pdf").count() == 1
    assert client.get(f"{path}/{public_id('doc', pro_forma.id)}/xml").status_code == 404
    assert client.get(f"{file}/txt").status_code == 404
    assert client.get(f"{path}/{public_id('doc', new_id())}/pdf").status_code == 404


def test_an_order_has_its_papers_and_says_how_to_pay(company: Company) -> None:
    order = by_transfer(company)
    page = page_of(company, f"orders/{public_id('ord', order.id)}")
    client = browser(company.owner)
    text = text_of(client, page)
    assert Document.objects.get(order=order).number in text
    assert "IBAN" in text
    assert "<svg" in text.partition("IBAN")[2]
    assert "Pay by card instead" in text
    assert "IBAN" in text_of(client, f"/orders/{public_id('ord', order.id)}")


def test_quotes_are_listed(company: Company) -> None:
    client, path = browser(company.owner), page_of(company, "billing/quotes")
    assert "No quote yet" in text_of(client, path)
    made = quoted(company)
    text = text_of(client, path)
    assert "To be accepted" in text
    assert "€2,880.00" in text
    assert public_id("quo", made.id) in text
    assert "À accepter" in text_of(french(company.owner), path)
    assert client.get(f"{path}?from=quo_x").status_code == 404


def test_the_old_address_leads_on(company: Company) -> None:
    answer = browser(company.owner).get(page_of(company, "settings/billing"))
    assert answer.headers["Location"] == page_of(company, "billing/address")


def test_three_hundred_rows_take_as_many_statements_as_three(company: Company) -> None:
    quote, client = quoted(company), browser(company.owner)
    order_cart(company.organisation, fill_cart(company.organisation, ("analyst-business", 1)))
    pages = [page_of(company, page) for page in ("billing", "billing/invoices", "billing/quotes")]
    few = [statements(client, page) for page in pages]
    line = quote.lines.get()
    paper = Document.objects.get(quote=quote)
    quotes = [copied(quote, cart_id=None, reason="Asked.") for _ in range(300)]
    Quote.objects.bulk_create(quotes)
    type(line)._default_manager.bulk_create([copied(line, quote_id=each.id) for each in quotes])
    invoice = Document.objects.get(kind="invoice")
    papers = [
        copied(
            row,
            sequence=number + 2,
            number=f"{row.series}-2027-{number:06}x",
            quote_id=each.id if row is paper else None,
        )
        for row in (paper, invoice)
        for number, each in enumerate(quotes)
    ]
    Document.objects.bulk_create(papers)
    many = [statements(client, page) for page in pages]
    assert many == few
    assert max(many) < 15
    text = text_of(client, pages[2])
    assert "?from=quo_" in text
