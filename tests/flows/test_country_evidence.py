"""R45: two agreeing proofs of a consumer's country are kept, and doubts are shown, not refused."""

from __future__ import annotations

import pytest

from tenure.base.calendar import Term
from tenure.base.errors import Invalid, NotFound
from tenure.base.ids import new_id
from tenure.base.money import Money
from tenure.events.models import Event
from tenure.flows.country_evidence import settle_country
from tenure.flows.purchase import CardPayment, Purchase, buy
from tenure.orders.models import CountryEvidence, Order
from tenure.orders.rules.evidence import NOWHERE, Seen, named_country
from tenure.organisations.models import Organisation
from tenure.policy.words import Audience
from tenure.support.queries.countries import (
    count_countries_in_doubt,
    countries_in_doubt,
    country_evidence_of,
)
from tests.shop import START, customer, fill_cart, open_shop, subscribe

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _shop() -> None:
    open_shop()


def bought(maker: Organisation, seen: Seen = NOWHERE, token: str = "tok_ok") -> Order:
    """An order of a maker's, seen to come from somewhere."""
    priced = fill_cart(maker, ("designer-creator", 1), term=Term.MONTH)
    purchase = Purchase(
        cart=priced.cart.id,
        cart_version=priced.cart.version,
        organisation=maker.id,
        payment=CardPayment(token),
        expected_total=Money(priced.amounts.total, priced.cart.currency),
        seen=seen,
    )
    return Order.objects.get(id=buy(purchase=purchase, now=START, by="test").order)


@pytest.mark.parametrize(
    ("country", "seen", "proofs", "in_doubt"),
    [
        ("FR", NOWHERE, 2, False),
        ("FR", Seen(network="DE", browser="DE"), 2, False),
        ("JP", NOWHERE, 1, True),
        ("JP", Seen(network="JP"), 2, False),
        ("JP", Seen(browser="JP"), 2, False),
        ("JP", Seen(network="FR", browser="FR"), 1, True),
    ],
)
def test_proofs_are_counted_by_what_they_name(
    country: str, seen: Seen, proofs: int, in_doubt: bool
) -> None:
    """The sandbox's cards are French."""
    order = bought(customer(Audience.CREATOR, country), seen)
    kept = CountryEvidence.objects.get()
    assert (kept.order_id, kept.country, kept.billing, kept.card) == (
        order.id,
        country,
        country,
        "FR",
    )
    assert (kept.proofs, kept.wanted) == (proofs, 2)
    assert [each.order_id for each in countries_in_doubt().rows] == [order.id] * in_doubt


def test_a_card_that_did_not_pay_proves_nothing() -> None:
    bought(customer(Audience.CREATOR), token="tok_declined")
    kept = CountryEvidence.objects.get()
    assert (kept.card, kept.proofs) == ("", 1)
    assert count_countries_in_doubt() == 0


def test_companies_need_none_nor_does_what_costs_nothing() -> None:
    subscribe(customer(), "designer-business", 1)
    subscribe(customer(email="b@atelier.example"), "designer-trial", 1, term=Term.TRIAL)
    assert not CountryEvidence.objects.exists()


def test_staff_accept_a_country_with_a_reason() -> None:
    order = bought(customer(Audience.CREATOR, "JP"))
    for reason in ("", " ", "x" * 501):
        with pytest.raises(Invalid):
            settle_country(order=order.id, reason=reason, now=START, by="staff")
    with pytest.raises(NotFound):
        settle_country(order=new_id(), reason="Moved", now=START, by="staff")
    for reason in ("Moved last week", "Another word"):
        settle_country(order=order.id, reason=reason, now=START, by="staff")
    kept = country_evidence_of(order.id)
    assert (kept.accepted_because, kept.accepted_at) == ("Moved last week", START)
    assert count_countries_in_doubt() == 0
    assert Event.objects.filter(type="order.country_accepted").count() == 1
    with pytest.raises(NotFound):
        country_evidence_of(new_id())


def test_the_list_goes_on_where_it_ended() -> None:
    maker = customer(Audience.CREATOR, "JP")
    orders = [bought(maker).id for _ in range(2)]
    assert [each.order_id for each in countries_in_doubt(orders[0]).rows] == [orders[1]]


def test_what_is_no_country_is_nothing() -> None:
    assert [named_country(said) for said in ("fr", " DE ", "XX", "T1", "", "EUR")] == [
        "FR",
        "DE",
        "",
        "",
        "",
        "",
    ]
