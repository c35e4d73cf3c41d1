"""The same key with the same body gives the first answer again, whatever happens meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from tenure.access.models import Seat
from tenure.api.idempotency import MOST_CHARACTERS
from tenure.billing.models import Payment, SandboxCharge
from tenure.events.models import IdempotencyKey
from tenure.orders.models import Cart, Order
from tenure.organisations.models import Invitation, Organisation
from tenure.subscriptions.models import Subscription
from tests.api.cast import ORGANISATION, Cast, bought, cart_with, order
from tests.api.talking import Reply

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(calls: list[Callable[[], Reply]]) -> list[Reply]:
    """All calls at the same moment, each on a connection of its own."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Reply]) -> Reply:
        barrier.wait()
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(run, call) for call in calls]]


def locks_held() -> int:
    """How many session-level locks anybody keeps."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = "
            "(SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        return int(cursor.fetchone()[0])


def test_what_moves_money_needs_a_key(cast: Cast) -> None:
    cart = cart_with(cast.own, cast.org, ("designer-business", 1))
    unpaid = order(cast.own, cast.org, cart, card="tok_declined")
    body = {"cart": cart.body["id"], "cart_version": 2, "organisation": cast.org}
    pay = {"payment": {"method": "card", "token": "tok_ok"}}
    for path, sent in (("/orders", body), (f"/orders/{unpaid.body['id']}/payments", pay)):
        for headers in ({}, {"idempotency_key": ""}, {"idempotency_key": "  "}):
            for data in (sent, {}):
                reply = cast.own.post(path, data, **headers)
                assert (reply.status, reply.code) == (400, "idempotency_key_required")
                assert reply.body["rule"] == "R16"


def test_a_key_has_a_length_and_can_be_printed(cast: Cast) -> None:
    body = {"audience": "business", "country": "FR"}
    for key in ("x" * (MOST_CHARACTERS + 1), "a\x01b", "é"):
        reply = cast.own.post("/carts", body, idempotency_key=key)
        assert (reply.status, reply.code) == (422, "invalid")
        assert reply.body["field_errors"][0]["field"] == "Idempotency-Key"
    assert cast.own.post("/carts", body, idempotency_key="x" * MOST_CHARACTERS).status == 201


def test_every_post_gives_its_first_answer_again(cast: Cast, subtests: pytest.Subtests) -> None:
    own, vendor, org = cast.own, cast.vendor, cast.org
    sub = bought(own, org)
    member = own.get(f"/organisations/{org}/members").body["data"][0]["id"]
    cart = own.post("/carts", {"audience": "business", "country": "FR"}).body["id"]
    filled = cart_with(own, org, ("designer-business", 1)).body
    waiting = order(
        own, org, cart_with(own, org, ("designer-business", 1)), card="tok_authenticate", key="w"
    ).body
    invite = {"email": "bob@atelier.example", "standing": "member", "roles": ["designer"]}
    sent = vendor.post(f"/organisations/{org}/invitations", invite).body
    purchase = {
        "cart": filled["id"],
        "cart_version": filled["version"],
        "organisation": org,
        "payment": {"method": "card", "token": "tok_ok"},
    }
    calls: list[tuple[str, Any]] = [
        ("/carts", {"audience": "business", "country": "FR"}),
        (
            f"/carts/{cart}/lines",
            {"offer": "designer-business", "term": "year", "quantity": 1},
        ),
        ("/orders", purchase),
        (f"/sandbox/authentications/{waiting['payment']}", {"outcome": "fail"}),
        (
            f"/orders/{waiting['id']}/payments",
            {"payment": {"method": "card", "token": "tok_ok"}},
        ),
        (f"/subscriptions/{sub}/assignments", {"member": member}),
        (f"/invitations/{sent['id']}/resend", None),
        (f"/invitations/{sent['token']}/accept", {}),
        (f"/organisations/{org}/invitations", invite | {"email": "c@d.example", "roles": []}),
        (f"/organisations/{org}/test-clock/advance", {"to": "2027-03-03T00:00:00Z"}),
        ("/organisations", ORGANISATION),
    ]
    for number, (path, body) in enumerate(calls):
        with subtests.test(path=path):
            first = vendor.post(path, body, idempotency_key=f"k{number}")
            assert first.status in {200, 201, 202}, first.text
            counts = rows()
            again = vendor.post(path, body, idempotency_key=f"k{number}", accept_language="fr")
            assert rows() == counts
            assert (again.status, again.text) == (first.status, first.text)
            for name in ("Location", "ETag", "Tenure-Revision", "Content-Type"):
                assert again.headers.get(name) == first.headers.get(name)
            other = vendor.post(path, {"other": 1}, idempotency_key=f"k{number}")
            assert other.status == 422
    assert locks_held() == 0


def rows() -> tuple[int, ...]:
    """How much there is of everything that a POST makes."""
    models = (Cart, Order, Payment, Subscription, Seat, Invitation, Organisation)
    return tuple(model.objects.count() for model in models)


def test_another_body_or_another_call_is_refused(cast: Cast) -> None:
    body = {"audience": "business", "country": "FR"}
    first = cast.own.post("/carts", body, idempotency_key="k")
    reused = cast.own.post("/carts", body | {"country": "DE"}, idempotency_key="k")
    assert (reused.status, reused.code) == (422, "idempotency_key_reused")
    line = {"offer": "designer-business", "term": "year", "quantity": 1}
    elsewhere = cast.own.post(f"/carts/{first.body['id']}/lines", line, idempotency_key="k")
    assert (elsewhere.status, elsewhere.code) == (422, "idempotency_key_reused")


def test_a_body_is_the_same_however_it_is_spaced(cast: Cast) -> None:
    body = {"audience": "business", "country": "FR"}
    first = cast.own.post("/carts", body, idempotency_key="k")
    spaced = json.dumps(dict(reversed(body.items())), indent=4).encode()
    again = cast.own.send_bytes("POST", "/carts", spaced, "application/json", idempotency_key="k")
    assert again.text == first.text


def test_a_key_belongs_to_who_sent_it(cast: Cast) -> None:
    body = {"audience": "business", "country": "FR"}
    mine = cast.own.post("/carts", body, idempotency_key="k")
    theirs = cast.stranger.post("/carts", body, idempotency_key="k")
    assert theirs.body["id"] != mine.body["id"]


def test_a_rule_s_no_is_the_answer_and_stays_it(cast: Cast) -> None:
    cart = cart_with(cast.own, cast.org, ("designer-business", 1))
    body = {"cart": cart.body["id"], "cart_version": 99, "organisation": cast.org}
    first = cast.own.post("/orders", body, idempotency_key="k")
    assert (first.status, first.code) == (409, "cart_changed")
    again = cast.own.post("/orders", body, idempotency_key="k", accept_language="fr")
    assert (again.status, again.text) == (first.status, first.text)
    assert again.headers["Content-Language"] == "en"


def test_what_was_never_understood_is_not_an_answer(cast: Cast) -> None:
    """A key is claimed by a call that could be asked; the same key may then ask it rightly."""
    good = {"audience": "business", "country": "FR"}
    assert cast.own.post("/carts", {}, idempotency_key="k").status == 422
    assert cast.nobody.post("/carts", good, idempotency_key="k").status == 401
    nowhere = good | {"organisation": "org_nothing"}
    assert cast.own.post("/carts", nowhere, idempotency_key="k").status == 404
    assert cast.own.post("/carts", good, idempotency_key="k").status == 201
    assert locks_held() == 0


def test_an_ordered_cart_gives_its_order_to_another_key(cast: Cast) -> None:
    cart = cart_with(cast.own, cast.org, ("designer-business", 1))
    first = order(cast.own, cast.org, cart, key="a")
    second = order(cast.own, cast.org, cart, key="b")
    assert (first.status, second.status) == (201, 200)
    assert second.body == first.body
    assert order(cast.own, cast.org, cart, key="b").status == 200


def test_many_at_once_with_one_key_make_one_order(cast: Cast) -> None:
    cart = cart_with(cast.own, cast.org, ("designer-business", 1))
    replies = at_once([lambda: order(cast.own, cast.org, cart, key="k") for _ in range(12)])
    answered = [reply for reply in replies if reply.status == 201]
    assert answered
    assert {reply.text for reply in answered} == {answered[0].text}
    for reply in replies:
        assert reply.status == 201 or reply.code == "idempotency_key_in_use"
    assert Order.objects.count() == 1
    assert SandboxCharge.objects.count() == 1
    again = order(cast.own, cast.org, cart, key="k")
    assert (again.status, again.text) == (201, answered[0].text)
    assert locks_held() == 0


def test_many_at_once_with_keys_of_their_own_make_one_order(cast: Cast) -> None:
    cart = cart_with(cast.own, cast.org, ("designer-business", 1))
    calls = [lambda n=n: order(cast.own, cast.org, cart, key=f"k{n}") for n in range(12)]
    replies = at_once(calls)
    assert sorted(reply.status for reply in replies) == [200] * 11 + [201]
    assert len({reply.body["id"] for reply in replies}) == 1
    assert Order.objects.count() == 1
    assert SandboxCharge.objects.count() == 1


def test_a_key_in_use_is_told_so(cast: Cast) -> None:
    """Another connection holds the lock of the key, as a first call at work would."""
    from tenure.api.idempotency import _lock_number, asked
    from tenure.organisations.models import ApiKey

    key = ApiKey.objects.get(organisation=cast.company)
    wanted = asked(_request(), scope=key.id, key="k", body={})
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_lock_number(wanted)])
        body = {"audience": "business", "country": "FR"}
        reply = cast.own.post("/carts", body, idempotency_key="k")
        assert (reply.status, reply.code) == (409, "idempotency_key_in_use")
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_lock_number(wanted)])
    finally:
        other.close()
    assert cast.own.post("/carts", body, idempotency_key="k").status == 201


def _request() -> Any:
    from django.test import RequestFactory

    return RequestFactory().post("/api/v1/carts")


@pytest.mark.parametrize("card", ["tok_ok", "tok_declined", "tok_authenticate"])
def test_a_call_cut_short_is_taken_up_where_it_stands(cast: Cast, card: str) -> None:
    """The answer was never kept: the row tells what was made, and that is rendered."""
    cart = cart_with(cast.own, cast.org, ("designer-business", 1))
    first = order(cast.own, cast.org, cart, card=card)
    IdempotencyKey.objects.filter(key="k1").update(status=None, answer=None, headers={})
    again = order(cast.own, cast.org, cart, card=card)
    assert (again.status, again.body) == (first.status, first.body)
    assert SandboxCharge.objects.count() == 1


def test_other_calls_cut_short_are_taken_up_too(cast: Cast, subtests: pytest.Subtests) -> None:
    org, vendor = cast.org, cast.vendor
    sub = bought(vendor, org, quantity=5)
    member = vendor.get(f"/organisations/{org}/members").body["data"][0]["id"]
    invite = {"email": "bob@atelier.example", "standing": "member", "roles": ["designer"]}
    token = vendor.post(f"/organisations/{org}/invitations", invite).body["token"]
    for path, body in (
        (f"/subscriptions/{sub}/assignments", {"member": member}),
        (f"/organisations/{org}/invitations", invite | {"email": "c@d.example"}),
        (f"/invitations/{token}/accept", {"name": "Bob"}),
        ("/organisations", ORGANISATION),
    ):
        with subtests.test(path=path):
            first = vendor.post(path, body, idempotency_key=path)
            assert IdempotencyKey.objects.get(key=path).made
            IdempotencyKey.objects.filter(key=path).update(status=None, answer=None)
            counts = rows()
            again = vendor.post(path, body, idempotency_key=path)
            assert (again.status, without(again.body)) == (first.status, without(first.body))
            assert rows() == counts


def without(body: Any) -> Any:
    """A body without its revision, which may have risen."""
    return {name: value for name, value in body.items() if name != "revision"}


def test_a_payment_cut_short_is_taken_up(cast: Cast) -> None:
    unpaid = order(
        cast.own,
        cast.org,
        cart_with(cast.own, cast.org, ("designer-business", 1)),
        card="tok_declined",
    ).body
    path, pay = f"/orders/{unpaid['id']}/payments", {"method": "card", "token": "tok_ok"}
    first = cast.own.post(path, {"payment": pay}, idempotency_key="p")
    IdempotencyKey.objects.filter(key="p").update(status=None, answer=None)
    again = cast.own.post(path, {"payment": pay}, idempotency_key="p")
    assert (again.status, again.body) == (first.status, first.body)
    assert SandboxCharge.objects.filter(status="captured").count() == 1


def test_what_made_nothing_is_done_again(cast: Cast) -> None:
    """A row without an answer and without anything made: there is nothing to take up."""
    body = {"audience": "business", "country": "FR"}
    cast.own.post("/carts", body, idempotency_key="k")
    IdempotencyKey.objects.filter(key="k").update(status=None, answer=None)
    again = cast.own.post("/carts", body, idempotency_key="k")
    assert again.status == 201
    assert cast.own.post("/carts", body, idempotency_key="k").text == again.text
