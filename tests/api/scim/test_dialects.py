"""What Entra ID, Okta and clumsy providers really send, and how lists are asked for."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenure.base.ids import new_id
from tenure.organisations.models import Member
from tests.api.scim.conftest import World
from tests.shop import START

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


UNREADABLE: list[tuple[str, str, Any, int]] = [
    ("GET", "/Users?filter=userName+eq", None, 400),
    ("GET", "/Users?filter=nothing+eq+1", None, 400),
    ("GET", "/Users?filter=groups.value+co+%22d%22", None, 400),
    ("GET", "/Users?filter=emails.type+gt+%22d%22", None, 400),
    ("GET", "/Users?filter=" + "(" * 3_000, None, 400),
    ("GET", "/Users?filter=" + "not+(" * 300 + "id+pr" + ")" * 300, None, 400),
    ("GET", "/Users?sortBy=groups", None, 400),
    ("GET", "/Users?sortBy=nothing", None, 400),
    ("GET", "/Users?count=x", None, 400),
    ("GET", "/Users?count=1&count=2", None, 400),
    ("GET", "/Users?count=-1&startIndex=-9", None, 200),
    ("GET", "/", None, 501),
    ("GET", "/Me", None, 501),
    ("POST", "/Bulk", {}, 501),
    ("POST", "/Schemas", {}, 405),
    ("GET", "/Nowhere", None, 404),
    ("GET", "/Users/%00", None, 404),
    ("GET", "/users/mem_zz", None, 404),
    ("GET", "/Groups/%F0%9F", None, 404),
    ("POST", "/Users", b"{", 400),
    ("POST", "/Users", b"\xff", 400),
    ("POST", "/Users", b"[" * 100_000, 400),
    ("POST", "/Users", b'{"a":' * 100_000, 400),
    ("POST", "/Users", [], 400),
    ("POST", "/Users", {}, 400),
    ("POST", "/Users", {"userName": 5}, 400),
    ("POST", "/Users", {"userName": "bob"}, 400),
    ("POST", "/Users", {"userName": "b\0b@a.example"}, 400),
    ("POST", "/Users", {"userName": "b\ud800@a.example"}, 400),
    ("POST", "/Users", {"userName": "b" * 300 + "@a.example"}, 400),
    ("POST", "/Users", {"userName": "b@a.example", "displayName": "x" * 201}, 400),
    ("POST", "/Users", {"userName": "b@a.example", "displayName": "x\0"}, 400),
    ("POST", "/Users", {"userName": "b@a.example", "externalId": "x" * 201}, 400),
    ("POST", "/Users", {"userName": "b@a.example", "active": "maybe"}, 400),
    ("POST", "/Users", {"schemas": ["urn:x:y"], "userName": "b@a.example"}, 400),
    ("POST", "/Users", b" " * 1_100_000, 413),
]


def shown(world: World, user: str) -> tuple[Any, Any, Any]:
    body = world.okta.get(f"/Users/{user}").body
    return body.get("displayName"), body.get("externalId"), body["active"]


def test_entra(world: World) -> None:
    made = world.okta.create(
        "Bob@Atelier.example",
        active="True",
        displayName="Bob",
        externalId="bob",
        emails=[{"primary": True, "type": "work", "value": "Bob.Other@atelier.example"}],
        name={"formatted": "Bob B", "familyName": "B", "givenName": "Bob"},
        title="Engineer",
        schemas=["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
        **{ENTERPRISE: {"department": "X", "manager": {"value": "boss"}}},
    )
    assert made.status == 201
    assert made.body["emails"][0]["value"] == "bob@atelier.example"
    assert "title" not in made.body
    user, path = made.body["id"], f"/Users/{made.body['id']}"
    said = world.okta.patch(
        path,
        {"op": "Replace", "path": "displayName", "value": "Robert"},
        {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "r@atelier.example"},
        {"op": "Add", "path": "name.givenName", "value": "Robert"},
        {"op": "Add", "path": f"{ENTERPRISE}:department", "value": "Y"},
        {"op": "Replace", "path": "active", "value": "False"},
    )
    assert said.status == 204
    assert shown(world, user) == ("Robert", "bob", False)
    for value in (True, "True", [{"value": "True"}], [True]):
        assert world.okta.patch(path, {"op": "Add", "path": "active", "value": value}).status == 204
        assert shown(world, user)[2] is True
    only_past = world.okta.patch(path, {"op": "replace", "path": "title", "value": "Boss"})
    assert only_past.status == 204
    named = world.okta.patch(
        path,
        {"op": "replace", "path": "name.givenName", "value": "Ann"},
        {"op": "replace", "path": "name.familyName", "value": "Lee"},
    )
    assert named.status == 204
    assert shown(world, user)[0] == "Ann Lee"
    absent = {"excludedAttributes": "members"}
    assert "members" not in world.okta.get("/Groups/designer", **absent).body
    asked = f'id eq "designer" and members eq "{user}"'
    assert world.okta.found("/Groups", filter=asked) == []


def test_okta(world: World) -> None:
    assert (
        world.okta.found(filter='userName eq "Bob@atelier.example"', startIndex=1, count=100) == []
    )
    user = world.okta.user(
        "bob@atelier.example",
        name={"givenName": "Bob", "familyName": "Lee"},
        emails=[{"primary": True, "value": "bob@atelier.example", "type": "work"}],
        password="secret",
        groups=[],
        locale="en-US",
        active=True,
    )
    assert shown(world, user) == ("Bob Lee", None, True)
    body = world.okta.get(f"/Users/{user}").body
    assert world.okta.found(filter='userName eq "Bob@atelier.example"') == ["bob@atelier.example"]
    put = world.okta.send("PUT", f"/Users/{user}", body | {"displayName": "B", "externalId": "00u"})
    assert put.status == 200
    assert shown(world, user) == ("B", "00u", True)
    off = {"op": "replace", "value": {"active": False}}
    assert world.okta.patch(f"/Users/{user}", off).status == 204
    assert shown(world, user) == ("B", "00u", False)
    assert world.okta.send("PUT", f"/Users/{user}", body).status == 200
    whole = {
        "id": user,
        "userName": "BOB@atelier.example",
        "meta": {},
        "emails": [],
        "active": True,
    }
    assert world.okta.patch(f"/Users/{user}", {"op": "replace", "value": whole}).status == 204


def test_filters_orders_and_pages(world: World) -> None:
    okta = world.okta
    okta.user("bob@atelier.example", displayName="Bob", externalId="B-1")
    ann = okta.user("ann@atelier.example", displayName="Ann", active=False)
    okta.patch(
        "/Groups/designer",
        {"op": "add", "path": "members", "value": [{"value": okta.user("eve@atelier.example")}]},
    )
    people = {"ada@atelier.example", "ann@atelier.example", "bob@atelier.example"}
    everybody = people | {"eve@atelier.example"}
    for asked, expected in {
        'externalId eq "B-1"': {"bob@atelier.example"},
        'externalId eq "b-1"': set(),
        "externalId pr": {"bob@atelier.example"},
        "not (externalId pr)": everybody - {"bob@atelier.example"},
        "externalId eq null": everybody - {"bob@atelier.example"},
        "active eq false": {"ann@atelier.example"},
        "active ne false": everybody - {"ann@atelier.example"},
        'active eq "True"': everybody - {"ann@atelier.example"},
        'USERNAME sw "A" and not (active eq true)': {"ann@atelier.example"},
        'displayName co "o" or displayName eq "ann"': {
            "bob@atelier.example",
            "ann@atelier.example",
        },
        'name.formatted ew "b"': {"bob@atelier.example"},
        "displayName pr": people,
        'emails[type eq "work" and value co "bob"]': {"bob@atelier.example"},
        'emails co "bob"': {"bob@atelier.example"},
        'emails.type eq "home"': set(),
        f'id eq "{ann}"': {"ann@atelier.example"},
        f'id ne "{ann}"': everybody - {"ann@atelier.example"},
        'id eq "nobody"': set(),
        'groups eq "designer"': {"eve@atelier.example"},
        'groups[display eq "concepteur"]': {"eve@atelier.example"},
        "groups pr": {"eve@atelier.example"},
        'meta.created gt "2027-02-01T00:00:00Z"': everybody,
        'meta.created lt "2027-02-01T00:00:00Z"': set(),
        'meta.resourceType eq "User"': everybody,
        "meta.lastModified pr": set(),
        'urn:ietf:params:scim:schemas:core:2.0:User:userName ge "c"': {"eve@atelier.example"},
        'userName eq "a\\u0000b"': set(),
        'userName ne "a\\ud800b"': everybody,
    }.items():
        assert set(okta.found(filter=asked)) == expected, asked
    assert okta.found(sortBy="userName", sortOrder="descending", count=2) == [
        "eve@atelier.example",
        "bob@atelier.example",
    ]
    assert okta.found(sortBy="active", sortOrder="ascending")[0] == "ann@atelier.example"
    page = okta.get("/Users", startIndex=2, count=2, sortBy="emails.value").body
    assert [each["userName"] for each in page["Resources"]] == [
        "ann@atelier.example",
        "bob@atelier.example",
    ]
    assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (4, 2, 2)
    assert okta.get("/Users", count=0).body["totalResults"] == 4
    assert okta.found(startIndex=10**30) == []
    only = okta.get("/Users", attributes="userName").body["Resources"][0]
    assert set(only) == {"schemas", "id", "userName"}
    sought = {"filter": 'userName sw "b"', "attributes": ["userName"]}
    assert okta.send("POST", "/users/.search", sought).body["totalResults"] == 1
    assert okta.found("/Groups", sortBy="displayName", sortOrder="descending")[0] == "Concepteur"


def test_what_cannot_be_read_is_said(world: World) -> None:
    for method, path, body, status in UNREADABLE:
        said = world.okta.send(method, path, body)
        assert said.status == status, (method, path[:80], str(body)[:80], said.body)


def test_a_clumsy_patch(world: World) -> None:
    user = world.okta.user("bob@atelier.example", displayName="Bob")
    path = f"/Users/{user}"
    many = [{"op": "add", "path": "displayName", "value": "x"}] * 1_001
    for operations, status in (
        ([{"op": "move", "path": "active"}], 400),
        ([{"op": "replace", "path": "active[", "value": 1}], 400),
        ([{"op": "replace", "path": "x" * 3_000, "value": 1}], 400),
        ([{"op": "replace", "path": "active"}], 400),
        ([{"op": "remove"}], 400),
        ([{"op": "remove", "path": "userName"}], 400),
        ([{"op": "replace", "value": "text"}], 400),
        ([{"op": "replace", "path": "displayName", "value": {"x": 1}}], 400),
        ([{"op": "replace", "path": "displayName", "value": "a\0b"}], 400),
        ([7], 400),
        ([], 400),
        (many, 413),
        ([{"op": "replace", "path": "nothing.at.all", "value": 1}], 400),
        ([{"op": "replace", "path": "nothing", "value": 1}], 204),
        ([{"op": "remove", "path": "externalId"}], 204),
        ([{"op": "add", "path": "displayName", "value": "Bob"}] * 51, 204),
    ):
        said = world.okta.patch(path, *operations)  # type: ignore[arg-type]
        assert said.status == status, (operations, said.body)
    assert shown(world, user) == ("Bob", None, True)
    for body in (b"7", b"{}", b'{"Operations": 5}', b"{"):
        assert world.okta.send("PATCH", path, body).status == 400


def test_five_hundred_cost_as_many_statements_as_one(world: World) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            world.okta.get("/Users", count=200)
        return len(asked)

    world.okta.get("/Users")
    before = statements()
    Member.objects.bulk_create(
        Member(
            id=new_id(),
            organisation=world.company,
            email=f"p{number}@atelier.example",
            standing="member",
            status="active",
            created_at=START,
        )
        for number in range(499)
    )
    assert statements() == before
    assert before < 15
    last = world.okta.get("/Users", startIndex=401, count=200).body
    assert (last["totalResults"], last["itemsPerPage"]) == (500, 100)
