"""Orders in the console: what was bought, what to do next, whether it can be taken back (R28)."""

from __future__ import annotations

import pytest

from tenure.base.calendar import Term
from tenure.base.ids import new_id, public_id
from tenure.orders.models import Order
from tests.shop import customer, fill_cart, order_cart, subscribe
from tests.web.console.companies import (
    INSIDERS_ONLY,
    advance,
    billing_contact,
    bought,
    french,
    page_of,
    statements,
    text_of,
    tried_by_all,
)
from tests.web.people import Company, browser


def order_page(company: Company, token: str | None = "tok_ok", *, term: Term = Term.YEAR) -> str:
    offers = [("designer-business", 2), ("analyst-business", 1)]
    if term is Term.TRIAL:
        offers = [("designer-trial", 1)]
    outcome = order_cart(
        company.organisation, fill_cart(company.organisation, *offers, term=term), token
    )
    return page_of(company, f"orders/{public_id('ord', outcome.order)}")


def test_only_insiders_see_them(company: Company) -> None:
    contact = browser(billing_contact(company))
    for path in (order_page(company), page_of(company, "orders")):
        assert tried_by_all(company, path) == INSIDERS_ONLY
        assert contact.get(path).status_code == 200


def test_what_is_of_others_or_nowhere_is_not_found(company: Company) -> None:
    other = customer(email="zoe@elsewhere.example")
    subscribe(other)
    theirs = Order.objects.get(organisation=other)
    client = browser(company.owner)
    for id_ in (public_id("ord", theirs.id), public_id("ord", new_id()), "ord_x", "nothing"):
        assert client.get(page_of(company, f"orders/{id_}")).status_code == 404


def test_one_shows_its_lines_sums_and_what_it_became(company: Company) -> None:
    text = text_of(browser(company.owner), order_page(company))
    for said in ("Designer", "Analyst", "€1,200.00", "€2,400.00", "€3,399.99", "€680.00"):
        assert said in text
    assert "€4,079.99" in text
    assert "tax of 20%" in text
    assert text.count("/subscriptions/sub_") == 2
    assert "Paid on March\N{NO-BREAK SPACE}1,\N{NO-BREAK SPACE}2027." in text


def test_the_cancellation_says_until_when_and_for_how_much(company: Company) -> None:
    page = order_page(company)
    client = browser(company.owner)
    text = text_of(client, page)
    assert "You can cancel until the end of March 16, 2027 and get €4,079.99 back." in text
    number = page.rpartition("/")[2]
    assert f"/orders/{number}/cancel" in text
    advance(company, "2027-03-17")
    text = text_of(client, page)
    assert "The last day to cancel was March 16, 2027" in text
    assert "Ask all the same" in text


@pytest.mark.parametrize(
    ("token", "said", "leads_on"),
    [
        ("tok_declined", "The card was declined; nothing was charged", True),
        ("tok_authenticate", "Your bank asks for a step", True),
        ("tok_unknown", "The payment is being checked", False),
    ],
)
def test_an_unpaid_order_says_what_to_do(
    company: Company, token: str, said: str, leads_on: bool
) -> None:
    page = order_page(company, token)
    text = text_of(browser(company.owner), page)
    assert said in text
    assert (f'href="/orders/{page.rpartition("/")[2]}"' in text) is leads_on
    assert "there is nothing to pay back" in text


def test_a_trial_cost_nothing(company: Company) -> None:
    text = text_of(browser(company.owner), order_page(company, None, term=Term.TRIAL))
    assert "There was nothing to pay." in text
    assert "A trial costs nothing" in text


@pytest.mark.parametrize("status", ["expired", "withdrawn", "awaiting_transfer"])
def test_every_state_is_told(company: Company, status: str) -> None:
    page = order_page(company, "tok_declined")
    order = Order.objects.latest("id")
    Order.objects.update(status=status, expires_at=order.placed_at)
    text = text_of(browser(company.owner), page)
    assert "This order" in text or "We wait for your transfer" in text


def test_the_list_is_empty_at_first(company: Company) -> None:
    assert "No order yet" in text_of(browser(company.owner), page_of(company, "orders"))
    bought(company)
    text = text_of(browser(company.owner), page_of(company, "orders"))
    assert "€2,880.00" in text
    assert "Designer" in text


def test_it_speaks_french(company: Company) -> None:
    page = order_page(company)
    text = text_of(french(company.owner), page)
    assert "Vous pouvez annuler jusqu" in text
    assert "taxe de 20\N{NO-BREAK SPACE}%" in text


def test_one_takes_few_statements(company: Company) -> None:
    assert statements(browser(company.owner), order_page(company)) < 15
