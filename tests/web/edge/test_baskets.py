"""The carts that a visitor carries along (R10, R11)."""

from __future__ import annotations

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from tenure.base.calendar import Term
from tenure.base.errors import NotFound, Refused
from tenure.base.ids import new_id
from tenure.orders.models import Cart
from tenure.orders.queries.carts import PricedCart
from tenure.policy.words import Audience
from tenure.web.edge.baskets import (
    CARTS,
    MOST_CARTS,
    basket,
    baskets_of,
    cart_count,
    forget_cart,
    put_into_basket,
    remember_cart,
)
from tenure.web.edge.visitor import visitor_of
from tenure.web.edge.visits import Visit
from tests.shop import fill_cart, open_shop, order_cart
from tests.web.people import Company

pytestmark = pytest.mark.django_db(transaction=True)


def visit(before: Visit | None = None) -> Visit:
    """The next click in the same browser."""
    request: HttpRequest = RequestFactory().get("/")
    if before is not None:
        kept = visitor_of(before.request).kept.get(CARTS, before.request.COOKIES.get(CARTS, ""))
        request.COOKIES[CARTS] = kept
    return Visit(request, visitor_of(request))


def put(visit: Visit, offer: str = "designer-business", **how: object) -> PricedCart:
    asked = {"audience": Audience.BUSINESS, "country": "FR", "term": Term.YEAR, "quantity": 1}
    return put_into_basket(visit, offer=offer, **{**asked, **how})  # type: ignore[arg-type]


def test_a_visitor_has_no_cart_until_they_buy(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert baskets_of(visit().request) == ()


def test_what_is_bought_goes_into_the_cart_that_fits() -> None:
    open_shop()
    first = visit()
    cart = put(first).cart
    second = visit(first)
    assert put(second, "analyst-business", quantity=2).cart.id == cart.id
    third = visit(second)
    (found,) = baskets_of(third.request)
    assert (found.lines, found.seats, found.term) == (2, 3, Term.YEAR)
    assert cart_count(third.request)["cart_count"] == 3
    assert basket(third.request, cart.id) == found
    with pytest.raises(NotFound):
        basket(third.request, new_id())


def test_another_term_is_refused_until_a_second_cart_is_wanted() -> None:
    """R11: the cart is unchanged, and a second one is offered."""
    open_shop()
    first = visit()
    put(first)
    for how, code in (
        ({"term": Term.QUARTER}, "mixed_terms"),
        ({"country": "DE"}, "mixed_countries"),
        ({"audience": Audience.CREATOR, "offer": "designer-creator"}, "mixed_audiences"),
    ):
        with pytest.raises(Refused) as refusal:
            put(visit(first), **how)
        assert refusal.value.code.code == code
    assert Cart.objects.count() == 1
    second = visit(first)
    put(second, term=Term.QUARTER, second=True)
    assert [cart.term for cart in baskets_of(second.request)] == [Term.YEAR, Term.QUARTER]
    third = visit(second)
    put(third, term=Term.YEAR)
    put(third, term=Term.QUARTER)
    assert [cart.seats for cart in baskets_of(third.request)] == [2, 2]


def test_a_refused_line_makes_no_cart() -> None:
    open_shop()
    with pytest.raises(Refused):
        put(visit(), "bench-business")
    with pytest.raises(NotFound):
        put(visit(), "nothing")
    assert Cart.objects.count() == 0


def test_only_a_few_are_remembered_and_any_can_be_forgotten() -> None:
    here = visit()
    ids = [new_id() for _ in range(MOST_CARTS + 1)]
    for each in ids:
        remember_cart(here.request, each)
    forget_cart(here.request, ids[1])
    kept = visitor_of(here.request).kept[CARTS]
    assert [each.hex in kept for each in ids] == [False, False, *[True] * (MOST_CARTS - 1)]


@pytest.mark.parametrize(
    "written", ["", "nonsense", "00:forged", "01a21d823ab67052b48eef6552bc526e:x"]
)
def test_a_forged_cookie_is_no_cart(written: str) -> None:
    here = visit()
    here.request.COOKIES[CARTS] = written
    assert baskets_of(here.request) == ()


def test_what_belongs_to_an_organisation_is_shown_to_its_members_alone(company: Company) -> None:
    cart = fill_cart(company.organisation, ("designer-business", 1))
    for user, seen in ((None, 0), (company.stranger, 0), (company.owner, 1), (company.staff, 0)):
        here = visit()
        here.request.user = user  # type: ignore[assignment]
        remember_cart(here.request, cart.cart.id)
        assert len(baskets_of(here.request)) == seen
    order_cart(company.organisation, cart)
    here = visit()
    here.request.user = company.owner
    remember_cart(here.request, cart.cart.id)
    assert baskets_of(here.request) == ()
