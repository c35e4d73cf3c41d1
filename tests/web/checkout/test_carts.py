"""The cart: what is chosen, what it costs, what differs since it was last shown."""

from __future__ import annotations

import pytest

from tenure.base.ids import new_id, public_id
from tenure.catalogue.file import parse_catalogue
from tenure.flows.catalogue_import import import_file
from tenure.orders.models import Cart, CartLine
from tests.shop import CATALOGUE, START, open_shop
from tests.web.checkout.buying import Filled, confirm, fill, hidden, text, words
from tests.web.people import Company, browser
from tests.web.store.stores import french, large_shop, statements

pytestmark = pytest.mark.django_db(transaction=True)


def field_of(cart: Filled, offer: str = "designer-business") -> str:
    """The name of the field in which the seats of a line are typed."""
    return f"quantity-{CartLine.objects.get(cart=cart.id, offer=offer).id.hex}"


def sent(cart: Filled, **typed: str) -> dict[str, str]:
    """What the cart's form sends."""
    version = Cart.objects.get(id=cart.id).version
    return {"cart": cart.name, "version": str(version), **typed}


def sell(source: str) -> None:
    """Another catalogue comes into force."""
    import_file(file=parse_catalogue(source), source=source, now=START, by="command")


@pytest.fixture(autouse=True)
def shop() -> None:
    open_shop()


def test_who_has_chosen_nothing_is_led_to_the_store() -> None:
    page = browser().get("/cart")
    assert "Nothing in your cart yet" in words(page)
    assert page["X-Robots-Tag"] == "noindex, nofollow"


def test_companies_see_prices_without_tax_and_the_total_with_it() -> None:
    """R7, R44: each amount says which it is."""
    client = browser()
    fill(client, quantity=2)
    page = words(client.get("/cart"))
    assert "A seat, without tax" in page
    assert "€1,200.00" in page
    assert "Without tax €2,400.00" in page
    assert "Tax, 20% (France) €480.00" in page
    assert "Total with tax €2,880.00" in page


def test_makers_see_prices_with_tax() -> None:
    """R7: consumers pay the amount of the catalogue."""
    client = browser()
    fill(client, "designer-creator", term="month")
    page = words(client.get("/cart"))
    assert "A seat, with tax" in page
    assert "Total with tax €19.99" in page


def test_it_is_said_in_french() -> None:
    client = french()
    fill(client, quantity=2)
    page = words(client.get("/cart"))
    assert "Total TTC 2 880,00 €" in page.replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert "La place, HT" in page


def test_seats_are_changed_and_lines_taken_out() -> None:
    client = browser()
    cart = fill(client)
    fill(client, "analyst-business")
    changed = client.post("/cart", sent(cart, **{field_of(cart): "3"}))
    assert changed["Location"] == f"/cart?cart={cart.name}"
    assert CartLine.objects.get(cart=cart.id, offer="designer-business").quantity == 3
    line = CartLine.objects.get(cart=cart.id, offer="analyst-business")
    client.post("/cart", sent(cart, remove=line.id.hex))
    assert [each.quantity for each in CartLine.objects.filter(cart=cart.id)] == [3]
    gone = client.post("/cart", sent(cart, **{field_of(cart): "0"}))
    assert gone["Location"] == "/cart"
    assert "Nothing in your cart yet" in words(client.get("/cart"))


def test_what_cannot_be_read_stays_beside_its_field() -> None:
    client = browser()
    cart = fill(client)
    for typed in ("two", "-1", "10001", ""):
        page = client.post("/cart", sent(cart, **{field_of(cart): typed}))
        assert page.status_code == 422
        assert "A whole number, 10000 at the most" in words(page)
        assert f'value="{typed}"' in text(page)
    assert CartLine.objects.get(cart=cart.id).quantity == 1


@pytest.mark.parametrize("typed", ["0" * 5000, "9" * 5000, "000000000" + "9" * 30])
def test_a_number_of_any_length_is_only_a_mistake(typed: str) -> None:
    client = browser()
    cart = fill(client)
    answer = client.post("/cart", sent(cart, **{field_of(cart): typed}))
    assert answer.status_code == 422
    assert CartLine.objects.get().quantity == 1


def test_too_many_seats_are_refused_by_the_rule() -> None:
    client = browser()
    cart = fill(client)
    fill(client, "analyst-business")
    page = client.post("/cart", sent(cart, **{field_of(cart): "10000"}))
    assert page.status_code == 409
    assert "A cart holds at most 10000 seats" in words(page)
    assert 'value="10000"' in text(page)


def test_a_cart_that_was_changed_in_another_tab_is_shown_again() -> None:
    client = browser()
    cart = fill(client)
    old = sent(cart, **{field_of(cart): "2"})
    client.post("/cart", sent(cart, **{field_of(cart): "5"}))
    page = client.post("/cart", old)
    assert page.status_code == 409
    assert 'value="5"' in text(page)
    assert CartLine.objects.get(cart=cart.id).quantity == 5
    for version in ("", "x", "99999999999"):
        assert client.post("/cart", {**old, "version": version}).status_code == 409


def test_in_place_it_answers_with_the_page_itself() -> None:
    client = browser()
    cart = fill(client)
    as_htmx = {"HX-Request": "true"}
    page = client.post("/cart", sent(cart, **{field_of(cart): "2"}), headers=as_htmx)
    assert page.status_code == 200
    assert "€2,880.00" in words(page)
    wrong = client.post("/cart", sent(cart, **{field_of(cart): "x"}), headers=as_htmx)
    assert wrong.status_code == 200
    assert "A whole number" in words(wrong)


def test_two_terms_make_two_carts() -> None:
    """R11: each is a tab of its own."""
    client = browser()
    year = fill(client)
    quarter = fill(client, "analyst-business", term="quarter", second=True)
    page = client.get("/cart")
    assert f'href="/cart?cart={year.name}" class' in text(page)
    assert f'href="/cart?cart={quarter.name}" aria-current="page"' in text(page)
    assert "for 3 months" in words(page)
    assert "for 1 year" in words(client.get(f"/cart?cart={year.name}"))
    client.post("/cart", {"cart": quarter.name, "forget": "yes"})
    assert "for 1 year" in words(client.get("/cart"))


def test_nobody_sees_or_changes_the_cart_of_another() -> None:
    cart = fill(browser())
    stranger = browser()
    assert "Nothing in your cart yet" in words(stranger.get(f"/cart?cart={cart.name}"))
    assert stranger.post("/cart", sent(cart)).status_code == 404
    assert stranger.get(cart.page).status_code == 404
    client = browser()
    mine = fill(client)
    unknown = f"quantity-{new_id().hex}"
    assert client.post("/cart", sent(mine, **{unknown: "2"})).status_code == 409
    assert client.post("/cart", sent(mine, **{"quantity-x": "2"})).status_code == 404
    assert client.get("/cart?cart=nonsense").status_code == 404
    assert client.get(f"/cart?cart={public_id('cart', new_id())}").status_code == 200


def test_each_difference_is_named_once() -> None:
    """R10: price, availability, total; what the buyer did themselves is no difference."""
    client = browser()
    fill(client, quantity=2)
    fill(client, "analyst-business")
    assert "Something has changed" not in words(client.get("/cart"))
    sell(CATALOGUE.replace("amount: 120000}", "amount: 125000}"))
    page = words(client.get("/cart"))
    assert "Designer: a seat costs €1,250.00 instead of €1,200.00." in page
    assert "The total with tax is €4,199.99 instead of €4,079.99." in page
    assert "Something has changed" not in words(client.get("/cart"))
    contact_only = CATALOGUE.replace(
        "audience: business\n  channel: online\n  countries: [FR, DE]\n",
        "audience: business\n  channel: contact\n  countries: [FR, DE]\n",
    )
    sell(contact_only)
    page = client.get("/cart")
    assert "Analyst can no longer be bought as it stands." in words(page)
    assert "/contact?offer=analyst-business&amp;country=FR&amp;audience=business" in text(page)
    assert "Check out" not in words(page)
    sell(CATALOGUE)
    assert "Analyst can be bought now." in words(client.get("/cart"))


def test_a_cart_that_was_ordered_is_gone(company: Company) -> None:
    client = browser(company.owner)
    cart = fill(client)
    assert confirm(client, cart).status_code == 302
    assert "Nothing in your cart yet" in words(client.get("/cart"))
    assert client.post("/cart", sent(cart)).status_code == 404


@pytest.mark.parametrize("logged_in", [False, True])
def test_statements_do_not_grow_with_the_lines(company: Company, logged_in: bool) -> None:
    large_shop(300)
    client = browser(company.owner if logged_in else None)
    cart = fill(client, "role-0-business")
    pages = (lambda: client.get("/cart"), lambda: client.get(cart.page))
    few = [statements(page) for page in pages]
    lines = [
        CartLine(cart_id=cart.id, offer_id=f"role-{n}-business", quantity=1) for n in range(1, 300)
    ]
    CartLine.objects.bulk_create(lines)
    many = [statements(page) for page in pages]
    assert many == few
    assert max(few) < 15
    line = f"quantity-{lines[0].id.hex}"
    carried = hidden(client.get("/cart")) | {line: "2"}
    few_changed = statements(lambda: client.post("/cart", carried))
    assert few_changed < 15
