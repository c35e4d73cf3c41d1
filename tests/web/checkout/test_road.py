"""The road from the cart to the confirmation."""

from __future__ import annotations

import pytest

from tests.web.checkout.buying import NEW_BUYER, confirm, fill, order_of, words
from tests.web.people import Company, browser, person

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_visitor_fills_a_cart_logs_in_and_buys(company: Company) -> None:
    """R10: no account is needed to fill a cart; it is bought by who logs in."""
    client = browser()
    cart = fill(client, quantity=2)
    assert "€2,880.00" in words(client.get("/cart"))
    assert "Open an account" in words(client.get(cart.page))
    client.force_login(
        person("lea@bureau.example", "Léa"),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    assert "Pay €2,880.00" in words(client.get(cart.page))
    answer = confirm(client, cart, **NEW_BUYER)
    assert order_of(answer).status == "paid"
    assert "it is paid" in words(client.get(answer["Location"]))
