"""A quote by pages: asked for in a cart, looked at, accepted or declined (R12, R18)."""

from __future__ import annotations

from django.test import Client

from tenure.base.calendar import Term
from tenure.base.ids import new_id, public_id
from tenure.flows.quotes import QuotedLine, quote_by_staff, quote_cart
from tenure.orders.models import Order, Quote
from tenure.organisations.models import Organisation
from tests.shop import START, fill_cart
from tests.web.checkout.buying import NEW_BUYER, fill, hidden, order_of, words
from tests.web.console.companies import (
    INSIDERS_ONLY,
    act,
    advance,
    billing_contact,
    statements,
    tried_by_all,
)
from tests.web.people import Company, browser, person


def quoted(company: Company) -> Quote:
    cart = fill_cart(company.organisation, ("designer-business", 2))
    made = quote_cart(cart=cart.cart.id, organisation=company.organisation.id, now=START, by="test")
    return Quote.objects.get(id=made.ids[0])


def page_of(quote: Quote) -> str:
    organisation = public_id("org", quote.organisation_id)
    return f"/console/{organisation}/billing/quotes/{public_id('quo', quote.id)}"


def take(client: Client, quote: Quote, card: str = "tok_ok") -> Order:
    once = hidden(client.get(page_of(quote)))["once"]
    return order_of(client.post(page_of(quote), {"once": once, "card": card}))


def test_a_cart_is_quoted(company: Company) -> None:
    client = browser(company.owner)
    cart = fill(client, quantity=2)
    asking = f"{cart.page}/quote"
    assert asking in client.get("/cart").content.decode()
    assert asking in client.get(cart.page).content.decode()
    page = client.get(asking)
    assert "kept for you for 30 days: until March 31, 2027" in words(page)
    sent = hidden(page) | {"buyer": company.id, "purchase_order": "PO 7"}
    answers = [client.post(asking, sent) for _ in range(2)]  # a double click
    quote = Quote.objects.get()
    assert {answer.headers["Location"] for answer in answers} == {page_of(quote)}
    assert quote.purchase_order == "PO 7"
    shown = words(client.get(page_of(quote)))
    assert "PO 7" in shown
    assert "You undertake to pay €2,880.00, tax included, in advance." in shown
    assert "You can stop that until" in shown
    assert client.post(asking, {**sent, "purchase_order": "x" * 101}).status_code == 422
    take(client, quote)
    assert client.get(asking).headers["Location"].startswith("/orders/")


def test_who_has_no_organisation_opens_one_for_the_quote(company: Company) -> None:
    del company
    client = Client()
    cart = fill(client)
    asking = f"{cart.page}/quote"
    assert f"next={asking}".replace("/", "%2F") in client.get(asking).content.decode()
    assert client.post(asking).headers["Location"].startswith("/account/login")
    client.force_login(person("new@bureau.example"), backend="tenure.web.accounts.backend.Logins")
    form = hidden(client.get(asking))
    assert client.post(asking, form).status_code == 422
    looked = client.post(asking, form | {"look": "yes"})
    assert looked.status_code == 200
    answer = client.post(asking, form | NEW_BUYER | {"purchase_order": "PO 8"})
    quote = Quote.objects.get()
    assert answer.headers["Location"] == page_of(quote)
    assert Organisation.objects.get(id=quote.organisation_id).name == "Bureau Léa"


def test_what_cannot_be_quoted_says_so(company: Company) -> None:
    client = browser(company.owner)
    trial = fill(client, "designer-trial", term="trial")
    asking = f"{trial.page}/quote"
    form = hidden(client.get(asking)) | {"buyer": company.id}
    refused = client.post(asking, form)
    assert refused.status_code == 409
    assert "needs no quote" in words(refused)
    gone = client.post(asking, form | {"buyer": "org_x", "once": "b" * 22})
    assert gone.status_code == 422
    client.post("/cart", {"cart": trial.name, "forget": "yes"})
    assert client.get(asking).status_code in {302, 404}


def test_a_cart_of_others_is_not_quoted(company: Company) -> None:
    cart = fill_cart(company.organisation, ("designer-business", 2))
    asking = f"/checkout/{public_id('cart', cart.cart.id)}/quote"
    assert browser(company.stranger).get(asking).status_code == 404
    assert browser(company.owner).get(asking).status_code == 200


def test_who_sees_a_quote(company: Company) -> None:
    quote = quoted(company)
    assert tried_by_all(company, page_of(quote)) == INSIDERS_ONLY
    contact = browser(billing_contact(company))
    assert contact.get(page_of(quote)).status_code == 200
    short = f"/console/quotes/{public_id('quo', quote.id)}"
    assert tried_by_all(company, short) == (302, 404, 404, 404, 302)
    assert contact.get(short).headers["Location"] == page_of(quote)
    assert act(company).get(short).headers["Location"] == page_of(quote)
    nowhere = page_of(quote).rpartition("/")[0] + "/" + public_id("quo", new_id())
    assert contact.get(nowhere).status_code == 404
    assert statements(contact, page_of(quote)) < 15


def test_a_draft_is_nobodys_yet(company: Company) -> None:
    quote_by_staff(
        organisation=company.organisation.id,
        lines=[QuotedLine("bench-business", Term.YEAR, 1, 100000)],
        reason="Asked.",
        send=False,
        now=START,
        by="staff:test",
    )
    assert browser(company.owner).get(page_of(Quote.objects.get())).status_code == 404


def test_accepted_it_is_one_order(company: Company) -> None:
    quote, client = quoted(company), browser(billing_contact(company))
    assert client.post(page_of(quote)).status_code == 422
    order = take(client, quote)
    assert (order.status, order.total) == ("paid", 288000)
    shown = words(client.get(page_of(quote)))
    assert "This quote is accepted" in shown
    assert "Decline the quote" not in shown
    again = client.post(page_of(quote), {"once": "a" * 22, "card": "tok_ok"})
    assert order_of(again) == order


def test_accepted_by_transfer_it_says_how_to_pay(company: Company) -> None:
    client = browser(company.owner)
    order = take(client, quoted(company), "bank_transfer")
    assert order.status == "awaiting_transfer"
    assert "IBAN" in words(client.get(f"/orders/{public_id('ord', order.id)}"))


def test_one_of_several_terms_names_each(company: Company) -> None:
    made = quote_by_staff(
        organisation=company.organisation.id,
        lines=[
            QuotedLine("bench-business", Term.YEAR, 1, 100000),
            QuotedLine("designer-business", Term.MONTH, 1, 9000),
        ],
        reason="Asked.",
        now=START,
        by="staff:test",
    )
    shown = words(browser(company.owner).get(page_of(Quote.objects.get(id=made.ids[0]))))
    assert "1 year: It runs for 1 year" in shown
    assert "1 month: It runs for 1 month" in shown


def test_declined_with_a_word_it_is_over(company: Company) -> None:
    quote, client = quoted(company), browser(company.owner)
    decline = f"{page_of(quote)}/decline"
    assert client.post(decline, {"because": "x" * 501}).status_code == 422
    client.post(decline, {"because": "Too dear."})
    quote.refresh_from_db()
    assert (quote.status, quote.declined_because) == ("declined", "Too dear.")
    assert "Too dear." in words(client.get(page_of(quote)))
    refused = client.post(page_of(quote), {"once": "a" * 22, "card": "tok_ok"})
    assert refused.status_code == 409
    assert "declined" in words(refused)


def test_after_its_last_day_it_says_what_to_do(company: Company) -> None:
    quote, client = quoted(company), browser(company.owner)
    advance(company, "2027-04-01")
    assert "This quote was valid until March 31, 2027" in words(client.get(page_of(quote)))
    assert client.post(f"{page_of(quote)}/decline").status_code == 409


def test_it_speaks_french(company: Company) -> None:
    client = browser(company.owner, **{"accept-language": "fr"})
    assert "Accepter et payer" in words(client.get(page_of(quoted(company))))
