"""Groups of SCIM are roles: adding takes a free seat, removing frees it (R36 to R38)."""

from __future__ import annotations

from typing import Any

from tenure.access.models import Seat
from tenure.base.ids import public_id
from tenure.events.models import Event
from tenure.flows.policy import bring_into_force
from tests.api.scim.conftest import World
from tests.flows.crowd import at_once
from tests.shop import START, subscribe


def held(world: World, role: str = "designer") -> list[str]:
    body = world.okta.get(f"/Groups/{role}").body
    return [each["value"] for each in body.get("members", [])]


def add(*users: str) -> dict[str, Any]:
    return {"op": "Add", "path": "members", "value": [{"value": each} for each in users]}


def test_groups_are_the_roles_that_were_bought(world: World) -> None:
    assert world.okta.found("/Groups") == ["Analyste", "Concepteur"]
    assert world.okta.found("/Groups", filter='displayName eq "concepteur"') == ["Concepteur"]
    made = world.okta.send("POST", "/Groups", {"displayName": "Engineering"})
    assert (made.status, made.headers["Allow"]) == (405, "GET")
    assert "scim_groups_are_roles" in made.detail
    assert world.okta.send("DELETE", "/Groups/designer").status == 405
    renamed = {"op": "replace", "value": {"id": "x", "displayName": "Design team"}}
    assert world.okta.patch("/Groups/designer", renamed).status == 204
    assert world.okta.get("/Groups/designer").body["displayName"] == "Concepteur"


def test_adding_takes_a_free_seat_and_removing_frees_it(world: World) -> None:
    bob, ann, eve = (world.okta.user(f"{name}@atelier.example") for name in ("bob", "ann", "eve"))
    assert world.okta.patch("/Groups/designer", add(bob)).status == 204
    assert world.okta.patch("/Groups/designer", add(bob, ann)).status == 204
    assert sorted(held(world)) == sorted([bob, ann])
    full = world.okta.patch("/Groups/designer", add(eve))
    assert full.status == 409
    assert "no_free_seat" in full.detail
    assert "buy one" in full.detail
    groups = world.okta.get(f"/Users/{bob}").body["groups"]
    assert [(each["value"], each["display"]) for each in groups] == [("designer", "Concepteur")]
    by_value = {"op": "Remove", "path": "members", "value": [{"value": bob}]}
    by_filter = {"op": "remove", "path": f'members[value eq "{ann}"]'}
    assert world.okta.patch("/Groups/designer", by_value).status == 204
    assert held(world) == [ann]
    assert world.okta.patch("/Groups/designer", by_filter, add(eve)).status == 204
    assert held(world) == [eve]
    put = world.okta.send(
        "PUT", "/Groups/designer", {"displayName": "x", "members": [{"value": ann}]}
    )
    assert [each["value"] for each in put.body["members"]] == [ann]
    assert world.okta.send("PUT", "/Groups/designer", {"displayName": "x"}).status == 200
    assert held(world) == [ann]
    assert world.okta.send("PUT", "/Groups/designer", {"members": []}).status == 200
    assert held(world) == []
    assert Event.objects.filter(type="seat.assigned", by__startswith="key:").count() == 4


def test_the_next_decision_knows(world: World) -> None:
    user = world.okta.user("bob@atelier.example")

    def may(after: int) -> bool:
        asked = {
            "subject": {"type": "member", "id": user},
            "action": {"name": "draw"},
            "resource": {"type": "application", "id": "modeller"},
            "context": {"organisation": public_id("org", world.company.id), "at_least": after},
        }
        said = world.okta.decide(asked)
        assert said["context"]["revision"] == after
        return bool(said["decision"])

    group, away = "/Groups/designer", {"op": "remove", "path": f'members[value eq "{user}"]'}
    for path, operation, expected in (
        (group, add(user), True),
        (f"/Users/{user}", {"op": "replace", "path": "active", "value": False}, False),
        (f"/Users/{user}", {"op": "replace", "path": "active", "value": True}, True),
        (group, away, False),
    ):
        said = world.okta.patch(path, operation)
        assert may(int(said.headers["Tenure-Revision"])) is expected


def test_all_or_nothing(world: World) -> None:
    bob, ann = world.okta.user("bob@atelier.example"), world.okta.user("ann@atelier.example")
    stranger = world.stranger.user("mallory@elsewhere.example")
    for wrong in (stranger, "mem_0000000000000000000000000a"):
        said = world.okta.patch("/Groups/designer", add(bob, wrong))
        assert (said.status, said.body["scimType"]) == (400, "invalidValue")
        assert "scim_no_such_user" in said.detail
    for nonsense in ("designer", "", None, 7):
        said = world.okta.patch("/Groups/designer", add(bob, nonsense))  # type: ignore[arg-type]
        assert said.status == 400
    world.okta.patch(f"/Users/{ann}", {"op": "replace", "path": "active", "value": False})
    assert "member_not_active" in world.okta.patch("/Groups/designer", add(bob, ann)).detail
    assert held(world) == []


def test_a_locked_seat_stays(world: World) -> None:
    bring_into_force(source="[seats]\nlock_days = 30\n", now=START, by="command")
    subscribe(world.other, "analyst-business")
    bob = world.stranger.user("bob@elsewhere.example")
    assert world.stranger.patch("/Groups/analyst", add(bob)).status == 204
    Seat.objects.filter(member__email="bob@elsewhere.example").update(first_used_on=START.date())
    said = world.stranger.patch("/Groups/analyst", {"op": "remove", "path": "members"})
    assert said.status == 409
    assert "seat_locked" in said.detail
    assert "March 31, 2027" in said.detail
    assert world.stranger.send("DELETE", f"/Users/{bob}").status == 204


def test_who_adds_at_the_same_moment_undoes_nothing(world: World) -> None:
    users = [world.okta.user(f"p{n}@atelier.example") for n in range(3)]
    said = at_once(3, lambda n: world.okta.patch("/Groups/designer", add(users[n])).status)
    assert sorted(said) == [204, 204, 409]
    assert len(held(world)) == 2
    said = at_once(3, lambda _: world.okta.create("one@atelier.example").status)
    assert sorted(said) == [201, 409, 409]


def test_many_operations_are_one_change(world: World) -> None:
    bob, ann = world.okta.user("bob@atelier.example"), world.okta.user("ann@atelier.example")
    away = {"op": "remove", "path": f'members[value eq "{bob}"]'}
    said = world.okta.patch("/Groups/designer", *[add(bob), away] * 400, add(ann))
    assert said.status == 204
    assert held(world) == [ann]
    assert Event.objects.filter(type__in=["seat.assigned", "seat.freed"]).count() == 1
    unusual = {"op": "remove", "path": 'members[type eq "User"]'}
    assert world.okta.patch("/Groups/designer", *[unusual] * 51).status == 413
    into = {"op": "add", "value": {"members": {"value": bob}}}
    assert world.okta.patch("/Groups/designer", into).status == 204
    assert sorted(held(world)) == sorted([ann, bob])
    assert world.okta.patch("/Groups/designer", unusual).status == 204
    assert held(world) == []
