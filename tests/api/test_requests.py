"""R4, R29: asking the vendor by the API."""

from __future__ import annotations

import pytest

from tenure.base.ids import parse_public_id
from tenure.flows.requests import answer_request
from tenure.flows.staff import add_staff
from tenure.organisations.rules import StaffRole
from tests.api.cast import Cast, cart_with, order
from tests.shop import START

pytestmark = pytest.mark.django_db(transaction=True)

CONTACT = {
    "kind": "sales",
    "email": "Eve@Plan.example",
    "name": "Eve",
    "offer": "bench-business",
    "country": "FR",
    "audience": "business",
    "quantity": 3,
    "message": "What does it cost?\nFor a year.",
}


def test_a_visitor_s_contact_carries_the_offer_along(cast: Cast) -> None:
    made = cast.vendor.post("/requests", CONTACT, accept_language="fr")
    assert made.status == 201
    assert made.body["id"].startswith("req_")
    assert made.headers["Location"] == f"/api/v1/requests/{made.body['id']}"
    assert made.revision == 0
    wanted = CONTACT | {
        "email": "eve@plan.example",
        "language": "fr",
        "status": "open",
        "organisation": None,
        "order": None,
        "messages": [],
        "first_answered_at": None,
    }
    assert {name: made.body[name] for name in wanted} == wanted
    assert cast.vendor.get(f"/requests/{made.body['id']}").body == made.body
    assert cast.own.get(f"/requests/{made.body['id']}").status == 404


def test_an_organisation_asks_about_its_order(cast: Cast) -> None:
    bill = order(cast.own, cast.org, cart_with(cast.own, cast.org, ("designer-business", 1)))
    asked = {"kind": "cancellation", "order": bill.body["id"], "message": "Please cancel."}
    made = cast.own.post("/requests", asked, idempotency_key="c")
    assert (made.status, made.body["organisation"]) == (201, cast.org)
    assert made.body["created_at"] == "2027-03-01T09:00:00Z"
    assert (made.body["status"], made.body["refund"]["amount"]) == ("granted", 144000)
    assert made.revision > 0
    again = cast.own.post("/requests", asked, idempotency_key="c")
    assert again.text == made.text
    assert len(cast.own.get("/requests").body["data"]) == 1
    other = cast.stranger.post("/requests", asked)
    assert (other.status, other.code) == (404, "not_found")
    assert cast.stranger.get(f"/requests/{made.body['id']}").status == 404


def test_the_answer_is_read_and_the_list_filtered(cast: Cast) -> None:
    first = cast.own.post("/requests", {"kind": "other", "message": "Hello?"}).body
    cast.own.post("/requests", {"kind": "billing", "message": "And?"})
    cast.vendor.post("/requests", CONTACT)
    zoe = add_staff(
        email="zoe@vendor.example", name="", roles={StaffRole.SUPPORT}, now=START, by="command"
    ).ids[0]
    request = parse_public_id("req", first["id"])
    answer_request(request=request, user=zoe, message="Hello!", now=START)
    read = cast.own.get(f"/requests/{first['id']}").body
    assert (read["status"], read["first_answered_at"]) == ("answered", "2027-03-01T09:00:00Z")
    assert [(each["by"], each["text"]) for each in read["messages"]] == [("staff", "Hello!")]
    for path, count in {
        "/requests": 3,
        "/requests?status=open": 2,
        "/requests?status=answered": 1,
        "/requests?limit=1": 1,
    }.items():
        assert len(cast.vendor.get(path).body["data"]) == count
    assert len(cast.own.get("/requests").body["data"]) == 2
    page = cast.vendor.get("/requests?limit=2").body
    rest = cast.vendor.get(f"/requests?cursor={page['next_cursor']}").body
    assert len(rest["data"]) == 1


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"kind": "other", "message": "Hello?"}, "email", "reply_address_needed"),
        (
            {"kind": "cancellation", "email": "e@p.example", "message": "x"},
            "order",
            "order_needed",
        ),
        ({"kind": "other", "email": "e@p.example", "message": " \n "}, "message", None),
        ({"kind": "other", "email": "e@p.example", "message": "x" * 5001}, "message", None),
        ({"kind": "strange", "email": "e@p.example", "message": "x"}, "kind", "field_not_one_of"),
        ({"kind": "other", "email": "e@p.example"}, "message", "field_missing"),
        (CONTACT | {"quantity": 0}, "quantity", "field_too_small"),
        (CONTACT | {"country": "XX"}, "country", "field_not_country"),
    ],
)
def test_what_is_wrong_is_said_of_its_field(
    cast: Cast, body: dict[str, object], field: str, code: str | None
) -> None:
    refused = cast.vendor.post("/requests", body)
    assert (refused.status, refused.code) == (422, "invalid")
    (wrong,) = refused.body["field_errors"]
    assert wrong["field"] == field
    assert code in (None, wrong["code"])


def test_what_is_not_there_is_not_found(cast: Cast) -> None:
    for wrong in ({"offer": "nothing"}, {"order": "ord_x"}, {"organisation": "org_x"}):
        refused = cast.vendor.post("/requests", CONTACT | wrong)
        assert (refused.status, refused.code) == (404, "not_found")
    assert cast.vendor.get("/requests/req_x").status == 404
