"""Users of SCIM are members: brought in, suspended, removed, brought back (R36, R37)."""

from __future__ import annotations

from tenure.access.models import Seat
from tenure.base.clock import machine_now
from tenure.base.ids import public_id
from tenure.events.models import Event
from tenure.flows.invitations import withdraw_invitation
from tenure.flows.members import change_member
from tenure.flows.verify.run import verify
from tenure.notices.models import Mail
from tenure.organisations.models import Invitation, Member, User
from tenure.organisations.rules import Standing
from tests.api.scim.conftest import World
from tests.api.scim.provider import IdentityProvider
from tests.flows.worlds import invited
from tests.notices.made import make_all
from tests.shop import START, owner_of


def types(world: World) -> list[str]:
    rows = Event.objects.filter(organisation_id=world.company.id, type__startswith="member.")
    return list(rows.order_by("sequence").values_list("type", flat=True))


def test_who_is_brought_in_is_active_at_once(world: World) -> None:
    said = world.okta.create(" Bob@Atelier.example", displayName="Bob", externalId="00u1")
    assert said.status == 201
    assert said.headers["Location"].endswith(f"/scim/v2/Users/{said.body['id']}")
    assert said.body["userName"] == said.body["emails"][0]["value"] == "bob@atelier.example"
    assert said.body["active"] is True
    row = world.member(said.body["id"])
    assert (row.status, row.standing, row.name) == ("active", "member", "Bob")
    assert row.external_id == "00u1"
    assert row.provisioned_at is not None
    assert row.user is not None
    event = Event.objects.get(type="member.provisioned")
    assert event.by.startswith("key:key_")
    assert "bob" not in str(event.data)
    make_all()
    mail = Mail.objects.get(to="bob@atelier.example")
    assert mail.kind == "member_provisioned"
    again = world.okta.create("BOB@atelier.example")
    assert (again.status, again.body["scimType"]) == (409, "uniqueness")
    other = world.okta.create("eve@atelier.example", externalId="00u1")
    assert (other.status, other.body["scimType"]) == (409, "uniqueness")
    assert world.stranger.create("bob@atelier.example", externalId="00u1").status == 201


def test_a_name_known_elsewhere_is_not_told(world: World) -> None:
    world.stranger.user("bob@atelier.example", displayName="Robert of Elsewhere")
    said = world.okta.create("bob@atelier.example")
    assert "displayName" not in said.body
    assert world.member(said.body["id"]).name == ""
    invited(world.company, "rob@elsewhere.example", "designer")
    world.stranger.user("rob@elsewhere.example", displayName="Rob of Elsewhere")
    user = world.okta.user("rob@elsewhere.example")
    assert world.member(user).name == ""
    world.okta.patch(f"/Users/{user}", {"op": "replace", "path": "displayName", "value": "R"})
    assert User.objects.get(email="rob@elsewhere.example").name == "Rob of Elsewhere"


def test_suspended_restored_removed_and_brought_back(world: World) -> None:
    okta = world.okta
    user = okta.user("bob@atelier.example", externalId="x1")
    path = f"/Users/{user}"
    okta.patch("/Groups/designer", {"op": "add", "path": "members", "value": [{"value": user}]})
    change_member(
        member=world.member(user).id,
        standing=Standing.ADMINISTRATOR,
        may_give_ownership=True,
        now=START,
        by="test",
    )
    assert okta.patch(path, {"op": "replace", "path": "active", "value": False}).status == 204
    assert world.member(user).status == "suspended"
    assert Seat.objects.filter(member=world.member(user)).count() == 1
    assert okta.patch(path, {"op": "replace", "value": {"active": True}}).status == 204
    assert world.member(user).status == "active"
    assert okta.send("DELETE", path).status == 204
    assert not Seat.objects.filter(member=world.member(user)).exists()
    for method, body in (("GET", None), ("DELETE", None), ("PUT", {"userName": "x@y.example"})):
        assert okta.send(method, path, body).status == 404
    assert okta.found(filter='userName eq "bob@atelier.example"') == []
    assert okta.user("new@atelier.example", externalId="x1") != user
    assert okta.user("bob@atelier.example") == user
    assert world.member(user).standing == "member"
    assert types(world)[-1] == "member.provisioned"
    assert [each.check.name for each in verify(now=machine_now()) if not each.holds] == []


def test_an_invitation_is_taken_up_with_its_seats(world: World) -> None:
    invitation = invited(world.company, "bob@atelier.example", "designer")
    (shown,) = world.okta.get("/Users", filter='userName eq "bob@atelier.example"').body[
        "Resources"
    ]
    assert shown["active"] is False
    user = world.okta.user("bob@atelier.example", displayName="Bob")
    assert user == shown["id"]
    assert Invitation.objects.get(id=invitation.id).status == "accepted"
    assert Seat.objects.filter(member=world.member(user)).count() == 1
    second = invited(world.company, "ann@atelier.example", "designer")
    (ann,) = world.okta.get("/Users", filter='userName sw "ann"').body["Resources"]
    path = f"/Users/{ann['id']}"
    assert (
        world.okta.patch(path, {"op": "replace", "path": "active", "value": "false"}).status == 204
    )
    assert Invitation.objects.get(id=second.id).status == "pending"
    assert (
        world.okta.patch(path, {"op": "Replace", "path": "active", "value": "True"}).status == 204
    )
    assert world.member(ann["id"]).status == "active"
    gone = invited(world.company, "gone@atelier.example")
    linked = {"op": "add", "path": "externalId", "value": "z9"}
    assert world.okta.patch(f"/Users/{public_id('mem', gone.member_id)}", linked).status == 204
    withdraw_invitation(invitation=gone.id, now=START, by="test")
    world.okta.user("other@atelier.example", externalId="z9")
    late = invited(world.company, "late@atelier.example")
    Invitation.objects.filter(id=late.id).update(expires_at=START)
    world.okta.user("late@atelier.example")
    assert Invitation.objects.get(id=late.id).status == "expired"
    assert [each.check.name for each in verify(now=machine_now()) if not each.holds] == []


def test_owners_are_left_to_owners(world: World) -> None:
    owner = f"/Users/{world.okta.get('/Users').body['Resources'][0]['id']}"
    assert world.member(owner.removeprefix("/Users/")) == owner_of(world.company)
    for said in (
        world.okta.send("DELETE", owner),
        world.okta.patch(owner, {"op": "replace", "path": "active", "value": "False"}),
    ):
        assert said.status == 409
        assert "last_owner" in said.detail
    second = world.okta.user("bob@atelier.example")
    change_member(
        member=world.member(second).id,
        standing=Standing.OWNER,
        may_give_ownership=True,
        now=START,
        by="test",
    )
    assert "owners_alone" in world.okta.send("DELETE", f"/Users/{second}").detail
    assert world.okta.send("GET", owner).status == 200


def test_an_address_stays(world: World) -> None:
    user = world.okta.user("bob@atelier.example", displayName="Bob", externalId="x")
    path = f"/Users/{user}"
    moved = world.okta.patch(path, {"op": "replace", "path": "userName", "value": "new@a.example"})
    assert (moved.status, moved.body["scimType"]) == (400, "mutability")
    assert "scim_address_stays" in moved.detail
    moved = world.okta.patch(path, {"op": "replace", "value": {"userName": "new@a.example"}})
    assert "scim_address_stays" in moved.detail
    put = world.okta.send("PUT", path, {"userName": "new@a.example", "active": True})
    assert "scim_address_stays" in put.detail
    kept = world.okta.send("PUT", path, {"userName": "BOB@atelier.example"})
    assert kept.status == 200
    assert (kept.body["displayName"], kept.body["externalId"], kept.body["active"]) == (
        "Bob",
        "x",
        True,
    )
    assert world.okta.send("PUT", path, {"userName": "bob@atelier.example", "active": False})
    assert world.okta.send("PUT", path, {"userName": "bob@atelier.example"}).body["active"] is False


def test_versions(world: World) -> None:
    user = world.okta.create("bob@atelier.example", displayName="Bob")
    path, tag = f"/Users/{user.body['id']}", user.headers["ETag"]
    renamed = {"op": "replace", "path": "displayName", "value": "Robert"}
    assert world.okta.send("GET", path, if_none_match=tag).status == 304
    assert world.okta.patch(path, renamed, if_match=tag).status == 204
    assert world.okta.patch(path, renamed, if_match=tag).status == 412
    assert types(world)[-1] == "member.details_changed"
    group = world.okta.get("/Groups/analyst").headers["ETag"]
    into = {"op": "add", "path": "members", "value": [{"value": user.body["id"]}]}
    alone = world.okta.get(path).headers["ETag"]
    assert world.okta.patch("/Groups/analyst", into, if_match=group).status == 204
    assert world.okta.send("GET", path, if_none_match=alone).status == 200
    assert world.okta.patch(path, {**renamed, "value": "Bo"}, if_match=alone).status == 412
    away = {"op": "remove", "path": "members"}
    assert world.okta.patch("/Groups/analyst", away, if_match=group).status == 412
    assert world.okta.send("DELETE", path, if_match=tag).status == 412
    before = Event.objects.count()
    assert world.okta.patch(path, renamed).status == 204
    assert Event.objects.count() == before


def test_only_a_key_of_the_organisation_comes_in(world: World) -> None:
    user = world.okta.user("bob@atelier.example")
    path = f"/Users/{user}"
    assert IdentityProvider(None).get("/Users").status == 401
    assert IdentityProvider("wrong").get("/ServiceProviderConfig").status == 401
    refused = world.vendor.get("/Users")
    assert refused.status == 403
    assert "scim_key_of_organisation" in refused.detail
    for said in (
        world.stranger.get(path),
        world.stranger.send("DELETE", path),
        world.stranger.send("PUT", path, {"userName": "bob@atelier.example", "active": True}),
        world.stranger.patch(path, {"op": "replace", "path": "active", "value": False}),
        world.stranger.get("/Groups/designer"),
        world.stranger.patch("/Groups/designer", {"op": "remove", "path": "members"}),
    ):
        assert said.status == 404
    assert world.stranger.found() == ["eve@elsewhere.example"]
    assert world.stranger.found("/Groups") == []
    assert Member.objects.get(email="bob@atelier.example").status == "active"
