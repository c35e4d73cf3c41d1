"""Offers, carts and orders, as the tables of the interface tell them."""

from __future__ import annotations

from typing import Any

import pytest

from tenure.events.journal import transaction
from tenure.organisations.commands.api_keys import create_api_key
from tenure.organisations.models import Organisation, StudentProof
from tests.api.cast import BILLING, ORGANISATION, Cast, bought, cart_with, order
from tests.api.talking import Api
from tests.shop import START

pytestmark = pytest.mark.django_db(transaction=True)

STUDENT = ORGANISATION | {"audience": "student", "test_clock": "2027-03-01T09:00:00Z"}


def offers(cast: Cast, query: str, **headers: str) -> dict[str, Any]:
    """Offers by their ids."""
    data = cast.vendor.get(f"/offers?{query}", **headers).body["data"]
    return {offer["id"]: offer for offer in data}


def test_offers_of_an_audience_also_those_that_cannot_be_bought(cast: Cast) -> None:
    found = offers(cast, "audience=business&country=FR")
    assert list(found) == [
        "designer-business",
        "analyst-business",
        "designer-trial",
        "bench-business",
    ]
    designer = found["designer-business"]
    assert designer["name"] == "Designer"
    assert designer["roles"] == ["designer"]
    assert designer["terms"] == ["year", "quarter"]
    assert designer["purchasable"] == {"online": True, "code": "purchasable", "rule": "R4"}
    assert designer["prices"] == [
        {"term": "year", "amount": 120000, "currency": "EUR"},
        {"term": "quarter", "amount": 36000, "currency": "EUR"},
    ]
    assert designer["tax_included"] is False
    assert found["bench-business"]["name"] == "Designer + Analyst"
    assert found["bench-business"]["purchasable"]["code"] == "offer_not_online"
    assert found["designer-trial"]["terms"] == ["trial"]
    assert found["designer-trial"]["trial_days"] == 30
    assert found["designer-trial"]["purchasable"]["online"] is True


def test_an_offer_is_what_one_country_sees(cast: Cast) -> None:
    american = offers(cast, "audience=business&country=US")
    assert american["designer-business"]["prices"] == [
        {"term": "year", "amount": 130000, "currency": "USD"}
    ]
    assert american["analyst-business"]["purchasable"]["code"] == "offer_not_in_country"
    japanese = offers(cast, "audience=business&country=JP")["designer-business"]
    assert japanese["purchasable"] == {"online": False, "code": "not_priced", "rule": "R7"}
    maker = offers(cast, "audience=creator&country=JP")["designer-creator"]
    assert (maker["tax_included"], maker["terms"]) == (True, ["month"])


def test_offers_are_narrowed_and_searched(cast: Cast) -> None:
    every = offers(cast, "country=FR")
    assert {offer["audience"] for offer in every.values()} == {"business", "creator", "student"}
    assert list(offers(cast, "audience=business&country=FR&term=trial")) == ["designer-trial"]
    assert "designer-trial" not in offers(cast, "audience=business&country=FR&term=year")
    assert offers(cast, "audience=business&country=FR&solution=none") == {}
    assert len(offers(cast, "audience=business&country=FR&solution=design")) == 4
    assert list(offers(cast, "audience=business&country=FR&q=ANALYSTE")) == [
        "analyst-business",
        "bench-business",
    ]
    french = offers(cast, "audience=business&country=FR&q=calcule", accept_language="fr")
    assert french["analyst-business"]["name"] == "Analyste"
    one = cast.vendor.get("/offers/analyst-business?country=FR", accept_language="fr")
    assert one.body == french["analyst-business"]
    assert one.headers["Content-Language"] == "fr"


@pytest.mark.parametrize(
    "query", ["audience=all", "country=FRA", "country=", "term=week", "q=%00", "solution=%07"]
)
def test_a_filter_that_makes_no_sense_is_named(cast: Cast, query: str) -> None:
    reply = cast.vendor.get(f"/offers?{query}")
    assert (reply.status, reply.code) == (422, "invalid")
    assert reply.body["field_errors"][0]["field"] == query.split("=")[0]


def test_what_roles_open_is_listed(cast: Cast) -> None:
    roles = cast.own.get("/roles", accept_language="fr").body["data"]
    assert [role["name"] for role in roles] == ["Concepteur", "Analyste"]
    assert roles[0]["grants"] == {"modeller": ["draw", "export"]}
    assert cast.own.get("/solutions").body["data"] == [{"id": "design", "name": "Design"}]
    applications = cast.own.get("/applications").body["data"]
    assert applications[1] == {"id": "solver", "name": "Solver", "permissions": ["run"]}


# "A line that several rules refuse gets the first of …"


@pytest.mark.parametrize(
    ("audience", "country", "present", "offer", "term", "code"),
    [
        ("business", "FR", None, "designer-creator", "month", "mixed_audiences"),
        ("business", "FR", None, "designer-business", "month", "term_not_for_audience"),
        ("business", "FR", "year", "bench-business", "quarter", "mixed_terms"),
        ("business", "FR", None, "bench-business", "year", "offer_not_online"),
        ("business", "US", None, "analyst-business", "year", "offer_not_in_country"),
        ("business", "JP", None, "designer-business", "year", "not_priced"),
        ("business", "FR", "year", "designer-trial", "trial", "mixed_terms"),
        ("creator", "FR", None, "designer-creator", "quarter", "term_not_for_audience"),
    ],
)
def test_a_line_is_refused_and_the_cart_unchanged(
    cast: Cast,
    audience: str,
    country: str,
    present: str | None,
    offer: str,
    term: str,
    code: str,
) -> None:
    cart = cast.vendor.post("/carts", {"audience": audience, "country": country})
    path = f"/carts/{cart.body['id']}"
    if present:
        line = {"offer": "designer-business", "term": present, "quantity": 1}
        cart = cast.vendor.post(f"{path}/lines", line)
    reply = cast.vendor.post(f"{path}/lines", {"offer": offer, "term": term, "quantity": 1})
    assert (reply.status, reply.code) == (409, code)
    assert cast.vendor.get(path).body == cart.body


def test_any_country_makes_a_cart(cast: Cast) -> None:
    for country, currency in (("AQ", "EUR"), ("JP", "JPY"), ("US", "USD")):
        cart = cast.vendor.post("/carts", {"audience": "creator", "country": country})
        assert (cart.status, cart.body["currency"]) == (201, currency)
        assert cart.body["lines"] == []
        assert cart.body["total"] == {"amount": 0, "currency": currency}


def test_the_same_offer_again_adds_up_and_is_taken_out_again(cast: Cast) -> None:
    cart = cart_with(cast.own, cast.org, ("designer-business", 1), ("designer-business", 2))
    (line,) = cart.body["lines"]
    assert line["quantity"] == 3
    assert line["unit_price"] == {"amount": 120000, "currency": "EUR"}
    assert line["obstacle"] is None
    assert cart.body["tax"] == {"percent": "20", "country": "FR", "reverse_charge": False}
    path = f"/carts/{cart.body['id']}/lines"
    gone = cast.own.delete(f"{path}/{line['id']}")
    assert (gone.status, gone.body["lines"]) == (200, [])
    assert cast.own.delete(f"{path}/{line['id']}").code == "not_found"
    assert cast.own.patch(f"{path}/{line['id']}", {"quantity": 1}).code == "not_found"


def test_a_trial_costs_nothing_and_is_tried_once(cast: Cast) -> None:
    cart = cart_with(cast.own, cast.org, ("designer-trial", 1), term="trial")
    placed = order(cast.own, cast.org, cart, card=None)
    assert (placed.status, placed.body["status"]) == (201, "paid")
    assert (placed.body["invoice"], placed.body["payment"]) == (None, None)
    sub = cast.own.get(f"/subscriptions/{placed.body['subscriptions'][0]}").body
    assert (sub["term"], sub["auto_renew"], sub["opt_out_deadline"]) == ("trial", False, None)
    assert sub["current_period"]["kind"] == "trial"
    verdict = cast.own.get(f"/orders/{placed.body['id']}/cancellation").body
    assert (verdict["allowed"], verdict["code"]) == (False, "trial_excluded")
    again = cast.own.post("/carts", {"audience": "business", "country": "FR"})
    line = {"offer": "designer-trial", "term": "trial", "quantity": 1}
    refused = cast.own.post(f"/carts/{again.body['id']}/lines", line)
    assert (refused.status, refused.code) == (409, "trial_used")


@pytest.mark.parametrize(
    ("card", "status"),
    [
        ("tok_ok", "paid"),
        ("tok_declined", "declined"),
        ("tok_insufficient_funds", "declined"),
        ("tok_expired", "declined"),
        ("tok_authenticate", "authentication_required"),
        ("tok_unknown", "payment_unknown"),
        ("tok_unknown_not_charged", "payment_unknown"),
        ("tok_ok_then_declined", "paid"),
        ("anything else", "declined"),
    ],
)
def test_a_card_s_refusal_is_an_order_all_the_same(cast: Cast, card: str, status: str) -> None:
    placed = order(
        cast.own, cast.org, cart_with(cast.own, cast.org, ("designer-business", 1)), card=card
    )
    assert (placed.status, placed.body["status"]) == (201, status)
    assert (status == "authentication_required") == ("next_action" in placed.body)
    if status == "payment_unknown":
        again = cast.own.post(
            f"/orders/{placed.body['id']}/payments",
            {"payment": {"method": "card", "token": "tok_ok"}},
            idempotency_key="again",
        )
        assert (again.status, again.code) == (409, "payment_in_flight")
        clock = {"to": "2027-03-01T10:00:00Z"}
        cast.own.post(f"/organisations/{cast.org}/test-clock/advance", clock)
        found = cast.own.get(f"/orders/{placed.body['id']}").body["status"]
        assert found == ("paid" if card == "tok_unknown" else "declined")


def test_what_an_order_is_refused_for(cast: Cast) -> None:
    cart = cart_with(cast.own, cast.org, ("designer-business", 1)).body
    body = {"cart": cart["id"], "cart_version": cart["version"], "organisation": cast.org}
    card = {"payment": {"method": "card", "token": "tok_ok"}}
    money = {"amount": 1, "currency": "EUR"}
    maker = cast.vendor.post("/carts", {"audience": "creator", "country": "FR"}).body
    german = cast.vendor.post("/carts", {"audience": "business", "country": "DE"}).body
    empty = cast.vendor.post("/carts", {"audience": "business", "country": "FR"}).body
    for number, (change, code) in enumerate(
        [
            ({}, "payment_required"),
            (card | {"cart_version": 1}, "cart_changed"),
            (card | {"expected_total": money}, "cart_changed"),
            (card | {"cart": maker["id"], "cart_version": 1}, "audience_mismatch"),
            (card | {"cart": german["id"], "cart_version": 1}, "country_mismatch"),
            (card | {"cart": empty["id"], "cart_version": 1}, "cart_empty"),
        ]
    ):
        refused = cast.vendor.post("/orders", body | change, idempotency_key=f"k{number}")
        assert (refused.status, refused.code) == (409, code)
    right = card | {"expected_total": cart["total"]}
    assert cast.vendor.post("/orders", body | right, idempotency_key="k").status == 201
    line = {"offer": "designer-business", "term": "year", "quantity": 1}
    ordered = cast.own.post(f"/carts/{cart['id']}/lines", line)
    assert (ordered.status, ordered.code) == (409, "cart_ordered")
    shown = cast.own.get(f"/carts/{cart['id']}").body
    assert shown["order"].startswith("ord_")


def test_nobody_but_companies_pays_by_transfer(cast: Cast) -> None:
    maker = cast.vendor.post("/organisations", ORGANISATION | {"audience": "creator"}).body["id"]
    cart = {"audience": "creator", "country": "FR", "organisation": maker}
    path = f"/carts/{cast.vendor.post('/carts', cart).body['id']}"
    line = {"offer": "designer-creator", "term": "month", "quantity": 1}
    cast.vendor.post(f"{path}/lines", line)
    cart = cast.vendor.get(path).body
    body = {"cart": cart["id"], "cart_version": cart["version"], "organisation": maker}
    body["payment"] = {"method": "bank_transfer"}
    refused = cast.vendor.post("/orders", body, idempotency_key="k")
    assert (refused.status, refused.code) == (409, "payment_method_not_for_audience")


def test_a_student_is_charged_once_the_proof_is_accepted(cast: Cast) -> None:
    vendor = cast.vendor
    student = vendor.post("/organisations", STUDENT).body
    assert student["verified_at"] is None
    cart = {"audience": "student", "country": "FR", "organisation": student["id"]}
    path = f"/carts/{vendor.post('/carts', cart).body['id']}"
    line = {"offer": "designer-student", "term": "year", "quantity": 1}
    filled = vendor.post(f"{path}/lines", line)
    waiting = order(vendor, student["id"], filled)
    assert (waiting.status, waiting.body["status"]) == (201, "awaiting_verification")
    assert waiting.body["expires_at"] == "2027-03-15T23:00:00Z"
    accepted = vendor.post(f"/organisations/{student['id']}/verification")
    assert (accepted.status, accepted.body["status"]) == (202, "verified")
    assert vendor.get(f"/orders/{waiting.body['id']}").body["status"] == "paid"


def test_an_academic_address_is_proof_enough(cast: Cast) -> None:
    owner = {"email": "grace@student.mit.edu", "name": "Grace"}
    made = cast.vendor.post("/organisations", STUDENT | {"owner": owner}).body
    assert made["verified_at"] == "2027-03-01T09:00:00Z"
    company = cast.vendor.post("/organisations", ORGANISATION | {"owner": owner}).body
    assert company["verified_at"] is None


def test_a_proof_is_kept_until_the_vendor_has_judged_it(cast: Cast) -> None:
    made = cast.vendor.post("/organisations", STUDENT)
    path = f"/organisations/{made.body['id']}/verification"
    with transaction(now=START, by="test") as journal:
        student = Organisation.objects.get(audience="student")
        _, text = create_api_key(name="s", organisation=student.id, journal=journal)
    own = Api(text)
    said = own.post(path, {"proof": "student card 4711"})
    assert (said.status, said.body["status"]) == (202, "submitted")
    assert StudentProof.objects.get().given == {"proof": "student card 4711"}
    events = own.get(f"/organisations/{made.body['id']}/events").body["data"]
    assert events[-1]["type"] == "organisation.proof_submitted"
    assert cast.vendor.post(path, {}).body["status"] == "verified"
    company = cast.vendor.post(f"/organisations/{cast.org}/verification", {})
    assert (company.status, company.code) == (409, "not_a_student")


def test_an_organisation_moves_and_its_currency_with_it(cast: Cast) -> None:
    path = cast.vendor.post("/organisations", ORGANISATION).headers["Location"]
    half = cast.vendor.patch(path, {"country": "US"})
    assert half.body["field_errors"][0]["code"] == "country_not_that_of_billing"
    moved = cast.vendor.patch(
        path, {"country": "US", "billing": {"country": "US", "region": "NY", "vat_number": None}}
    )
    assert (moved.body["currency"], moved.body["billing"]["region"]) == ("USD", "NY")
    same = cast.vendor.patch(path, {"country": "US"})
    assert (same.status, same.headers["ETag"]) == (200, moved.headers["ETag"])
    blank = cast.vendor.patch(path, {"billing": {"region": ""}})
    assert blank.body["billing"]["region"] is None


def test_everything_that_is_given_of_an_organisation_is_told(cast: Cast) -> None:
    billing = BILLING | {
        "line2": "Escalier B",
        "region": "Rhône",
        "vat_number": "FR11123456782",
        "siren": "123456782",
        "purchase_order": "PO 7",
    }
    made = cast.vendor.post("/organisations", ORGANISATION | {"billing": billing})
    assert made.body["billing"] == billing
    for name in ("name", "audience", "country", "timezone", "language"):
        assert made.body[name] == ORGANISATION[name]


def test_numbers_of_a_company_are_checked_and_kept_without_spaces(cast: Cast) -> None:
    billing = BILLING | {"vat_number": "11 123 456 782", "siren": "123 456 782 00002"}
    path = cast.vendor.post("/organisations", ORGANISATION | {"billing": billing}).headers[
        "Location"
    ]
    kept = cast.vendor.get(path).body["billing"]
    assert (kept["vat_number"], kept["siren"]) == ("FR11123456782", "12345678200002")
    wrong = cast.vendor.patch(path, {"billing": {"vat_number": "FR12123456782", "siren": "1"}})
    codes = [error["code"] for error in wrong.body["field_errors"]]
    assert (wrong.status, codes) == (422, ["vat_number_malformed", "siren_malformed"])
    moved = cast.vendor.patch(path, {"country": "DE", "billing": {"country": "DE"}})
    (error,) = moved.body["field_errors"]
    assert (error["field"], error["code"]) == (
        "billing.vat_number",
        "vat_number_of_another_country",
    )
    there = {"country": "DE", "billing": {"country": "DE", "vat_number": "de 136 695 976"}}
    assert cast.vendor.patch(path, there).body["billing"]["vat_number"] == "DE136695976"


@pytest.mark.parametrize(
    ("number", "status", "tax"),
    [
        ("DE136695976", "valid", 0),
        ("DE103000003", "unavailable", 22800),
        ("DE102000001", "invalid", 22800),
        (None, None, 22800),
    ],
)
def test_a_vat_number_is_looked_up_and_decides_the_tax(
    cast: Cast, number: str | None, status: str | None, tax: int
) -> None:
    billing = BILLING | {"country": "DE", "vat_number": number}
    abroad = ORGANISATION | {"country": "DE", "timezone": "Europe/Berlin", "billing": billing}
    made = cast.vendor.post("/organisations", abroad)
    check = made.body["vat_check"]
    assert (check and check["status"]) == status
    assert bool(check and check["answered_at"]) == (status in ("valid", "invalid"))
    cart = {"audience": "business", "country": "DE", "organisation": made.body["id"]}
    path = cast.vendor.post("/carts", cart).headers["Location"]
    line = {"offer": "designer-business", "term": "year", "quantity": 1}
    assert cast.vendor.post(f"{path}/lines", line).body["total_tax"]["amount"] == tax
    there = made.headers["Location"]
    changed = cast.vendor.patch(there, {"billing": {"vat_number": "DE115235681"}})
    assert changed.body["vat_check"]["status"] == "valid"
    assert cast.vendor.get(path).body["total_tax"]["amount"] == 0
    assert int(changed.headers["Tenure-Revision"]) == cast.vendor.get(there).body["revision"]


def test_a_live_installation_has_no_sandbox(cast: Cast, settings: Any) -> None:
    bought(cast.own, cast.org)
    settings.SANDBOX = False
    clock = {"to": "2027-03-02T00:00:00Z"}
    advanced = cast.vendor.post(f"/organisations/{cast.org}/test-clock/advance", clock)
    assert (advanced.status, advanced.code) == (404, "not_found")
    made = cast.vendor.post("/organisations", STUDENT)
    assert made.status == 422
    assert made.body["field_errors"][0] | {"detail": ""} == {
        "field": "test_clock",
        "code": "sandbox_only",
        "detail": "",
    }
    cart = cart_with(cast.own, cast.org, ("designer-business", 1))
    refused = order(cast.own, cast.org, cart)
    assert (refused.status, refused.code) == (409, "payment_method_unavailable")
