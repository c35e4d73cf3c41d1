"""Webhooks by the API: the organisation's own and the vendor's, secrets told once, the log."""

from __future__ import annotations

import pytest

from tenure.base.clock import machine_now
from tenure.base.ids import new_id, public_id
from tenure.notices.webhooks.watch import WebhookWatch
from tests.api.cast import Cast, bought
from tests.notices.receiver import receiver, send_webhooks

pytestmark = pytest.mark.django_db(transaction=True)


def told() -> None:
    """What happened goes out."""
    WebhookWatch().look(now=machine_now())
    send_webhooks(now=machine_now())


def test_an_organisation_looks_after_its_webhooks(cast: Cast) -> None:
    path = f"/organisations/{cast.org}/webhooks"
    with receiver() as program:
        new = {"url": program.url, "name": "ERP", "types": ["order.paid", "subscription.*"]}
        made = cast.own.post(path, new, idempotency_key="w")
        assert (made.status, made.body["enabled"]) == (201, True)
        assert made.body["secret"].startswith("whsec_")
        assert made.headers["Location"] == f"/api/v1/webhooks/{made.body['id']}"
        one = f"/webhooks/{made.body['id']}"
        assert cast.own.post(path, new, idempotency_key="w").body == made.body
        assert "secret" not in cast.own.get(one).body
        assert cast.own.get(path).body["data"] == [cast.own.get(one).body]
        bought(cast.own, cast.org)
        told()
        assert {got.said["type"].split(".")[0] for got in program.got} == {"order", "subscription"}
        log = cast.own.get(f"{one}/deliveries").body["data"]
        assert [row["sequence"] for row in log] == program.numbers()
        assert (log[0]["status"], log[0]["code"]) == ("delivered", 204)
        again = cast.own.post(f"{one}/deliveries/{log[0]['id']}/redelivery", idempotency_key="a")
        assert again.status == 202
        assert cast.own.get(f"{one}/deliveries").body["data"][0]["sent_again"] is True
        cast.own.post(f"{one}/replay", {"after": log[0]["sequence"], "organisation": cast.org})
        told()
        assert sorted(program.numbers()) == sorted([row["sequence"] for row in log] * 2)
    renewed = cast.own.post(f"{one}/secret", idempotency_key="s").body["secret"]
    assert renewed != made.body["secret"]
    off = cast.own.patch(f"{path}/{made.body['id']}", {"enabled": False})
    assert (off.body["disabled_why"], off.body["enabled"]) == ("switched_off", False)
    asleep = cast.own.post(f"{one}/deliveries/{log[0]['id']}/redelivery")
    assert (asleep.status, asleep.code) == (409, "webhook_disabled")
    same = cast.own.patch(one, {"name": "ERP"})
    assert (same.status, same.body["name"]) == (200, "ERP")
    assert cast.own.delete(f"{path}/{made.body['id']}").status == 204
    assert cast.own.get(one).status == 404
    types = [
        event["type"]
        for event in cast.own.get(f"/organisations/{cast.org}/events?limit=200").body["data"]
    ]
    assert [each for each in types if each.startswith("webhook.")] == [
        "webhook.added",
        "webhook.replayed",
        "webhook.secret_renewed",
        "webhook.changed",
        "webhook.removed",
    ]


def test_the_vendor_is_told_of_all_and_bad_wishes_are_explained(cast: Cast) -> None:
    with receiver() as program:
        made = cast.vendor.post("/webhooks", {"url": program.url})
        one = f"/webhooks/{made.body['id']}"
        bought(cast.own, cast.org)
        told()
        assert {got.said["data"]["organisation"] for got in program.got} == {cast.org}
        replayed = {"after": 0, "organisation": cast.org}
        assert cast.vendor.post(f"{one}/replay", replayed).status == 202
        assert cast.vendor.post(f"{one}/replay", {"after": 0}).code == "not_found"
    assert [row["id"] for row in cast.vendor.get("/webhooks").body["data"]] == [made.body["id"]]
    assert made.body["organisation"] is None
    for method, path in (("GET", one), ("PATCH", one), ("GET", "/webhooks"), ("POST", "/webhooks")):
        body = {"url": "https://erp.example.com/"} if method != "GET" else None
        assert cast.own.send(method, path, body).code == "not_found"
    listed = f"/organisations/{cast.org}/webhooks"
    strange = cast.vendor.patch(f"{listed}/{made.body['id']}", {"name": "x"})
    assert strange.code == "not_found"
    mine = cast.own.post(listed, {"url": "https://erp.example.com/"}).body["id"]
    there = {"after": 0, "organisation": public_id("org", cast.other.id)}
    assert cast.vendor.post(f"/webhooks/{mine}/replay", there).code == "not_found"
    nothing = public_id("dlv", new_id())
    assert cast.own.post(f"/webhooks/{mine}/deliveries/{nothing}/redelivery").code == "not_found"
    for body, field, code in (
        ({"url": "https://me:word@erp.example.com/"}, "url", "webhook_address_malformed"),
        ({"url": "https://e.com/", "types": ["order.payed"]}, "types.0", "event_type_unknown"),
        ({}, "url", "field_missing"),
    ):
        refused = cast.own.post(listed, body, accept_language="fr")
        assert refused.status == 422
        assert refused.body["field_errors"][0]["field"] == field
        assert refused.body["field_errors"][0]["code"] == code
    assert cast.vendor.delete(one).status == 204
