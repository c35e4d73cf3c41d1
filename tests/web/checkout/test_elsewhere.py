"""Paying where Stripe takes the cards: on its page and back, at the bank and back, or on file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tenure.base.ids import new_id, public_id
from tenure.billing.models import Payment, PaymentMethod
from tenure.flows.payment_methods import add_payment_method
from tenure.flows.purchase import CardPayment, pay_order
from tenure.orders.models import Order
from tests.billing.stripelike import StripeLike
from tests.billing.stripelike.server import KEY, SECRET
from tests.shop import START
from tests.web.checkout.buying import confirm, fill, hidden, text, words
from tests.web.people import Company, browser

pytestmark = pytest.mark.django_db(transaction=True)

ASKS = "pm_card_authenticationRequired"


@pytest.fixture
def stripe(settings: Any) -> Iterator[StripeLike]:
    with StripeLike() as running:
        settings.STRIPE_SECRET_KEY = KEY
        settings.STRIPE_WEBHOOK_SECRET = SECRET
        settings.STRIPE_API_BASE = running.address
        yield running


def test_the_card_is_given_on_stripes_page(stripe: StripeLike, company: Company) -> None:
    client = browser(company.owner)
    cart = fill(client)
    page = words(client.get(cart.page))
    assert "we never see its number" in page
    assert "This is a sandbox: choose what your card is to do" not in page
    answer = confirm(client, cart, card="page")
    payment = Payment.objects.get()
    step = f"/gateway/payments/{public_id('pay', payment.id)}/step"
    assert answer["Location"] == step
    leaving = client.get(step)
    (session,) = stripe.account.of_kind("checkout.session")
    assert leaving["Refresh"] == f"0; url={session['url']}"
    assert session["url"] in text(leaving)
    assert "form-action 'self'" in leaving["Content-Security-Policy"]
    order_page = f"/orders/{public_id('ord', payment.order_id)}"
    shown = client.get(order_page)
    assert "Give your card" in words(shown)
    assert step in text(shown)
    stripe.account.fill_page(session["id"])
    back = client.get(urlsplit(session["success_url"]).path)
    assert back["Location"] == order_page
    assert Order.objects.get().status == "paid"
    assert client.get(step)["Location"] == order_page, "there is no step any more"


def test_a_card_on_file_pays_and_is_chosen_first(stripe: StripeLike, company: Company) -> None:
    place = company.organisation
    add_payment_method(organisation=place.id, token="pm_card_visa", now=START, by="test")
    card = PaymentMethod.objects.get()
    client = browser(company.owner)
    cart = fill(client)
    page = client.get(cart.page)
    assert "Visa •••• 4242" in words(page)
    assert "Another card" in words(page)
    assert f'value="{public_id("pm", card.id)}"' in text(page)
    confirm(client, cart, card=public_id("pm", card.id))
    assert Order.objects.get().status == "paid"
    other = fill(client, "analyst-business")
    wrong = confirm(client, other, card=public_id("pm", new_id()))
    assert wrong.status_code == 422


def test_an_order_is_paid_with_another_card_at_the_bank(
    stripe: StripeLike, company: Company
) -> None:
    client = browser(company.owner)
    cart = fill(client)
    confirm(client, cart, card="page")
    order = Order.objects.get()
    pay_order(order=order.id, payment=CardPayment(ASKS), now=START, by="test")
    payment = Payment.objects.latest("id")
    step = f"/gateway/payments/{public_id('pay', payment.id)}"
    assert "On to your bank" in words(client.get(f"{step}/step"))
    (intent,) = [
        each
        for each in stripe.account.of_kind("payment_intent")
        if each["status"] == "requires_action"
    ]
    stripe.account.authenticate(intent["id"], passed=False)
    guest = browser()
    assert "This step is over" in words(guest.get(step))
    order.refresh_from_db()
    assert order.status == "declined"
    page = f"/orders/{public_id('ord', order.id)}"
    assert "The step that your bank asks for was not passed" in words(client.get(page))
    for path in (f"/gateway/payments/{public_id('pay', new_id())}", "/gateway/payments/pay_x/step"):
        assert client.get(path).status_code == 404


def test_who_saved_a_card_elsewhere_comes_back_to_the_console(
    stripe: StripeLike, company: Company
) -> None:
    place = company.organisation
    add_payment_method(organisation=place.id, token="", now=START, by="test")
    (session,) = stripe.account.of_kind("checkout.session")
    stripe.account.fill_page(session["id"])
    path = f"/gateway/cards/{public_id('pm', PaymentMethod.objects.get().id)}"
    assert "This step is over" in words(browser().get(path))
    assert PaymentMethod.objects.get().status == "active"
    answer = browser(company.owner).get(path)
    assert answer["Location"].startswith(f"/console/{public_id('org', place.id)}")
    assert browser().get(f"/gateway/cards/{public_id('pm', new_id())}").status_code == 404


def test_a_card_for_renewals_is_given_on_stripes_page(stripe: StripeLike, company: Company) -> None:
    client = browser(company.owner)
    billing = f"/console/{company.id}/billing"
    page = client.get(f"{billing}/cards/new")
    assert "we never see its number" in words(page)
    answer = client.post(f"{billing}/cards/new", hidden(page) | {"card": "page", "default": "on"})
    card = PaymentMethod.objects.get()
    step = f"/gateway/cards/{public_id('pm', card.id)}/step"
    assert answer["Location"] == step
    (session,) = stripe.account.of_kind("checkout.session")
    assert client.get(step)["Refresh"] == f"0; url={session['url']}"
    stripe.account.fill_page(session["id"])
    back = client.get(urlsplit(session["success_url"]).path)
    assert back["Location"] == billing
    assert "Visa •••• 4242" in words(client.get(billing))
