"""`/subscriptions/{id}/seats`: what more seats cost, and buying them (R27)."""

from __future__ import annotations

import pytest

from tenure.base.ids import parse_public_id
from tenure.catalogue.models import Offer
from tenure.events.journal import transaction
from tenure.subscriptions.models import Source, Subscription
from tests.api.cast import Cast, bought
from tests.shop import START

pytestmark = pytest.mark.django_db(transaction=True)

CARD = {"method": "card", "token": "tok_declined"}


def test_seats_cost_the_days_that_are_left(cast: Cast) -> None:
    sub = bought(cast.own, cast.org, quantity=2)
    clock = f"/organisations/{cast.org}/test-clock/advance"
    cast.own.post(clock, {"to": "2027-06-09T10:00:00Z"})
    seats = f"/subscriptions/{sub}/seats"
    offered = cast.own.get(f"{seats}?quantity=2").body
    assert (offered["allowed"], offered["code"], offered["seats"]) == (True, "seats_addable", 2)
    (line,) = offered["lines"]
    assert (line["starts_on"], line["ends_on"]) == ("2027-06-09", "2028-03-01")
    assert (line["days"], line["period_days"], line["unit_price"]["amount"]) == (266, 366, 120000)
    assert offered["total_net"] == {"amount": 174426, "currency": "EUR"}
    assert offered["total"] == {"amount": 209311, "currency": "EUR"}
    assert cast.own.post(seats, {"quantity": 2}).code == "idempotency_key_required"
    wrong = {"quantity": 2, "expected_total": {"amount": 1, "currency": "EUR"}}
    changed = cast.own.post(seats, wrong, idempotency_key="w")
    assert (changed.status, changed.code, changed.body["seats"]) == (409, "seats_changed", 2)
    declined = cast.own.post(seats, {"quantity": 1, "payment": CARD}, idempotency_key="d")
    assert (declined.status, declined.body["status"]) == (201, "declined")
    asked = {"quantity": 2, "expected_total": offered["total"]}
    paid = cast.own.post(seats, asked, idempotency_key="p")
    assert (paid.status, paid.body["status"], paid.body["subscriptions"]) == (201, "paid", [sub])
    assert paid.body["total"] == offered["total"]
    assert cast.own.post(seats, asked, idempotency_key="p").body == paid.body
    seen = cast.own.get(f"/subscriptions/{sub}").body
    assert (seen["quantity"], seen["next_quantity"]) == (4, 4)
    verdict = cast.own.get(f"/orders/{paid.body['id']}/cancellation").body
    assert (verdict["code"], verdict["deadline"]) == ("cancellable", "2027-06-24")
    assert cast.own.get(f"{seats}?quantity=0").status == 422
    full = cast.own.post(seats, {"quantity": 9999}, idempotency_key="f")
    assert (full.status, full.code, full.body["quantity"]) == (409, "subscription_full", 10003)


def test_every_no_says_why(cast: Cast, subtests: pytest.Subtests) -> None:
    sub = bought(cast.own, cast.org, quantity=2)
    row = Subscription.objects.filter(id=parse_public_id("sub", sub))
    offer = Offer.objects.filter(id="designer-business")
    for code, change in {
        "seats_not_sold_here": lambda: row.update(source=Source.EXTERNAL),
        "not_priced": lambda: row.update(source=Source.STORE, currency="JPY"),
        "offer_not_online": lambda: (row.update(currency="EUR"), offer.update(channel="contact")),
        "offer_withdrawn": lambda: offer.update(withdrawn_at=START),
        "subscription_not_active": lambda: row.update(cancelled_at=START),
    }.items():
        with subtests.test(code=code):
            change()
            with transaction(now=START, by="test") as journal:
                journal.touch_catalogue()
            told = cast.own.get(f"/subscriptions/{sub}/seats").body
            assert (told["allowed"], told["code"], told["lines"]) == (False, code, [])
            assert told["total"]["amount"] == 0
            reply = cast.own.post(
                f"/subscriptions/{sub}/seats", {"quantity": 1}, idempotency_key=code
            )
            assert (reply.status, reply.code) == (409, code)
