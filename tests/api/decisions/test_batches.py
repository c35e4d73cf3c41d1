"""Several questions in one call (AuthZEN 1.0, access evaluations)."""

from __future__ import annotations

from typing import Any

import pytest

from tenure.base.ids import new_id, public_id
from tenure.organisations.models import Member
from tests.api.decisions.office import Office, make_key
from tests.api.decisions.ports import EVALUATION, EVALUATIONS, Port, post


@pytest.fixture
def ann(office: Office) -> Member:
    """Who may draw, and not run."""
    made = office.member("ann@atelier.example")
    office.give(made)
    return made


def decided(port: Port, key: str, body: object, **headers: str) -> list[Any]:
    reply = post(port, EVALUATIONS, body, key, **headers)
    assert reply.status == 200, reply.content
    assert set(reply.body) == {"evaluations"}
    found: list[Any] = reply.body["evaluations"]
    return found


def outcomes(items: list[Any]) -> list[str]:
    return [
        item["context"]["error"]["code"]
        if "error" in item["context"]
        else item["context"]["reason"]
        for item in items
    ]


def test_each_is_answered_as_alone(port: Port, office: Office, ann: Member, key: str) -> None:
    other = Office("eve@elsewhere.example")
    eve = other.organisation.members.get()
    questions = [
        office.question(ann),
        office.question(ann, "run", "solver"),
        office.question(eve),
        other.question(eve),
        other.question("nobody@nowhere.example"),
        other.question(public_id("mem", new_id())),
        office.question("ANN@atelier.example", "export"),
    ]
    items = decided(port, key, {"evaluations": questions})
    assert items == [post(port, EVALUATION, each, key).body for each in questions]
    assert outcomes(items) == [
        "granted",
        "no_role_with_permission",
        "not_a_member",
        "no_seat",
        "unknown_subject",
        "unknown_subject",
        "granted",
    ]


def test_what_is_left_out_is_the_same_for_all(
    port: Port, office: Office, ann: Member, key: str
) -> None:
    shared = office.question(ann)
    body = {
        **shared,
        "evaluations": [
            {},
            {"action": {"name": "fly"}},
            {"subject": {"type": "member", "id": "nobody@nowhere.example"}},
            {"resource": {"type": "application", "id": "solver"}, "action": {"name": "run"}},
            {"context": {"organisation": public_id("org", new_id())}},
            {"context": {"organisation": office.name}},
        ],
    }
    assert outcomes(decided(port, key, body)) == [
        "granted",
        "no_role_with_permission",
        "unknown_subject",
        "no_role_with_permission",
        "not_found",
        "granted",
    ]


SEMANTICS = [
    ("execute_all", ["draw", "fly", "export"], [True, False, True]),
    ("deny_on_first_deny", ["draw", "fly", "export"], [True, False]),
    ("deny_on_first_deny", ["draw", "export"], [True, True]),
    ("permit_on_first_permit", ["fly", "walk", "draw", "export"], [False, False, True]),
    ("permit_on_first_permit", ["fly"], [False]),
]


@pytest.mark.parametrize(("semantic", "names", "expected"), SEMANTICS)
def test_the_semantics(
    port: Port,
    office: Office,
    ann: Member,
    key: str,
    semantic: str,
    names: list[str],
    expected: list[bool],
) -> None:
    body = {
        **office.question(ann),
        "evaluations": [{"action": {"name": name}} for name in names],
        "options": {"evaluations_semantic": semantic, "another": 1},
    }
    assert [item["decision"] for item in decided(port, key, body)] == expected


def test_an_item_that_cannot_be_judged_is_a_no_of_its_own(
    port: Port, office: Office, ann: Member, key: str
) -> None:
    question = office.question(ann)
    body = {
        "context": question["context"],
        "evaluations": [
            question,
            5,
            {"subject": {"type": "member"}},
            question | {"context": {}},
            question | {"context": {"organisation": office.name, "at_least": 10**9}},
            question,
        ],
    }
    items = decided(port, key, body, accept_language="fr")
    assert [item["decision"] for item in items] == [True, False, False, False, False, True]
    errors = [item["context"]["error"] for item in items[1:5]]
    assert [(error["status"], error["code"]) for error in errors] == [
        (422, "invalid"),
        (422, "invalid"),
        (422, "invalid"),
        (409, "revision_not_reached"),
    ]
    assert "révision" in errors[3]["message"]
    assert [each["field"] for each in errors[1]["field_errors"]] == [
        "subject.id",
        "action",
        "resource",
    ]
    assert errors[2]["field_errors"][0]["field"] == "context.organisation"
    body["options"] = {"evaluations_semantic": "deny_on_first_deny"}
    assert len(decided(port, key, body)) == 2


def test_without_a_list_it_is_one_question(
    port: Port, office: Office, ann: Member, key: str
) -> None:
    question = office.question(ann)
    alone = post(port, EVALUATION, question, key)
    for body in (question, question | {"evaluations": []}):
        assert post(port, EVALUATIONS, body, key).body == alone.body
    beyond = office.question(ann, at_least=10**9)
    assert post(port, EVALUATIONS, beyond, key).status == 409


def test_the_organisation_of_the_key_is_implied(port: Port, office: Office, ann: Member) -> None:
    question = office.question(ann)
    del question["context"]
    other = Office("eve@elsewhere.example")
    questions = [question, office.question(ann), other.question("eve@elsewhere.example")]
    for _ in range(2):
        items = decided(port, make_key(office), {"evaluations": questions})
        assert outcomes(items) == ["granted", "granted", "not_found"]


@pytest.mark.parametrize(
    ("more", "field", "code"),
    [
        ({"evaluations": {}}, "evaluations", "field_not_list"),
        ({"evaluations": [{}] * 1001}, "evaluations", "field_too_long"),
        ({"evaluations": [5] * 1001}, "evaluations", "field_too_long"),
        ({"evaluations": [{}], "options": 1}, "options", "field_not_object"),
        (
            {"evaluations": [{}], "options": {"evaluations_semantic": "x"}},
            "options.evaluations_semantic",
            "field_not_one_of",
        ),
        (
            {"evaluations": [{}], "options": {"evaluations_semantic": ["execute_all"]}},
            "options.evaluations_semantic",
            "field_not_one_of",
        ),
    ],
)
def test_what_makes_no_list(
    port: Port, office: Office, key: str, more: dict[str, Any], field: str, code: str
) -> None:
    reply = post(port, EVALUATIONS, office.question("x@y.example") | more, key)
    assert reply.status == 422
    assert [(each["field"], each["code"]) for each in reply.body["field_errors"]] == [(field, code)]


def test_many_organisations_at_once(port: Port, office: Office, ann: Member, key: str) -> None:
    unknown = [
        office.question(ann) | {"context": {"organisation": public_id("org", new_id())}}
        for _ in range(150)
    ]
    items = decided(port, key, {"evaluations": [*unknown, office.question(ann)]})
    assert outcomes(items) == ["not_found"] * 150 + ["granted"]
