"""Every reason of R41 over HTTP, on a node and on the main port alike."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tenure.base.clock import machine_now
from tenure.base.ids import new_id, public_id
from tenure.organisations.models import User
from tests.api.decisions.office import Office
from tests.api.decisions.ports import EVALUATION, Port, post
from tests.shop import START


def asked(port: Port, key: str, question: object) -> tuple[bool, dict[str, Any]]:
    reply = post(port, EVALUATION, question, key)
    assert reply.status == 200, reply.content
    assert reply.headers["content-type"] == "application/json"
    assert set(reply.body) == {"decision", "context"}
    return reply.body["decision"], reply.body["context"]


def test_granted_until_the_paid_time_ends(port: Port, office: Office, key: str) -> None:
    ann = office.member("ann@atelier.example")
    office.give(ann)
    revision = office.touch()
    assert asked(port, key, office.question(ann)) == (
        True,
        {"reason": "granted", "revision": revision, "valid_until": "2028-02-29T23:00:00Z"},
    )
    by_address = office.question("Ann@Atelier.Example", "export")
    assert asked(port, key, by_address)[1]["reason"] == "granted"


def test_a_paid_continuation_counts_already(port: Port, office: Office, key: str) -> None:
    ann = office.member("ann@atelier.example")
    office.give(ann, end=date(2027, 4, 1))
    office.give(ann, "bench-business", first=date(2027, 4, 1), end=date(2027, 5, 1))
    _, context = asked(port, key, office.question(ann))
    assert context["valid_until"] == "2027-04-30T22:00:00Z"


@pytest.mark.parametrize(
    "name",
    [
        *("mem_", "mem_x", "nobody", "", "org_01h455vb4pex5vsknk084sn02q"),
        *("MEM_" + "0" * 26, "mem_" + "8" * 26, "mem_" + "0" * 25 + "u"),
        *("nobody@nowhere.example", "a@b\x00c", "@", "é@é.example", "x@" + "y" * 300, "😀@z"),
    ],
)
def test_unknown_subject(port: Port, office: Office, key: str, name: str) -> None:
    decision, context = asked(port, key, office.question(name))
    assert (decision, context["reason"], context["valid_until"]) == (False, "unknown_subject", None)


def test_unknown_subject_by_an_id_of_nobody(port: Port, office: Office, key: str) -> None:
    stranger = public_id("mem", new_id())
    assert asked(port, key, office.question(stranger))[1]["reason"] == "unknown_subject"


def test_a_subject_that_is_no_member_is_not_known(port: Port, office: Office, key: str) -> None:
    question = office.question(office.member("ann@atelier.example"))
    question["subject"]["type"] = "user"
    assert asked(port, key, question)[1]["reason"] == "unknown_subject"


def test_not_a_member(port: Port, office: Office, key: str) -> None:
    other = Office("eve@elsewhere.example")
    eve = other.organisation.members.get()
    assert asked(port, key, office.question(eve))[1]["reason"] == "not_a_member"
    assert asked(port, key, office.question(eve.email))[1]["reason"] == "not_a_member"
    User.objects.create(email="login@only.example", name="L", created_at=START)
    assert asked(port, key, office.question("login@only.example"))[1]["reason"] == "not_a_member"


@pytest.mark.parametrize("status", ["invited", "suspended", "removed"])
def test_member_not_active(port: Port, office: Office, key: str, status: str) -> None:
    ann = office.member("ann@atelier.example", status)
    office.give(ann)
    office.change(suspended_at=START)
    assert asked(port, key, office.question(ann))[1]["reason"] == "member_not_active"


def test_organisation_suspended(port: Port, office: Office, key: str) -> None:
    ann = office.member("ann@atelier.example")
    office.change(suspended_at=START)
    assert asked(port, key, office.question(ann))[1]["reason"] == "organisation_suspended"


def test_no_seat(port: Port, office: Office, key: str) -> None:
    ann = office.member("ann@atelier.example")
    assert asked(port, key, office.question(ann))[1]["reason"] == "no_seat"


@pytest.mark.parametrize(
    ("permission", "application"),
    [("run", "solver"), ("unheard-of", "modeller"), ("draw", "unheard-of"), ("", "")],
)
def test_no_role_with_permission(
    port: Port, office: Office, key: str, permission: str, application: str
) -> None:
    ann = office.member("ann@atelier.example")
    office.give(ann)
    question = office.question(ann, permission, application)
    assert asked(port, key, question)[1]["reason"] == "no_role_with_permission"


def test_only_applications_can_be_asked_about(port: Port, office: Office, key: str) -> None:
    ann = office.member("ann@atelier.example")
    office.give(ann)
    question = office.question(ann)
    question["resource"]["type"] = "document"
    assert asked(port, key, question)[1]["reason"] == "no_role_with_permission"


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        (datetime(2027, 2, 28, 22, 59, 59, 999999, tzinfo=UTC), "no_current_period"),
        (datetime(2027, 2, 28, 23, 0, tzinfo=UTC), "granted"),
        (datetime(2028, 2, 29, 22, 59, 59, 999999, tzinfo=UTC), "granted"),
        (datetime(2028, 2, 29, 23, 0, tzinfo=UTC), "retention"),
        (datetime(2028, 3, 15, 22, 59, 59, 999999, tzinfo=UTC), "retention"),
        (datetime(2028, 3, 15, 23, 0, tzinfo=UTC), "no_current_period"),
    ],
)
def test_to_the_instant_by_the_test_clock(
    port: Port, office: Office, key: str, now: datetime, reason: str
) -> None:
    ann = office.member("ann@atelier.example")
    office.give(ann)
    office.change(test_clock=now)
    decision, context = asked(port, key, office.question(ann))
    assert (decision, context["reason"]) == (reason == "granted", reason)
    assert context.get("data_available_until") == ("2028-03-15" if reason == "retention" else None)


def test_what_was_cancelled_keeps_its_data(port: Port, office: Office, key: str) -> None:
    ann = office.member("ann@atelier.example")
    office.give(ann, cancelled=True, data_until=date(2027, 3, 15))
    _, context = asked(port, key, office.question(ann))
    assert (context["reason"], context["data_available_until"]) == ("retention", "2027-03-15")


def test_others_live_by_the_time_of_the_database(port: Port, shop: None, key: str) -> None:
    office = Office("live@atelier.example", clock=None)
    ann, ben = office.member("ann@live.example"), office.member("ben@live.example")
    today = machine_now().date()
    office.give(ann, first=today - timedelta(days=2), end=today + timedelta(days=2))
    office.give(ben, first=today - timedelta(days=9), end=today - timedelta(days=2))
    assert asked(port, key, office.question(ann))[1]["reason"] == "granted"
    assert asked(port, key, office.question(ben))[1]["reason"] == "retention"
