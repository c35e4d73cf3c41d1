"""R45: what a buyer is told of its VAT number, before it pays and after."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from tenure.base.ids import public_id
from tenure.flows.clock import advance_clock
from tenure.flows.vat_checks import look_up_now
from tenure.orders.models import CountryEvidence
from tenure.organisations.models import Organisation, VatCheck
from tests.flows.test_vat_checks import company as abroad
from tests.shop import START, fill_cart, open_shop, order_cart, owner_of
from tests.web.checkout.buying import (
    NEW_BUYER,
    Filled,
    confirm,
    fill,
    hidden,
    order_of,
    text,
    words,
)
from tests.web.people import browser, person

pytestmark = pytest.mark.django_db(transaction=True)

VALID, INVALID, LATER = "DE136695976", "DE102000001", "DE103020107"


@pytest.fixture(autouse=True)
def _shop() -> None:
    open_shop()


def logged_in() -> Client:
    return browser(person("bea@beispiel.example", "Bea"))


def owner(place: Organisation) -> Client:
    user = owner_of(place).user
    assert user is not None
    return browser(person(user.email))


def test_a_new_company_gives_its_number_and_pays_no_tax() -> None:
    """The price without tax is shown before anything is paid."""
    client = logged_in()
    cart = fill(client, country="DE")
    page = client.get(cart.page)
    assert "With a VAT number that the register" in text(page)
    asked = confirm(client, cart, **NEW_BUYER, vat_number=VALID)
    assert asked.status_code == 409
    said = words(asked)
    assert f"{VALID} is confirmed" in said
    assert "you owe it in your country (reverse charge)" in said
    assert Organisation.objects.get(name=NEW_BUYER["name"]).vat_validated_at is not None
    order = order_of(confirm(client, cart))
    assert (order.total_tax, order.reverse_charge) == (0, True)


def test_a_number_that_cannot_be_one_is_told_beside_its_field() -> None:
    client = logged_in()
    cart = fill(client, country="DE")
    answer = confirm(client, cart, **NEW_BUYER, vat_number="DE136695977")
    assert answer.status_code == 422
    assert 'id="id_vat_number_error"' in text(answer)
    assert "like DE136695976" in text(answer)
    assert not Organisation.objects.exists()


@pytest.mark.parametrize(
    ("number", "said", "tax"),
    [
        (VALID, "is confirmed", 0),
        (LATER, "is being checked", 22800),
        (INVALID, "is not known", 22800),
        ("", "With a VAT number that the register", 22800),
    ],
)
def test_each_state_is_told_at_the_checkout(number: str, said: str, tax: int) -> None:
    """Looking at it is what asks the register, where nobody did before."""
    place = abroad(number)
    client = owner(place)
    cart = Filled(fill_cart(place, ("designer-business", 1)).cart.id)
    page = client.get(cart.page)
    assert said in words(page)
    assert "Give your VAT number" in text(page) or number
    answer = client.post(
        cart.page,
        {**{key: hidden(page)[key] for key in ("once", "seen")}, "card": "tok_ok"},
    )
    order = order_of(answer)
    assert (order.total_tax, order.vat_number) == (tax, number if tax else "")


def test_an_order_that_was_charged_says_what_follows() -> None:
    place = abroad(LATER)
    look_up_now(organisation=place.id, now=START)
    order = order_cart(place, fill_cart(place, ("designer-business", 1))).order
    client = owner(place)
    page = f"/orders/{public_id('ord', order)}"
    assert f"{LATER} was not confirmed" in words(client.get(page))
    advance_clock(organisation=place.id, to=START + timedelta(days=1), by="test", sandbox=True)
    said = words(client.get(page))
    assert f"{LATER} is confirmed" in said
    assert "€228.00 goes back" in said


def test_the_settings_tell_it_too() -> None:
    place = abroad(INVALID)
    look_up_now(organisation=place.id, now=START)
    client = owner(place)
    page = f"/console/{public_id('org', place.id)}/billing/address"
    assert f"{INVALID} is not known" in words(client.get(page))
    billing = {
        "billing_name": "Beispiel",
        "billing_line1": "Weg 1",
        "billing_postal_code": "10115",
        "billing_city": "Berlin",
        "vat_number": VALID,
    }
    assert client.post(page, billing).status_code == 302
    assert VatCheck.objects.filter(outcome="valid", number=VALID).exists()
    user = owner_of(place).user
    assert user is not None
    assert f"{VALID} est confirmé" in words(
        browser(person(user.email), **{"accept-language": "fr"}).get(page)
    )


def test_where_no_register_is_asked_the_form_is_all_that_is_said() -> None:
    place = abroad("CHE-107.787.577 MWST", "CH")
    page = f"/console/{public_id('org', place.id)}/billing/address"
    assert "no register is asked about it" in words(owner(place).get(page))


@pytest.mark.parametrize(("header", "network"), [("CF-IPCountry", "JP"), (None, "")])
def test_where_a_consumer_was_seen_is_kept_with_the_order(
    settings: Settings, header: str | None, network: str
) -> None:
    """Only the header that is named counts, and only where one is named."""
    settings.COUNTRY_HEADER = header
    user = person("mei@elsewhere.example", "Mei")
    client = browser(user, **{"cf-ipcountry": "jp", "accept-language": "ja-JP"})
    cart = fill(client, "designer-creator", term="month", country="JP")
    order_of(confirm(client, cart, **(NEW_BUYER | {"timezone": "Asia/Tokyo"})))
    kept = CountryEvidence.objects.get()
    assert (kept.billing, kept.network, kept.browser, kept.card) == ("JP", network, "JP", "FR")
