"""R31 by HTTP: what is held is taken along, deleted, and one person is erased."""

from __future__ import annotations

import io
import zipfile

from tenure.flows.retention.exporting import make_exports
from tenure.organisations.models import Export
from tests.api.cast import Cast, bought, cart_with, order


def test_what_is_held_is_taken_along(cast: Cast) -> None:
    bought(cast.own, cast.org)
    path = f"/organisations/{cast.org}/export"
    assert cast.stranger.post(path, {}).status == 404
    asked = cast.own.post(path, idempotency_key="once")
    assert (asked.status, asked.body["status"]) == (202, "waiting")
    assert cast.own.post(path, idempotency_key="once").body == asked.body
    where = asked.headers["Location"].removeprefix("/api/v1")
    assert cast.own.get(f"{where}/archive").code == "export_not_ready"
    assert make_exports() == 1
    for api in (cast.own, cast.vendor):
        ready = api.get(where).body
        assert ready["status"] == "ready"
        archive = api.get(ready["download"].removeprefix("/api/v1"))
        assert (archive.status, len(archive.content)) == (200, ready["size"])
    with zipfile.ZipFile(io.BytesIO(archive.content)) as file:
        assert "receipt.json" in file.namelist()
    assert cast.own.get(f"/organisations/{cast.org}/exports").body["data"] == [ready]
    assert {cast.stranger.get(f"{where}{more}").status for more in ("", "/archive")} == {404}
    elsewhere = where.replace(cast.org, ready["id"].replace("exp", "org"))
    assert cast.vendor.get(elsewhere).status == 404


def test_the_vendor_confirms_that_data_are_gone(cast: Cast) -> None:
    org = f"/organisations/{cast.org}"
    done = f"{org}/purge-confirmation"
    assert cast.vendor.post(done).body["code"] == "nothing_kept"
    reply = order(
        cast.own,
        cast.org,
        cart_with(cast.own, cast.org, ("designer-trial", 1), term="trial"),
        card=None,
    )
    assert reply.body["status"] == "paid"
    assert {api.post(done).status for api in (cast.own, cast.stranger)} == {404}
    assert cast.vendor.post(done).body["code"] == "purge_waits_for_subscription"
    advance = f"{org}/test-clock/advance"
    cast.vendor.post(advance, {"to": "2027-04-14T12:00:00Z"})
    early = cast.vendor.post(done).body
    assert (early["code"], early["data_available_until"]) == ("purge_waits_for_data", "2027-04-14")
    assert cast.own.get(org).body["data_available_until"] == "2027-04-14"
    assert cast.own.get(org).body["purge_due_at"] is None
    cast.vendor.post(advance, {"to": "2027-04-15T12:00:00Z"})
    assert cast.own.get(org).body["purge_due_at"] == "2027-04-14T22:00:00Z"
    events = cast.own.get(f"{org}/events?limit=200").body["data"]
    (due,) = [each for each in events if each["type"] == "data.purge_due"]
    assert due["data"] == {"organisation": cast.org, "data_available_until": "2027-04-14"}
    for _ in range(2):
        purged = cast.vendor.post(done)
        assert (purged.status, purged.body["status"]) == (202, "purged")
    seen = cast.vendor.get(org).body
    assert (seen["status"], seen["purged_at"]) == ("purged", purged.body["purged_at"])
    assert seen["name"].startswith("erased-")
    assert cast.own.get(org).status == 401
    assert cast.vendor.patch(org, {"name": "Back"}).status == 404
    cart = {"audience": "business", "country": "FR", "organisation": cast.org}
    assert cast.vendor.post("/carts", cart).status == 404
    assert cast.vendor.post(f"{org}/export").status == 202
    assert cast.vendor.get(f"{org}/members").body["data"][0]["name"] == ""
    assert Export.objects.count() == 1


def test_one_person_is_erased(cast: Cast) -> None:
    members = f"/organisations/{cast.org}/members"
    (owner,) = cast.own.get(members).body["data"]
    assert cast.own.post(f"/members/{owner['id']}/erasure").body["code"] == "last_owner"
    invited = cast.own.post(
        f"/organisations/{cast.org}/invitations",
        {"email": "bob@x.example", "standing": "member", "roles": []},
    )
    assert invited.status == 201
    bob = cast.own.get(members).body["data"][1]
    assert cast.stranger.post(f"/members/{bob['id']}/erasure").status == 404
    for _ in range(2):
        erased = cast.own.post(f"/members/{bob['id']}/erasure")
        assert (erased.status, erased.body["status"]) == (200, "removed")
        assert erased.body["email"].endswith("@erased.invalid")
