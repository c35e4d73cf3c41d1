"""Orders by transfer, and what is done with the money, over the API."""

from __future__ import annotations

import pytest

from tests.api.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_api_tells_what_to_transfer_and_where_to(cast: Cast) -> None:
    cart = {"audience": "business", "country": "FR", "organisation": cast.org}
    path = f"/carts/{cast.own.post('/carts', cart).body['id']}"
    line = {"offer": "designer-business", "term": "year", "quantity": 1}
    cast.own.post(f"{path}/lines", line)
    cart = cast.own.get(path).body
    body = {"cart": cart["id"], "cart_version": cart["version"], "organisation": cast.org}
    body["payment"] = {"method": "bank_transfer"}
    placed = cast.own.post("/orders", body, idempotency_key="k")
    assert (placed.status, placed.body["status"]) == (201, "awaiting_transfer")
    amount = {"amount": 144000, "currency": "EUR"}
    transfer = placed.body["transfer"]
    assert transfer == {
        "reference": transfer["reference"],
        "iban": "FR7600000000000000000000097",
        "bic": "XXXXFRPPXXX",
        "amount": amount,
        "missing": amount,
        "expires_on": "2027-03-31",
    }
    assert cast.own.post("/orders", body, idempotency_key="k").body == placed.body
    order = f"/orders/{placed.body['id']}"
    assert cast.own.get(order).body == placed.body
    assert cast.own.get(f"/organisations/{cast.org}/orders").body["data"][-1] == placed.body
    card = {"payment": {"method": "card", "token": "tok_ok"}}
    paid = cast.own.post(f"{order}/payments", card, idempotency_key="k2").body
    assert (paid["status"], "transfer" in paid) == ("paid", False)
