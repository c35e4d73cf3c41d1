"""The cards on file: saved with a purchase or by themselves, default, removed, soon over."""

from __future__ import annotations

import pytest

from tenure.base.ids import new_id, public_id
from tenure.billing.models import PaymentMethod
from tests.api.cast import Cast, bought, cart_with, order

pytestmark = pytest.mark.django_db(transaction=True)


def path_of(cast: Cast) -> str:
    return f"/organisations/{cast.org}/payment-methods"


def add(cast: Cast, token: str, **more: object) -> str:
    reply = cast.own.post(path_of(cast), {"token": token, **more})
    assert reply.status == 201, reply.text
    return str(reply.body["id"])


def tell(cast: Cast) -> list[tuple[str, bool]]:
    data = cast.own.get(path_of(cast)).body["data"]
    return [(card["last4"], card["default"]) for card in data]


def test_a_purchase_saves_its_card_once(cast: Cast) -> None:
    bought(cast.own, cast.org)
    bought(cast.own, cast.org, offer="analyst-business")
    (card,) = cast.own.get(path_of(cast)).body["data"]
    assert card == {
        "id": card["id"],
        "organisation": cast.org,
        "status": "active",
        "gateway": "sandbox",
        "brand": "visa",
        "last4": "4242",
        "exp_month": 12,
        "exp_year": 2199,
        "expires_on": "2199-12-31",
        "expiring_soon": False,
        "default": True,
    }
    assert cast.own.get(f"/payment-methods/{card['id']}").body == card


def test_a_purchase_can_leave_no_card(cast: Cast) -> None:
    cart = cart_with(cast.own, cast.org, ("designer-business", 1))
    body = {
        "cart": cart.body["id"],
        "cart_version": cart.body["version"],
        "organisation": cast.org,
        "payment": {"method": "card", "token": "tok_ok", "save": False},
    }
    assert cast.own.post("/orders", body, idempotency_key="a").body["status"] == "paid"
    assert tell(cast) == []


def test_cards_are_added_and_made_the_default(cast: Cast) -> None:
    first = add(cast, "tok_ok")
    second = add(cast, "tok_authenticate")
    assert tell(cast) == [("4242", True), ("3155", False)]
    made = cast.own.patch(f"/payment-methods/{second}", {"default": True})
    assert (made.status, made.body["default"]) == (200, True)
    assert cast.own.patch(f"{path_of(cast)}/{second}", {"default": True}).status == 200
    assert tell(cast) == [("4242", False), ("3155", True)]
    assert add(cast, "tok_ok", default=True) != first, "the newer one takes its place"
    assert tell(cast) == [("3155", False), ("4242", True)]
    events = cast.own.get(f"/organisations/{cast.org}/events").body["data"]
    types = [event["type"] for event in events if event["type"].startswith("payment_method")]
    assert types == [
        "payment_method.added",
        "payment_method.added",
        "payment_method.made_default",
        "payment_method.removed",
        "payment_method.added",
        "payment_method.made_default",
    ]


def test_a_card_that_is_refused_is_not_saved(cast: Cast) -> None:
    for _ in range(2):
        refused = cast.own.post(path_of(cast), {"token": "tok_expired"}, idempotency_key="x")
        assert (refused.status, refused.code) == (409, "card_not_saved")
        assert refused.body["reason"] == "expired_card"
    assert tell(cast) == []
    assert PaymentMethod.objects.get().status == "declined"


def test_a_card_that_a_renewal_needs_stays(cast: Cast) -> None:
    sub = bought(cast.own, cast.org)
    (card,) = cast.own.get(path_of(cast)).body["data"]
    refused = cast.own.delete(f"/payment-methods/{card['id']}")
    assert (refused.status, refused.code) == (409, "needed_for_renewal")
    assert refused.body["on"] == "2028-03-01"
    other = add(cast, "tok_unknown")
    assert cast.own.delete(f"{path_of(cast)}/{card['id']}").status == 204
    assert tell(cast) == [("0259", True)], "what is left is the default"
    assert cast.own.delete(f"/payment-methods/{card['id']}").status == 404
    assert cast.own.get(f"/payment-methods/{card['id']}").status == 404
    assert cast.own.delete(f"/payment-methods/{other}").code == "needed_for_renewal"
    cast.own.patch(f"/subscriptions/{sub}", {"auto_renew": False})
    assert cast.own.delete(f"/payment-methods/{other}").status == 204
    assert tell(cast) == []


def test_a_card_that_is_over_before_the_renewal_is_named(cast: Cast) -> None:
    bought(cast.own, cast.org)
    for year, month, soon in ((2028, 2, True), (2028, 3, False), (2026, 1, True)):
        PaymentMethod.objects.update(exp_year=year, exp_month=month)
        (card,) = cast.own.get(path_of(cast)).body["data"]
        assert card["expiring_soon"] is soon


def test_a_saved_card_pays(cast: Cast) -> None:
    def pay(payment: dict[str, object], key: str) -> tuple[int, object]:
        cart = cart_with(cast.own, cast.org, ("designer-business", 1))
        body = {
            "cart": cart.body["id"],
            "cart_version": cart.body["version"],
            "organisation": cast.org,
            "payment": {"method": "card", **payment},
        }
        reply = cast.own.post("/orders", body, idempotency_key=key)
        return reply.status, reply.body.get("status") or reply.body

    assert pay({}, "none")[0] == 422
    card = add(cast, "tok_ok")
    assert pay({"payment_method": card}, "one") == (201, "paid")
    assert pay({}, "default") == (201, "paid")
    assert pay({"payment_method": public_id("pm", new_id())}, "no")[0] == 404
    stranger = cast.stranger.post(
        f"/organisations/{public_id('org', cast.other.id)}/payment-methods", {"token": "tok_ok"}
    )
    assert pay({"payment_method": stranger.body["id"]}, "foreign")[0] == 404
    assert pay({"hosted": True}, "page") == (201, "declined"), "the sandbox has no page"
    assert len(tell(cast)) == 1


def test_an_order_without_a_card_says_which_field(cast: Cast) -> None:
    cart = cart_with(cast.own, cast.org, ("designer-business", 1))
    unpaid = order(cast.own, cast.org, cart, card="tok_declined", key="u").body["id"]
    reply = cast.own.post(
        f"/orders/{unpaid}/payments", {"payment": {"method": "card"}}, idempotency_key="v"
    )
    (error,) = reply.body["field_errors"]
    assert (reply.status, error["field"], error["code"]) == (422, "payment.token", "card_needed")


def test_cards_of_one_company_do_not_go_by_another_s_address(cast: Cast) -> None:
    card = add(cast, "tok_ok")
    elsewhere = f"/organisations/{public_id('org', cast.other.id)}/payment-methods/{card}"
    assert cast.vendor.patch(elsewhere, {"default": True}).status == 404
    assert cast.vendor.delete(elsewhere).status == 404
    assert tell(cast) == [("4242", True)]


def test_the_list_costs_the_same_for_many(
    cast: Cast, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    add(cast, "tok_ok")
    one = PaymentMethod.objects.get()
    PaymentMethod.objects.bulk_create(
        PaymentMethod(
            organisation=one.organisation,
            gateway="sandbox",
            fingerprint=str(number),
            status="active",
            created_at=one.created_at,
            called_at=one.called_at,
        )
        for number in range(299)
    )
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        shown = cast.own.get(f"{path_of(cast)}?limit=200").body
    assert len(shown["data"]) == 200
    assert shown["next_cursor"]
