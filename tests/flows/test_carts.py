"""R10, R11: a cart is filled, changed, emptied, and belongs to somebody."""

from __future__ import annotations

import pytest

from tenure.base.calendar import Term
from tenure.base.errors import NotFound, Refused, Stale
from tenure.flows.carts import (
    add_line,
    buy_again,
    change_line,
    change_lines,
    open_cart,
    remove_line,
    show_cart,
    show_page,
)
from tenure.orders.commands.carts import MOST_SEATS
from tenure.orders.models import Cart, CartLine
from tenure.policy.words import Audience
from tests.flows.worlds import someone
from tests.shop import START, customer, fill_cart, open_shop, order_cart

pytestmark = pytest.mark.django_db(transaction=True)

TODAY = START.date()


@pytest.fixture(autouse=True)
def _shop() -> None:
    open_shop()


def test_a_cart_is_filled_changed_and_emptied() -> None:
    company = customer()
    cart = fill_cart(company, ("designer-business", 2), ("designer-business", 1))
    (line,) = cart.lines
    assert (line.quantity, cart.cart.version, cart.cart.term) == (3, 3, "year")
    where = {"cart": cart.cart.id, "within": company.id, "line": line.id, "on": TODAY}
    changed = change_line(quantity=5, **where)
    assert (changed.amounts.total_net, changed.cart.version) == (600000, 4)
    emptied = remove_line(**where)
    assert (emptied.lines, emptied.cart.term) == ((), "")
    for work in (lambda: change_line(quantity=1, **where), lambda: remove_line(**where)):
        with pytest.raises(NotFound):
            work()
    two = fill_cart(company, ("designer-business", 1), ("analyst-business", 1))
    left = remove_line(cart=two.cart.id, within=None, line=two.lines[0].id, on=TODAY)
    assert ([line.offer.id for line in left.lines], left.cart.term) == (
        ["analyst-business"],
        "year",
    )
    other_term = add_line(
        cart=cart.cart.id,
        within=company.id,
        offer="analyst-business",
        term=Term.QUARTER,
        quantity=1,
        on=TODAY,
    )
    assert other_term.cart.term == "quarter"


def test_what_does_not_fit_leaves_the_cart_unchanged() -> None:
    company = customer()
    cart = fill_cart(company, ("designer-business", MOST_SEATS))
    fill = {"within": None, "quantity": 1, "on": TODAY}
    with pytest.raises(Refused) as refusal:
        add_line(cart=cart.cart.id, offer="analyst-business", term=Term.QUARTER, **fill)
    assert refusal.value.code.code == "mixed_terms"
    with pytest.raises(NotFound):
        add_line(cart=cart.cart.id, offer="nothing", term=Term.YEAR, **fill)
    seen = show_cart(cart=cart.cart.id, within=None, on=TODAY)
    assert seen.cart.version == cart.cart.version
    with pytest.raises(Refused) as refusal:
        add_line(cart=cart.cart.id, offer="designer-business", term=Term.YEAR, **fill)
    assert refusal.value.code.code == "too_many_seats"
    seen = show_cart(cart=cart.cart.id, within=None, on=TODAY)
    assert seen.lines[0].quantity == MOST_SEATS


def test_the_same_trial_again_is_another_seat_of_it() -> None:
    company = customer()
    cart = fill_cart(company, ("designer-trial", 1), term=Term.TRIAL)
    again = add_line(
        cart=cart.cart.id,
        within=None,
        offer="designer-trial",
        term=Term.TRIAL,
        quantity=1,
        on=TODAY,
    )
    assert again.lines[0].quantity == 2


def test_only_its_own_organisation_sees_a_cart() -> None:
    company, other = customer(), customer(email="eve@elsewhere.example")
    cart = fill_cart(company, ("designer-business", 1)).cart
    for within in (other.id, someone()):
        with pytest.raises(NotFound):
            show_cart(cart=cart.id, within=within, on=TODAY)
    with pytest.raises(NotFound):
        show_cart(cart=someone(), within=None, on=TODAY)


def test_an_ordered_cart_is_done() -> None:
    company = customer()
    cart = fill_cart(company, ("designer-business", 1))
    order = order_cart(company, cart).order
    assert show_cart(cart=cart.cart.id, within=None, on=TODAY).order == order
    where = {"cart": cart.cart.id, "within": None, "on": TODAY}
    line = cart.lines[0].id
    for work in (
        lambda: add_line(offer="designer-business", term=Term.YEAR, quantity=1, **where),
        lambda: change_line(line=line, quantity=2, **where),
        lambda: remove_line(line=line, **where),
    ):
        with pytest.raises(Refused) as refusal:
            work()
        assert refusal.value.code.code == "cart_ordered"


def test_what_changed_since_it_was_read_is_left_alone() -> None:
    cart = fill_cart(customer(), ("designer-business", 1))
    where = {"cart": cart.cart.id, "within": None, "line": cart.lines[0].id, "on": TODAY}
    change_line(quantity=2, version=2, **where)
    with pytest.raises(Stale):
        change_line(quantity=3, version=2, **where)
    with pytest.raises(Stale):
        remove_line(version=2, **where)


def test_a_cart_is_in_the_currency_of_its_country() -> None:
    opened = {"audience": Audience.CREATOR, "organisation": None, "on": TODAY, "now": START}
    found = {c: open_cart(country=c, **opened).cart.currency for c in ("JP", "US", "BR")}
    assert found == {"JP": "JPY", "US": "USD", "BR": "EUR"}


def test_several_lines_are_changed_at_once_or_none() -> None:
    company = customer()
    two = fill_cart(company, ("designer-business", 1), ("analyst-business", 1))
    first, second = two.lines
    where = {"cart": two.cart.id, "within": company.id, "on": TODAY}
    same = change_lines(quantities={first.id: 1}, **where)
    assert same.cart.version == two.cart.version
    with pytest.raises(NotFound):
        change_lines(quantities={first.id: 5, company.id: 1}, **where)
    with pytest.raises(Refused):
        change_lines(quantities={first.id: MOST_SEATS, second.id: 1}, **where)
    with pytest.raises(Stale):
        change_lines(quantities={first.id: 5}, version=1, **where)
    changed = change_lines(quantities={first.id: 5, second.id: 0}, **where)
    assert [(line.offer.id, line.quantity) for line in changed.lines] == [("designer-business", 5)]
    assert changed.cart.version == two.cart.version + 1
    emptied = change_lines(quantities={first.id: 0}, **where)
    assert (emptied.lines, emptied.cart.term) == ((), "")


def test_a_page_shows_a_visitors_cart_as_it_would_be_for_its_buyer() -> None:
    company, other = customer(), customer(email="eve@elsewhere.example")
    own = fill_cart(company, ("designer-business", 1))
    assert show_page(cart=own.cart.id, buyer=company.id, on=TODAY).differences == ()
    with pytest.raises(NotFound):
        show_page(cart=own.cart.id, buyer=other.id, on=TODAY)


def test_who_orders_a_visitors_cart_has_that_one_alone() -> None:
    company = customer()
    mine, theirs = (
        add_line(
            cart=open_cart(
                audience=Audience.BUSINESS, country="FR", organisation=None, on=TODAY, now=START
            ).cart.id,
            within=None,
            offer="designer-business",
            term=Term.YEAR,
            quantity=quantity,
            on=TODAY,
        )
        for quantity in (1, 2)
    )
    show_page(cart=mine.cart.id, buyer=company.id, on=TODAY)
    totals = Cart.objects.order_by("id").values_list("shown_total", flat=True)
    assert list(totals) == [mine.amounts.total, theirs.amounts.total]
    assert order_cart(company, mine).created
    for rows in (CartLine.objects.all(), Cart.objects.all()):
        whose = set(rows.values_list("organisation_id", flat=True))
        assert whose == {company.id, None}


def test_what_was_ordered_is_bought_again() -> None:
    company = customer()
    order = order_cart(company, fill_cart(company, ("designer-business", 2))).order
    again = buy_again(order=order, on=TODAY, now=START)
    assert [(line.offer.id, line.quantity) for line in again.lines] == [("designer-business", 2)]
    assert order_cart(company, again).created
    with pytest.raises(NotFound):
        buy_again(order=company.id, on=TODAY, now=START)
