"""The page of an offer: what it opens, what it costs and binds to, and into the cart."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation

from tenure.base.calendar import add_months
from tenure.base.clock import machine_now
from tenure.orders.models import Cart, CartLine
from tenure.web.edge.baskets import CARTS
from tenure.web.edge.templatetags.days import day
from tests.shop import customer, open_shop, owner_of, subscribe
from tests.web.people import browser, person
from tests.web.store.stores import (
    english,
    french,
    large_shop,
    statements,
    text,
    withdraw_one,
)

pytestmark = pytest.mark.django_db(transaction=True)

OFFER = "/store/business/designer-business"


def buy(client: Client, path: str = OFFER, **chosen: str) -> object:
    """As the form of the page is sent: with its token, unless another is given."""
    token = re.search(r'name="once" value="([^"]+)"', text(client.get(path)))
    once = token.group(1) if token else "0" * 20
    return client.post(path, {"term": "year", "quantity": "1", "once": once, **chosen})


def test_it_says_what_it_opens_in_words_and_what_a_seat_costs() -> None:
    open_shop()
    page = text(english().get(OFFER))
    for said in ("Designer", "Draws.", "Modeller", "draw, export", "€1,200", "€360"):
        assert said in page
    assert "Per seat, without tax." in page
    in_french = text(french().get(OFFER))
    for said in ("Concepteur", "Dessine.", "dessiner, exporter", "1 200 €"):
        assert said in in_french


def test_the_total_follows_the_choice_and_says_its_tax() -> None:
    """R7, R44: for a company the tax is added, for consumers it is inside."""
    open_shop()
    page = text(english().get(f"{OFFER}?term=quarter&quantity=3"))
    for said in ("€1,080.00", "20% VAT", "€216.00", "€1,296.00", "Total with tax"):
        assert said in page
    maker = text(english().get("/store/creator/designer-creator?term=month&quantity=2"))
    for said in ("€39.98", "of which 20% VAT", "€6.66"):
        assert said in maker
    client = Client(headers={"Accept-Language": "en-US"})
    assert "No tax is charged for this country: United States." in text(client.get(OFFER))


def test_what_cannot_be_chosen_is_said_beside_the_field() -> None:
    open_shop()
    page = text(english().get(f"{OFFER}?term=month&quantity=0"))
    assert "quantity-error" in page
    assert "€1,440.00" in page, "the first term, one seat"
    refused = buy(english(), quantity="many")
    assert refused.status_code == 422
    assert "quantity-error" in text(refused)
    assert Cart.objects.count() == 0


def test_what_one_commits_to_is_said_in_dates() -> None:
    """R18, R21, R28."""
    open_shop()
    today = machine_now().date()
    page = text(english().get(f"{OFFER}?term=year"))
    end = add_months(today, 12)
    with translation.override("en"):
        for said in (
            f"from {day(today)} to {day(end - timedelta(days=1))}",
            f"renews by itself on {day(end)}",
            f"The last day to stop that is {day(end - timedelta(days=5))}",
            f"change your mind until {day(today + timedelta(days=15))}",
            "exported for 14 days",
        ):
            assert said.replace("\N{NO-BREAK SPACE}", " ") in page
    monthly = text(english().get("/store/creator/designer-creator?term=month"))
    assert "A monthly purchase is not paid back" in monthly
    student = text(english().get("/store/student/designer-student"))
    assert "the order waits 14 days for it" in student


def test_buy_puts_it_into_the_cart_and_leads_there() -> None:
    """R10: no account is needed, and no session is made."""
    open_shop()
    client = english()
    sent = buy(client, quantity="2")
    assert (sent.status_code, sent["Location"]) == (302, "/cart")
    assert CARTS in client.cookies
    assert "session" not in client.cookies
    cart = Cart.objects.get()
    assert (cart.audience, cart.country, cart.currency, cart.term) == (
        "business",
        "FR",
        "EUR",
        "year",
    )
    assert CartLine.objects.get().quantity == 2
    buy(client, "/store/business/analyst-business")
    assert CartLine.objects.filter(cart=cart).count() == 2


def test_a_double_click_puts_it_there_once() -> None:
    """R16."""
    open_shop()
    client = english()
    token = "a-token-of-twenty-letters"
    for _ in range(2):
        assert buy(client, once=token).status_code == 302
    assert CartLine.objects.get().quantity == 1
    assert buy(client, once=token, quantity="5").status_code == 409


def test_another_term_is_announced_then_refused_and_a_second_cart_offered() -> None:
    """R11: every no is shown before the click that it would refuse."""
    open_shop()
    client = english()
    buy(client)
    assert "second cart" not in text(client.get(f"{OFFER}?term=year"))
    before = text(client.get(f"{OFFER}?term=quarter"))
    assert "One cart holds one term, and this one holds 1 year" in before
    assert "Put it into a second cart" in before
    refused = buy(client, term="quarter")
    assert refused.status_code == 409
    assert "Put it into a second cart" in text(refused)
    assert Cart.objects.count() == 1
    assert buy(client, term="quarter", second="yes").status_code == 302
    assert [cart.term for cart in Cart.objects.order_by("id")] == ["year", "quarter"]
    assert buy(client, term="quarter").status_code == 302, "there is one that fits now"
    assert Cart.objects.count() == 2


def test_another_audience_and_another_country_need_a_second_cart_too() -> None:
    open_shop()
    client = english()
    buy(client)
    assert "This cart is for the audience companies" in text(
        client.get("/store/creator/designer-creator")
    )
    client.post("/preferences", {"country": "DE"})
    assert "This cart is priced for France" in text(client.get(OFFER))


def test_without_scripts_the_total_is_worked_out_by_a_button() -> None:
    open_shop()
    shown = buy(english(), term="quarter", quantity="4", show="total")
    assert shown["Location"] == f"{OFFER}?term=quarter&quantity=4"


def test_what_is_not_sold_here_leads_to_the_contact_form() -> None:
    """R4: never a Buy button, and what is sent all the same is refused."""
    open_shop()
    client = english()
    path = "/store/business/bench-business"
    page = text(client.get(path))
    assert "This is not sold online" in page
    assert 'href="/contact?offer=bench-business' in page
    assert 'id="deal"' not in page
    assert buy(client, path).status_code == 409
    assert Cart.objects.count() == 0


def test_a_trial_costs_nothing_and_is_had_once() -> None:
    """R9."""
    open_shop()
    path = "/store/business/designer-trial"
    page = text(english().get(path))
    assert "Try it for free" in page
    assert "The trial lasts from" in page
    assert buy(english(), path, term="trial").status_code == 302
    company = customer()
    subscribe(company)
    owner = person(owner_of(company).email)
    again = text(browser(owner, **{"Accept-Language": "en-FR"}).get(path))
    assert "You have already tried or bought what this trial holds" in again
    assert "/store/business/roles/designer" in again


def test_a_withdrawn_offer_says_so() -> None:
    """R5."""
    open_shop()
    page = english().get(f"/store/business/{withdraw_one()}")
    assert page.status_code == 410
    assert "This is no longer sold" in text(page)
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert 'rel="canonical"' not in text(page)


@pytest.mark.parametrize(
    "path", ["/store/business/nothing", "/store/creator/designer-business", "/store/business/%00"]
)
def test_what_is_not_there_is_not_found(path: str) -> None:
    open_shop()
    assert english().get(path).status_code == 404
    assert english().post(path, {}).status_code == 404


def test_as_many_statements_for_few_offers_as_for_many() -> None:
    large_shop(3)
    paths = [OFFER, "/store/business/roles/designer", "/store/business/bench-business"]
    few = [statements(lambda path=path: english().get(path)) for path in paths]
    large_shop(300)
    many = [statements(lambda path=path: english().get(path)) for path in paths]
    assert few == many
    assert max(many) < 8
    client = english()
    buy(client)
    assert statements(lambda: client.get(OFFER)) < 10


def test_terms_are_those_of_the_audience() -> None:
    """R6."""
    open_shop()
    for path, terms in (
        (OFFER, ["year", "quarter"]),
        ("/store/creator/designer-creator", ["year", "month"]),
        ("/store/student/designer-student", ["year"]),
    ):
        page = text(english().get(path))
        assert re.findall(r'name="term" value="(\w+)"', page) == terms
