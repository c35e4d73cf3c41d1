"""The HTTP section of the interface, sentence by sentence."""

from __future__ import annotations

import json
import re
from io import BytesIO

import pytest
from django.test import RequestFactory

from tenure.api.lists import cursor_for
from tests.api.cast import ORGANISATION, Cast, bought, cart_with, order
from tests.api.talking import PROBLEM, Api, root

pytestmark = pytest.mark.django_db(transaction=True)

NOWHERE = "org_01h455vb4pex5vsknk084sn02q"


# "JSON under /api/v1; only /access, /.well-known, /scim, /healthz, /readyz and /metrics stand at
# the root. Authorization: Bearer KEY."


def test_the_root_answers_without_a_key(db: None) -> None:
    assert root("GET", "/healthz").status == 200
    assert root("GET", "/readyz").status == 200
    metrics = root("GET", "/metrics")
    assert metrics.status == 200
    assert "python_info" in metrics.text


@pytest.mark.parametrize("path", ["/nothing", "/api", "/api/v1", "/api/v1/", "/api/v2/carts"])
def test_nothing_else_stands_anywhere(path: str) -> None:
    reply = root("GET", path)
    assert (reply.status, reply.code) == (404, "not_found")
    assert reply.headers["Content-Type"] == PROBLEM


def test_the_document_is_public() -> None:
    reply = root("GET", "/api/v1/openapi.json")
    assert reply.status == 200
    assert reply.body["openapi"].startswith("3.1")


WITHOUT_A_VALID_KEY_THERE_IS_NOTHING = [
    "",
    "Bearer",
    "Bearer ",
    "Basic abc",
    "Bearer tenure_wrong",
    "Bearer \x7f",
    "x y z",
]


def test_without_a_valid_key_there_is_nothing(cast: Cast, subtests: pytest.Subtests) -> None:
    for header in WITHOUT_A_VALID_KEY_THERE_IS_NOTHING:
        with subtests.test(header=header):
            reply = Api(None, Authorization=header).get(f"/organisations/{cast.org}")
            assert (reply.status, reply.code) == (401, "unauthenticated")
            assert reply.headers["WWW-Authenticate"] == "Bearer"


def test_the_scheme_is_written_in_any_case(cast: Cast) -> None:
    reply = Api(None, Authorization=f"bearer {cast.own.key}").get(f"/organisations/{cast.org}")
    assert reply.status == 200


# "A vendor key may do all; an organisation key only what its organisation's administrators may,
# and everything else looks as if it did not exist (404)." See test_tenancy.py.

# "A route or an identifier that does not exist, however malformed, is a 404 problem."

MALFORMED = [
    NOWHERE,
    "org_",
    "org_01h455vb4pex5vsknk084sn02",
    "org_81h455vb4pex5vsknk084sn02q",
    "org_01H455VB4PEX5VSKNK084SN02Q",
    "ord_01h455vb4pex5vsknk084sn02q",
    "x",
    "%00",
    "%C3%28",
    "%F0%9F%92%A9",
    "..",
    "a" * 3000,
    "org_%0A01h455vb4pex5vsknk084sn02q",
    "1",
    "null",
    "'; DROP TABLE x; --",
]


def test_what_does_not_exist_is_not_found(cast: Cast, subtests: pytest.Subtests) -> None:
    for name in MALFORMED:
        with subtests.test(name=name):
            for path in (
                f"/organisations/{name}",
                f"/organisations/{name}/members",
                f"/carts/{name}",
                f"/orders/{name}",
                f"/orders/{name}/cancellation",
                f"/subscriptions/{name}",
                f"/members/{name}",
                f"/offers/{name}",
                f"/sandbox/authentications/{name}",
                f"/nothing/{name}",
            ):
                reply = cast.vendor.get(path)
                assert (reply.status, reply.code) == (404, "not_found"), path


NOT_FOUND_COMES_BEFORE_WHAT_IS_WRONG_WITH_THE_BODY = [NOWHERE, "x", "%00"]


def test_not_found_comes_before_what_is_wrong_with_the_body(
    cast: Cast, subtests: pytest.Subtests
) -> None:
    for name in NOT_FOUND_COMES_BEFORE_WHAT_IS_WRONG_WITH_THE_BODY:
        with subtests.test(name=name):
            for method, path in (
                ("POST", f"/carts/{name}/lines"),
                ("PATCH", f"/carts/{name}/lines/{name}"),
                ("PATCH", f"/organisations/{name}"),
                ("POST", f"/organisations/{name}/invitations"),
                ("POST", f"/organisations/{name}/verification"),
                ("POST", f"/organisations/{name}/test-clock/advance"),
                ("POST", f"/orders/{name}/payments"),
                ("PATCH", f"/subscriptions/{name}"),
                ("POST", f"/subscriptions/{name}/assignments"),
                ("PATCH", f"/members/{name}"),
                ("POST", f"/invitations/{name}/accept"),
                ("POST", f"/invitations/{name}/resend"),
                ("POST", f"/sandbox/authentications/{name}"),
            ):
                reply = cast.vendor.send_bytes(method, path, b"{malformed", "application/json")
                assert (reply.status, reply.code) == (404, "not_found"), path


def test_identifiers_in_bodies_are_looked_for_too(cast: Cast) -> None:
    sub = bought(cast.own, cast.org)
    for member in (NOWHERE, "x", "mem_01h455vb4pex5vsknk084sn02q", "\x00", ""):
        reply = cast.own.post(f"/subscriptions/{sub}/assignments", {"member": member})
        assert (reply.status, reply.code) == (404, "not_found")
    for organisation in (NOWHERE, "x", "\x00"):
        body = {"audience": "business", "country": "FR", "organisation": organisation}
        assert cast.vendor.post("/carts", body).code == "not_found"
    cart = cart_with(cast.own, cast.org, ("designer-business", 1)).body
    for name in ("nothing", "\x00", "", "é"):
        line = {"offer": name, "term": "year", "quantity": 1}
        assert cast.own.post(f"/carts/{cart['id']}/lines", line).code == "not_found"
    for name in ("x", NOWHERE, "cart_01h455vb4pex5vsknk084sn02q"):
        body = {"cart": name, "cart_version": 1, "organisation": cast.org}
        assert cast.own.post("/orders", body, idempotency_key=name).code == "not_found"


# "Moments are RFC 3339 UTC; dates are YYYY-MM-DD in the organisation's zone. Money is
# {"amount": 12000, "currency": "EUR"} in minor units."


def test_dates_and_moments_and_money_have_their_form(cast: Cast) -> None:
    sub = cast.own.get(f"/subscriptions/{bought(cast.own, cast.org)}").body
    day = r"\d{4}-\d\d-\d\d"
    for value in (sub["opt_out_deadline"], sub["current_period"]["ends_on"]):
        assert re.fullmatch(day, value)
    event = cast.own.get(f"/organisations/{cast.org}/events").body["data"][-1]
    assert re.fullmatch(day + r"T\d\d:\d\d:\d\d(\.\d+)?Z", event["at"])
    placed = cast.own.get(f"/organisations/{cast.org}/orders").body["data"][0]
    assert placed["total"] == {"amount": 288000, "currency": "EUR"}


# "Lists: ?limit= (1–200, default 50) and ?cursor=; {"data": [...], "next_cursor": null}; stable
# order, newest last. A limit out of range, a cursor that cannot be read … is 422 invalid with
# field_errors." See also test_lists.py.


A_LIMIT_OUT_OF_RANGE_IS_NAMED = ["0", "-1", "201", "x", "", "1.5", "1e2", "9" * 400, "%00", " 5"]


def test_a_limit_out_of_range_is_named(cast: Cast, subtests: pytest.Subtests) -> None:
    for limit in A_LIMIT_OUT_OF_RANGE_IS_NAMED:
        with subtests.test(limit=limit):
            reply = cast.own.get(f"/organisations/{cast.org}/members?limit={limit}")
            assert (reply.status, reply.code) == (422, "invalid")
            assert reply.body["field_errors"][0]["field"] == "limit"


A_CURSOR_THAT_CANNOT_BE_READ_IS_NAMED = [
    "x",
    "a" * 4000,
    "%00",
    "é",
    "bWVtYmVycx",
    "bWVtYmVycx9zdW4",
    "====",
    "%F0%9F",
]


def test_a_cursor_that_cannot_be_read_is_named(cast: Cast, subtests: pytest.Subtests) -> None:
    for cursor in A_CURSOR_THAT_CANNOT_BE_READ_IS_NAMED:
        with subtests.test(cursor=cursor):
            for name in ("members", "orders", "subscriptions", "invitations", "events"):
                reply = cast.own.get(f"/organisations/{cast.org}/{name}?cursor={cursor}")
                assert (reply.status, reply.code) == (422, "invalid")
                assert reply.body["field_errors"][0]["field"] == "cursor"
            for name in ("offers", "roles", "organisations"):
                assert cast.vendor.get(f"/{name}?cursor={cursor}").code == "invalid"


def test_a_parameter_given_twice_is_named(cast: Cast) -> None:
    reply = cast.own.get(f"/organisations/{cast.org}/members?limit=1&limit=2")
    assert (reply.status, reply.code) == (422, "invalid")
    assert reply.body["field_errors"][0]["code"] == "field_twice"


def test_a_parameter_that_nothing_reads_is_named(cast: Cast) -> None:
    for path in (f"/organisations/{cast.org}", f"/organisations/{cast.org}/members"):
        reply = cast.own.get(f"{path}?limi=5")
        assert (reply.status, reply.code) == (422, "invalid")
        assert reply.body["field_errors"][0]["field"] == "limi"


def test_a_place_that_no_catalogue_holds_is_no_cursor(cast: Cast) -> None:
    cursor = cursor_for("offers", 1, "a\x00b")
    assert cast.own.get(f"/offers?cursor={cursor}").code == "invalid"


# "a malformed body or field is 422 invalid with field_errors"


A_MALFORMED_BODY_IS_NAMED = [
    (b"", "field_missing"),
    (b"{", "field_not_json"),
    (b"\xff", "field_not_json"),
    (b'{"audience": "\xc3\x28"}', "field_not_json"),
    (b'{"audience": "\\ud800"}', "field_not_json"),
    (b'{"a": NaN}', "field_not_json"),
    (b"9" * 5000, "field_not_json"),
    (b"[" * 100_000, "field_too_deep"),
    (b"null", "field_not_object"),
    (b"[]", "field_not_object"),
    (b'"x"', "field_not_object"),
    (b"1", "field_not_object"),
]


def test_a_malformed_body_is_named(cast: Cast, subtests: pytest.Subtests) -> None:
    for data, code in A_MALFORMED_BODY_IS_NAMED:
        with subtests.test(data=data):
            reply = cast.own.send_bytes("POST", "/carts", data, "application/json")
            assert (reply.status, reply.code) == (422, "invalid")
            assert reply.body["field_errors"][0]["code"] == code


A_MALFORMED_FIELD_IS_NAMED = [
    ({"name": ""}, "name", "field_too_short"),
    ({"name": "  "}, "name", "field_unprintable"),
    ({"name": "a\x00b"}, "name", "field_unprintable"),
    ({"name": "a\nb"}, "name", "field_unprintable"),
    ({"name": "a\u2028b"}, "name", "field_unprintable"),
    ({"name": "a\u202eb"}, "name", "field_unprintable"),
    ({"name": "x" * 201}, "name", "field_too_long"),
    ({"name": 5}, "name", "field_not_text"),
    ({"name": None}, "name", "field_not_text"),
    ({"audience": "nobody"}, "audience", "field_not_one_of"),
    ({"country": "FX"}, "country", "field_not_country"),
    ({"country": "fr"}, "country", "field_not_country"),
    ({"country": ["FR"]}, "country", "field_not_text"),
    ({"country": "DE"}, "billing.country", "country_not_that_of_billing"),
    ({"timezone": "Europe/Nowhere"}, "timezone", "field_not_time_zone"),
    ({"timezone": "../../etc/passwd"}, "timezone", "field_not_time_zone"),
    ({"language": "de"}, "language", "field_not_one_of"),
    ({"owner": {"email": "nobody", "name": "x"}}, "owner.email", "field_not_email"),
    ({"owner": {"email": "a@b..c", "name": "x"}}, "owner.email", "field_not_email"),
    ({"owner": {"email": "é@b.c", "name": "x"}}, "owner.email", "field_not_email"),
    ({"owner": {"email": "a" * 300 + "@b.fr", "name": "x"}}, "owner.email", "field_too_long"),
    ({"owner": {"email": "a@b.fr"}}, "owner.name", "field_missing"),
    ({"owner": "a@b.fr"}, "owner", "field_not_object"),
    ({"owner": None}, "owner", "field_not_object"),
    ({"billing": {}}, "billing.name", "field_missing"),
    ({"strange": 1}, "strange", "field_unknown"),
    ({"test_clock": "2027-01-01"}, "test_clock", "field_not_moment"),
    ({"test_clock": "2027-01-01T00:00:00"}, "test_clock", "field_not_moment"),
    ({"test_clock": "2027-02-30T00:00:00Z"}, "test_clock", "field_not_moment"),
    ({"test_clock": "9999-12-31T23:59:59-23:59"}, "test_clock", "field_not_moment"),
    ({"test_clock": "1970-01-01T00:00:00+05:00"}, "test_clock", "field_not_moment"),
    ({"test_clock": 1800000000}, "test_clock", "field_not_moment"),
    ({"test_clock": "2999-12-31T23:59:59Z"}, "test_clock", "clock_too_far"),
]


def test_a_malformed_field_is_named(cast: Cast, subtests: pytest.Subtests) -> None:
    for change, field, code in A_MALFORMED_FIELD_IS_NAMED:
        with subtests.test(change=change):
            reply = cast.vendor.post("/organisations", ORGANISATION | change)
            assert (reply.status, reply.code) == (422, "invalid")
            found = reply.body["field_errors"]
            assert (found[0]["field"], found[0]["code"]) == (field, code)
            french = cast.vendor.post("/organisations", ORGANISATION | change, accept_language="fr")
            assert french.body["field_errors"][0]["detail"] != found[0]["detail"]


A_QUANTITY_IS_A_WHOLE_NUMBER_WITHIN_REASON = [
    0,
    -1,
    10_001,
    2**31,
    2**63,
    2**70,
    1.5,
    "1",
    True,
    None,
    [1],
    {},
]


def test_a_quantity_is_a_whole_number_within_reason(cast: Cast, subtests: pytest.Subtests) -> None:
    cart = cart_with(cast.own, cast.org).body
    for quantity in A_QUANTITY_IS_A_WHOLE_NUMBER_WITHIN_REASON:
        with subtests.test(quantity=quantity):
            line = {"offer": "designer-business", "term": "year", "quantity": quantity}
            reply = cast.own.post(f"/carts/{cart['id']}/lines", line)
            assert (reply.status, reply.code) == (422, "invalid")
            assert reply.body["field_errors"][0]["field"] == "quantity"


AN_ORDER_THAT_MAKES_NO_SENSE_IS_NAMED = [
    {"cart_version": 2**31},
    {"cart_version": 0},
    {"cart_version": "1"},
    {"expected_total": {"amount": 2**63, "currency": "EUR"}},
    {"expected_total": {"amount": -1, "currency": "EUR"}},
    {"expected_total": {"amount": 1, "currency": "XXX"}},
    {"expected_total": 5},
    {"payment": {"method": "cash"}},
    {"payment": {"method": "card"}},
    {"payment": {"method": "card", "token": ""}},
    {"payment": {"method": "card", "token": "a\x00"}},
    {"payment": {"token": "tok_ok"}},
    {"payment": []},
    {"payment": {"method": "bank_transfer", "token": "x"}},
]


def test_to_json_three_is_three(cast: Cast) -> None:
    cart = cart_with(cast.own, cast.org).body
    line = {"offer": "designer-business", "term": "year", "quantity": 3.0}
    filled = cast.own.post(f"/carts/{cart['id']}/lines", line)
    assert (filled.status, filled.body["lines"][0]["quantity"]) == (201, 3)


def test_an_order_that_makes_no_sense_is_named(cast: Cast, subtests: pytest.Subtests) -> None:
    cart = cart_with(cast.own, cast.org, ("designer-business", 1)).body
    body = {
        "cart": cart["id"],
        "cart_version": cart["version"],
        "organisation": cast.org,
        "payment": {"method": "card", "token": "tok_ok"},
    }
    for change in AN_ORDER_THAT_MAKES_NO_SENSE_IS_NAMED:
        with subtests.test(change=change):
            reply = cast.own.post("/orders", body | change, idempotency_key="k")
            assert (reply.status, reply.code) == (422, "invalid")
            assert reply.body["field_errors"][0]["field"].startswith(next(iter(change)))


A_CHANGE_THAT_MAKES_NO_SENSE_IS_NAMED = [
    ({}, "", "field_missing"),
    ({"auto_renew": None}, "auto_renew", "field_missing"),
    ({"auto_renew": 0}, "auto_renew", "field_not_true_or_false"),
    ({"auto_renew": "false"}, "auto_renew", "field_not_true_or_false"),
    ({"next_quantity": 0}, "next_quantity", "field_too_small"),
    ({"next_quantity": 2**40}, "next_quantity", "field_too_great"),
    ({"from": "next_period"}, "from", "field_unusable"),
    ({"auto_renew": True, "from": "next_period"}, "from", "field_unusable"),
    ({"auto_renew": False, "from": "now"}, "from", "field_not_one_of"),
    ({"starting": "next_period", "auto_renew": False}, "starting", "field_unknown"),
    ([], "", "field_not_object"),
]


def test_a_change_that_makes_no_sense_is_named(cast: Cast, subtests: pytest.Subtests) -> None:
    sub = bought(cast.own, cast.org)
    for body, field, code in A_CHANGE_THAT_MAKES_NO_SENSE_IS_NAMED:
        with subtests.test(body=body):
            reply = cast.own.patch(f"/subscriptions/{sub}", body)
            assert (reply.status, reply.code) == (422, "invalid")
            found = reply.body["field_errors"][0]
            assert (found["field"], found["code"]) == (field, code)


def test_what_makes_no_sense_deep_inside_is_named(cast: Cast, subtests: pytest.Subtests) -> None:
    path = f"/organisations/{cast.org}"
    for body, field, code in (
        ({"name": ""}, "name", "field_too_short"),
        ({"name": None}, "name", "field_missing"),
        ({"country": "XX"}, "country", "field_not_country"),
        ({"billing": None}, "billing", "field_missing"),
        ({"billing": {}}, "billing", "field_missing"),
        ({"billing": {"city": None}}, "billing.city", "field_missing"),
        ({"billing": {"city": 5}}, "billing.city", "field_not_text"),
        ({"billing": {"line2": "x" * 201}}, "billing.line2", "field_too_long"),
        ({"audience": "student"}, "audience", "field_unknown"),
        ({"status": "gone"}, "status", "field_not_one_of"),
    ):
        with subtests.test(body=body):
            reply = cast.vendor.patch(path, body)
            found = reply.body["field_errors"][0]
            assert (found["field"], found["code"]) == (field, code)


def test_a_body_must_be_json_and_not_too_large(cast: Cast) -> None:
    own = cast.own
    form = own.send_bytes("POST", "/carts", b"a=b", "application/x-www-form-urlencoded")
    assert (form.status, form.code) == (415, "unsupported_media_type")
    large = own.send_bytes("POST", "/carts", b" " * (1024 * 1024 + 1), "application/json")
    assert (large.status, large.code) == (413, "too_large")
    body = json.dumps({"audience": "business", "country": "FR"}).encode()
    for kind in ("application/json; charset=utf-8", "application/vnd.x+json", "APPLICATION/JSON"):
        assert own.send_bytes("POST", "/carts", body, kind).status == 201


def test_a_wrong_method_names_the_right_ones(cast: Cast) -> None:
    for method, path, allowed in (
        ("PUT", "/carts", "POST"),
        ("GET", "/orders", "POST"),
        ("POST", f"/organisations/{cast.org}", "GET, PATCH"),
        ("TRACE", f"/organisations/{cast.org}", "GET, PATCH"),
        ("DELETE", "/offers", "GET"),
    ):
        reply = cast.own.send(method, path)
        assert (reply.status, reply.code) == (405, "method_not_allowed")
        assert reply.headers["Allow"] == allowed
    assert root("POST", "/healthz").code == "method_not_allowed"


def test_an_invitation_that_makes_no_sense_is_named(cast: Cast, subtests: pytest.Subtests) -> None:
    path = f"/organisations/{cast.org}/invitations"
    good = {"email": "bob@atelier.example", "standing": "member", "roles": ["designer"]}
    for change, field, code in (
        ({"email": "bob"}, "email", "field_not_email"),
        ({"standing": "king"}, "standing", "field_not_one_of"),
        ({"roles": "designer"}, "roles", "field_not_list"),
        ({"roles": ["designer", 5]}, "roles[1]", "field_not_text"),
        ({"roles": ["x"] * 101}, "roles", "field_too_long"),
        ({"x" * 60: 1}, "x" * 39 + "…", "field_unknown"),
    ):
        with subtests.test(change=change):
            reply = cast.own.post(path, good | change)
            found = reply.body["field_errors"][0]
            assert (found["field"], found["code"]) == (field, code)
    assert cast.own.post(path, good | {"roles": ["a\x00"]}).code == "not_found"
    assert cast.own.post(path, good | {"roles": ["nothing"]}).code == "not_found"


def test_a_forged_token_accepts_nothing(cast: Cast) -> None:
    invite = {"email": "bob@atelier.example", "standing": "member", "roles": []}
    token = cast.vendor.post(f"/organisations/{cast.org}/invitations", invite).body["token"]
    for forged in (token[:-1] + ("0" if token[-1] != "0" else "1"), token[:-40], token + "0"):
        reply = cast.vendor.post(f"/invitations/{forged}/accept", {})
        assert (reply.status, reply.code) == (404, "not_found")
    assert cast.own.post(f"/invitations/{token}/accept", {}).code == "not_found"
    named = cast.vendor.post(f"/invitations/{token}/accept", {"name": "Bob"})
    assert named.body["name"] == "Bob"


# "Editing may carry If-Match with the ETag of the read; a stale one is 412 stale."


A_STALE_EDIT_IS_REFUSED = ['"0"', "3", 'W/"1"', '"x"', '"1", "2"', '"999999999999999"', "é"]


def test_a_stale_edit_is_refused(cast: Cast, subtests: pytest.Subtests) -> None:
    sub = bought(cast.own, cast.org)
    cart = cart_with(cast.own, cast.org, ("designer-business", 1)).body
    line = f"/carts/{cart['id']}/lines/{cart['lines'][0]['id']}"
    for tag in A_STALE_EDIT_IS_REFUSED:
        with subtests.test(tag=tag):
            for method, path, body in (
                ("PATCH", f"/subscriptions/{sub}", {"auto_renew": False}),
                ("PATCH", f"/organisations/{cast.org}", {"name": "x"}),
                ("PATCH", line, {"quantity": 2}),
                ("POST", f"/carts/{cart['id']}/lines", line_of("analyst-business")),
                ("DELETE", line, None),
            ):
                reply = cast.own.send(method, path, body, if_match=tag)
                assert (reply.status, reply.code) == (412, "stale"), path


def line_of(offer: str) -> dict[str, object]:
    """A line as a body."""
    return {"offer": offer, "term": "year", "quantity": 1}


def test_an_edit_of_what_was_read_is_done(cast: Cast) -> None:
    sub = bought(cast.own, cast.org)
    for path, body in (
        (f"/subscriptions/{sub}", {"auto_renew": False}),
        (f"/organisations/{cast.org}", {"name": "New"}),
    ):
        read = cast.own.get(path)
        done = cast.own.patch(path, body, if_match=read.headers["ETag"])
        assert done.status == 200
        assert done.headers["ETag"] != read.headers["ETag"]
        assert done.headers["ETag"] == cast.own.get(path).headers["ETag"]
        assert cast.own.patch(path, body, if_match=read.headers["ETag"]).code == "stale"
        assert cast.own.patch(path, body, if_match="*").status == 200
    cart = cart_with(cast.own, cast.org, ("designer-business", 1))
    line = f"/carts/{cart.body['id']}/lines/{cart.body['lines'][0]['id']}"
    done = cast.own.patch(line, {"quantity": 5}, if_match=cart.headers["ETag"])
    assert done.body["lines"][0]["quantity"] == 5
    assert done.body["version"] == cart.body["version"] + 1
    assert cast.own.delete(line, if_match=cart.headers["ETag"]).code == "stale"
    empty = cast.own.delete(line, if_match=done.headers["ETag"])
    assert (empty.status, empty.body["lines"], empty.body["term"]) == (200, [], None)


# "Errors are RFC 9457 … rule, field_errors, and the verdict's figures. detail follows
# Accept-Language (en, fr)."


def test_a_no_says_why_by_which_rule_and_until_when(cast: Cast) -> None:
    sub = bought(cast.own, cast.org)
    clock = {"to": "2028-02-26T12:00:00Z"}
    cast.own.post(f"/organisations/{cast.org}/test-clock/advance", clock)
    body = {"auto_renew": False}
    late = cast.own.patch(f"/subscriptions/{sub}", body)
    assert (late.status, late.code, late.body["rule"]) == (409, "opt_out_closed", "R21")
    assert late.body["deadline"] == "2028-02-25"
    assert "February 25, 2028" in late.body["detail"]
    french = cast.own.patch(f"/subscriptions/{sub}", body, accept_language="fr-CA,en;q=0.5")
    assert "25 février 2028" in french.body["detail"]
    assert french.headers["Content-Language"] == "fr"
    later = cast.own.patch(f"/subscriptions/{sub}", body | {"from": "next_period"})
    assert later.status == 200
    assert (later.body["auto_renew"], later.body["stops_after"]) == (True, 2)


def test_money_in_a_text_is_the_reader_s(cast: Cast) -> None:
    cart = cart_with(cast.own, cast.org, ("designer-business", 1)).body
    body = {"cart": cart["id"], "cart_version": cart["version"] + 1, "organisation": cast.org}
    english = cast.own.post("/orders", body, idempotency_key="en")
    assert (english.status, english.code) == (409, "cart_changed")
    assert english.body["total"] == {"amount": 144000, "currency": "EUR"}
    assert "€1,440.00" in english.body["detail"]
    french = cast.own.post("/orders", body, idempotency_key="fr", accept_language="fr")
    assert "1\u202f440,00\xa0€" in french.body["detail"]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("fr", "fr"),
        ("fr-FR", "fr"),
        ("FR", "fr"),
        ("de", "en"),
        ("de, fr;q=0.3", "fr"),
        ("en;q=0.2, fr;q=0.8", "fr"),
        ("fr;q=0.2, en;q=0.8", "en"),
        ("fr;q=0, *", "en"),
        ("en;q=0, *", "fr"),
        ("*", "en"),
        ("fr;q=x", "en"),
        (";;;,,,", "en"),
        ("x" * 5000, "en"),
    ],
)
def test_the_language_is_the_reader_s(header: str, language: str) -> None:
    reply = root("GET", "/nothing", Accept_Language=header)
    assert reply.headers["Content-Language"] == language
    assert reply.body["detail"].startswith("Il n’y a" if language == "fr" else "There is")


# "Every answer to a write carries Tenure-Revision, the organisation's revision after it."


def test_revisions_only_rise(cast: Cast) -> None:
    own, org = cast.own, cast.org
    seen = [order(own, org, cart_with(own, org, ("designer-business", 2))).revision]
    sub = own.get(f"/organisations/{org}/subscriptions").body["data"][0]["id"]
    member = own.get(f"/organisations/{org}/members").body["data"][0]["id"]
    seen.append(own.post(f"/subscriptions/{sub}/assignments", {"member": member}).revision)
    seen.append(own.patch(f"/subscriptions/{sub}", {"next_quantity": 1}).revision)
    seen.append(own.delete(f"/subscriptions/{sub}/assignments/{member}").revision)
    seen.append(own.patch(f"/organisations/{org}", {"name": "New"}).revision)
    assert seen == sorted(set(seen))
    assert own.get(f"/organisations/{org}").body["revision"] == seen[-1]
    assert cart_with(own, org).revision == seen[-1]


# What the logs know a request by.


def test_a_request_keeps_the_id_it_came_with() -> None:
    assert root("GET", "/healthz", X_Request_ID="abc-1").headers["X-Request-ID"] == "abc-1"
    for strange in ("", "a b", "x" * 200, "<script>", "é"):
        made = root("GET", "/healthz", X_Request_ID=strange).headers["X-Request-ID"]
        assert re.fullmatch(r"[0-9a-f-]{36}", made)


def test_a_members_tag_guards_an_edit(cast: Cast) -> None:
    members = cast.own.get(f"/organisations/{cast.org}/members").body["data"]
    path = f"/members/{members[0]['id']}"
    tag = cast.own.get(path).headers["ETag"]
    stale = cast.vendor.patch(path, {"standing": "member"}, if_match='"bogus"')
    assert (stale.status, stale.code) == (412, "stale")
    again = cast.vendor.patch(path, {"standing": "owner"}, if_match=tag)
    assert (again.status, again.headers["ETag"]) == (200, tag)


def test_a_body_in_chunks_is_read_like_any_other() -> None:
    from tenure.config.wsgi import application

    said: list[str] = []
    environ = RequestFactory().get("/api/v1/carts").environ | {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": "application/json",
        "HTTP_TRANSFER_ENCODING": "chunked",
        "wsgi.input": BytesIO(b"{"),
    }
    environ.pop("CONTENT_LENGTH", None)
    answer = application(environ, lambda status, *_: said.append(status))
    assert said == ["401 Unauthorized"]
    assert b"unauthenticated" in b"".join(answer)
    assert environ["wsgi.input"].tell() == 0, "nobody reads it before the key is known"
