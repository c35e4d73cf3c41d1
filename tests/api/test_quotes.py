"""R12: quotes by the API."""

from __future__ import annotations

import pytest

from tests.api.cast import Cast, cart_with
from tests.api.talking import Reply

pytestmark = pytest.mark.django_db(transaction=True)


def quoted(cast: Cast, **more: object) -> Reply:
    cart = cart_with(cast.own, cast.org, ("designer-business", 2))
    body = {"organisation": cast.org, **more}
    return cast.own.post(f"/carts/{cart.body['id']}/quote", body)


def test_a_cart_is_quoted_and_accepted(cast: Cast) -> None:
    made = quoted(cast, purchase_order="PO 7")
    assert made.status == 201
    quote = made.body
    assert quote["id"].startswith("quo_")
    wanted = {
        "number": "TQUO-2027-000001",
        "organisation": cast.org,
        "status": "sent",
        "total": {"amount": 288000, "currency": "EUR"},
        "valid_until": "2027-03-31",
        "purchase_order": "PO 7",
        "reason": None,
        "order": None,
    }
    assert {name: quote[name] for name in wanted} == wanted
    path = f"/quotes/{quote['id']}"
    assert cast.own.get(path).body == quote
    assert cast.own.get(f"/organisations/{cast.org}/quotes").body["data"] == [quote]
    assert cast.own.get(f"{path}/pdf").content[:5] == b"%PDF-"
    papers = cast.own.get(f"/organisations/{cast.org}/invoices?kind=quote").body["data"]
    assert [paper["number"] for paper in papers] == [quote["number"]]
    paid = {"payment": {"method": "card", "token": "tok_ok"}}
    assert cast.own.post(f"{path}/accept", paid).code == "idempotency_key_required"
    order = cast.own.post(f"{path}/accept", paid, idempotency_key="a")
    assert (order.status, order.body["status"], order.body["cart"]) == (201, "paid", quote["cart"])
    again = cast.own.post(f"{path}/accept", paid, idempotency_key="b")
    assert (again.status, again.body["id"]) == (200, order.body["id"])
    assert cast.own.get(path).body["order"] == order.body["id"]
    refused = cast.own.post(f"{path}/decline", {})
    assert (refused.status, refused.code) == (409, "quote_accepted")


def test_a_declined_and_an_expired_quote_are_refused(cast: Cast) -> None:
    paid = {"payment": {"method": "card", "token": "tok_ok"}}
    declined = f"/quotes/{quoted(cast).body['id']}"
    late = f"/quotes/{quoted(cast).body['id']}"
    assert cast.own.post(f"{declined}/decline", {"reason": "Too dear."}).body["status"] == (
        "declined"
    )
    refused = cast.own.post(f"{declined}/accept", paid, idempotency_key="a")
    assert (refused.status, refused.code) == (409, "quote_declined")
    clock = f"/organisations/{cast.org}/test-clock/advance"
    assert cast.vendor.post(clock, {"to": "2027-04-01T12:00:00Z"}).status == 200
    assert cast.own.get(late).body["status"] == "expired"
    refused = cast.own.post(f"{late}/accept", paid, idempotency_key="b")
    assert (refused.status, refused.code) == (409, "quote_expired")
    assert refused.body["valid_until"] == "2027-03-31"


def test_staff_quote_at_prices_of_their_own(cast: Cast) -> None:
    line = {
        "offer": "bench-business",
        "term": "year",
        "quantity": 3,
        "unit_price": {"amount": 100000, "currency": "EUR"},
    }
    body = {"organisation": cast.org, "lines": [line], "reason": "By telephone.", "send": False}
    assert cast.own.post("/quotes", body).status == 404
    made = cast.vendor.post("/quotes", body)
    assert (made.status, made.body["status"], made.body["number"]) == (201, "draft", None)
    assert made.body["reason"] == "By telephone."
    path = f"/quotes/{made.body['id']}"
    assert (cast.own.get(path).status, cast.own.get(f"{path}/pdf").status) == (404, 404)
    assert cast.vendor.post(f"{path}/send").body["status"] == "sent"
    assert cast.own.get(path).body["reason"] is None
    order = cast.own.post(
        f"{path}/accept", {"payment": {"method": "bank_transfer"}}, idempotency_key="a"
    )
    assert (order.status, order.body["status"]) == (201, "awaiting_transfer")
    dollars = line | {"unit_price": {"amount": 10**12, "currency": "USD"}}
    wrong = cast.vendor.post("/quotes", body | {"lines": [dollars]})
    assert (wrong.status, {each["field"] for each in wrong.body["field_errors"]}) == (
        422,
        {"lines[0].unit_price.currency", "lines[0].unit_price.amount"},
    )
    assert cast.vendor.post("/quotes", body | {"reason": "  "}).status == 422
    assert cast.vendor.post("/quotes", body | {"reason": "a\0b"}).status == 422
    dear = line | {"quantity": 10_000, "unit_price": {"amount": 10**11, "currency": "EUR"}}
    much = cast.vendor.post("/quotes", body | {"lines": [dear, dear]})
    assert (much.status, much.body["field_errors"][0]["field"]) == (422, "lines")


def test_a_card_is_named_in_one_way(cast: Cast) -> None:
    path = f"/quotes/{quoted(cast).body['id']}/accept"
    for more in ({"hosted": True}, {"payment_method": "pm_01h455vb4pex5vsknk084sn02q"}):
        payment = {"method": "card", "token": "tok_ok", **more}
        refused = cast.own.post(path, {"payment": payment}, idempotency_key="c")
        assert (refused.status, refused.code) == (422, "invalid")
    assert cast.own.get(path.removesuffix("/accept")).body["status"] == "sent"
