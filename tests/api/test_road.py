"""The road from a cart to a working member, as programs walk it."""

from __future__ import annotations

import pytest

from tests.api.cast import ORGANISATION, Cast, bought, cart_with, order

pytestmark = pytest.mark.django_db(transaction=True)


def test_from_a_cart_to_an_assigned_seat(cast: Cast) -> None:
    own, org = cast.own, cast.org
    cart = cart_with(own, org, ("designer-business", 2), ("analyst-business", 1))
    assert cart.body["total_net"] == {"amount": 339999, "currency": "EUR"}
    assert cart.body["total_tax"] == {"amount": 68000, "currency": "EUR"}
    placed = order(own, org, cart)
    assert placed.status == 201
    assert placed.body["status"] == "paid"
    assert placed.body["invoice"].startswith("doc_")
    assert placed.headers["Location"] == f"/api/v1/orders/{placed.body['id']}"
    assert own.get(placed.headers["Location"]).body == placed.body
    sub = own.get(f"/subscriptions/{placed.body['subscriptions'][0]}").body
    assert sub["status"] == "active"
    assert sub["assigned"] == 0
    assert sub["current_period"]["order"] == placed.body["id"]
    assert sub["current_period"]["starts_on"] == "2027-03-01"
    assert sub["opt_out_deadline"] == "2028-02-25"
    members = own.get(f"/organisations/{org}/members").body["data"]
    seat = own.post(f"/subscriptions/{sub['id']}/assignments", {"member": members[0]["id"]})
    assert seat.status == 201
    assert own.get(f"/subscriptions/{sub['id']}").body["assigned"] == 1
    again = own.post(f"/subscriptions/{sub['id']}/assignments", {"member": members[0]["id"]})
    assert (again.status, again.code) == (409, "already_assigned")
    gone = own.delete(f"/subscriptions/{sub['id']}/assignments/{members[0]['id']}")
    assert gone.status == 204
    assert gone.revision > seat.revision


def test_an_invitation_from_sending_to_joining(cast: Cast) -> None:
    org = cast.org
    bought(cast.own, org)
    sent = cast.vendor.post(
        f"/organisations/{org}/invitations",
        {"email": "Bob@Atelier.example", "standing": "member", "roles": ["designer"]},
    )
    assert sent.status == 201
    assert sent.body["email"] == "bob@atelier.example"
    assert sent.body["status"] == "pending"
    assert "token" not in cast.own.get(f"/invitations/{sent.body['id']}").body
    again = cast.own.post(f"/invitations/{sent.body['id']}/resend")
    assert again.status == 200
    joined = cast.vendor.post(f"/invitations/{sent.body['token']}/accept", {})
    assert joined.status == 200, joined.text
    assert joined.body["status"] == "active"
    assert joined.body["standing"] == "member"
    suspended = cast.own.patch(f"/members/{joined.body['id']}", {"status": "suspended"})
    assert suspended.body["status"] == "suspended"
    assert cast.own.delete(f"/members/{joined.body['id']}").status == 204


def test_an_organisation_is_created_read_edited_and_suspended(cast: Cast) -> None:
    vendor = cast.vendor
    made = vendor.post("/organisations", {**ORGANISATION, "test_clock": "2027-01-01T00:00:00Z"})
    assert made.status == 201, made.text
    assert made.body["status"] == "active"
    assert made.body["currency"] == "EUR"
    assert made.body["owner"] == {"email": "grace@bureau.example", "name": "Grace"}
    assert made.body["test_clock"] == "2027-01-01T00:00:00Z"
    assert made.body["revision"] == made.revision
    read = vendor.get(made.headers["Location"])
    assert read.body == made.body
    assert read.headers["ETag"] == made.headers["ETag"]
    members = vendor.get(f"{made.headers['Location']}/members").body["data"]
    assert [(m["standing"], m["status"]) for m in members] == [("owner", "active")]
    edited = vendor.patch(
        made.headers["Location"],
        {"name": "Bureau 2", "billing": {"line2": "Escalier B"}},
        if_match=read.headers["ETag"],
    )
    assert edited.body["billing"]["line2"] == "Escalier B"
    stale = vendor.patch(
        made.headers["Location"], {"name": "Bureau 3"}, if_match=read.headers["ETag"]
    )
    assert (stale.status, stale.code) == (412, "stale")
    suspended = vendor.patch(made.headers["Location"], {"status": "suspended"})
    assert suspended.body["status"] == "suspended"
    assert vendor.patch(made.headers["Location"], {"status": "active"}).body["status"] == "active"


def test_a_clock_is_advanced_and_tells_what_happened(cast: Cast) -> None:
    bought(cast.own, cast.org)
    before = cast.own.get(f"/organisations/{cast.org}/events").body["data"]
    advanced = cast.own.post(
        f"/organisations/{cast.org}/test-clock/advance", {"to": "2028-03-02T00:00:00+01:00"}
    )
    assert advanced.status == 200, advanced.text
    assert advanced.body["test_clock"] == "2028-03-01T23:00:00Z"
    types = [event["type"] for event in advanced.body["data"]]
    assert types[-1] == "organisation.clock_advanced"
    after = cast.own.get(f"/organisations/{cast.org}/events?after={before[-1]['sequence']}")
    assert after.body["data"] == advanced.body["data"]
    back = cast.own.post(
        f"/organisations/{cast.org}/test-clock/advance", {"to": "2027-03-02T00:00:00Z"}
    )
    assert (back.status, back.code) == (409, "clock_only_forward")


def test_the_customer_takes_the_bank_s_step(cast: Cast) -> None:
    own, org = cast.own, cast.org
    for outcome, status in (("pass", "paid"), ("fail", "declined")):
        cart = cart_with(own, org, ("designer-business", 1))
        waiting = order(own, org, cart, card="tok_authenticate", key=outcome)
        assert waiting.body["status"] == "authentication_required"
        assert waiting.body["next_action"]["type"] == "redirect"
        assert waiting.body["payment"] in waiting.body["next_action"]["url"]
        address = f"/sandbox/authentications/{waiting.body['payment']}"
        assert own.get(address).body["order"] == waiting.body["id"]
        settled = own.post(address, {"outcome": outcome})
        assert settled.body["status"] == status
        assert "next_action" not in settled.body
    paid = own.post(
        f"/orders/{waiting.body['id']}/payments",
        {"payment": {"method": "card", "token": "tok_ok"}},
        idempotency_key="again",
    )
    assert (paid.status, paid.body["status"]) == (200, "paid")


def test_an_unpaid_order_is_withdrawn(cast: Cast) -> None:
    cart = cart_with(cast.own, cast.org, ("designer-business", 1))
    declined = order(cast.own, cast.org, cart, card="tok_declined")
    assert (declined.status, declined.body["status"]) == (201, "declined")
    assert cast.own.get(f"/orders/{declined.body['id']}/cancellation").body["code"] == "not_paid"
    withdrawn = cast.own.delete(f"/orders/{declined.body['id']}")
    assert (withdrawn.status, withdrawn.body["status"]) == (200, "withdrawn")


def test_the_verdict_on_cancelling_says_until_when_and_how_much(cast: Cast) -> None:
    placed = order(cast.own, cast.org, cart_with(cast.own, cast.org, ("designer-business", 1)))
    verdict = cast.own.get(f"/orders/{placed.body['id']}/cancellation", accept_language="fr").body
    assert (verdict["allowed"], verdict["code"], verdict["rule"]) == (True, "cancellable", "R28")
    assert verdict["deadline"] == "2027-03-16"
    assert verdict["refund"] == placed.body["total"]
    assert "16 mars 2027" in verdict["detail"]
