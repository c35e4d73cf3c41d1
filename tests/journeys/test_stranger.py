"""A stranger gets nothing: another organisation's key, no key, and a wrong one, on every call.

What there is to call is read from the OpenAPI document, so that no call can be forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pytest

from tests.journeys.people import Caller, Customer, Json, Vendor, caller
from tests.journeys.running import Installation
from tests.journeys.test_company_in_lyon import CAMILLE, COMPANY, DESIGNING, DRAWING

STRANGER = {**COMPANY, "name": "Passage SARL", "owner": {"email": "p@passage.example", "name": "P"}}

OF_EVERYBODY = {"/api/v1/offers/{offer}"}
"""Paths that name what the vendor sells, which is no secret."""


@dataclass(frozen=True)
class Operation:
    """A call that the OpenAPI document describes."""

    method: str
    path: str
    secured: bool
    names: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def naming(self, things: Mapping[str, str]) -> str:
        """The path with identifiers in it."""
        return self.path.format(**{name: things.get(name, name) for name in self.names})


@pytest.fixture(scope="module")
def company(vendor: Vendor) -> Iterator[Customer]:
    """Somebody who has everything that there is to have."""
    with vendor.welcomes(COMPANY, at="2027-08-23 09:30") as company:
        yield company


@pytest.fixture(scope="module")
def things(company: Customer) -> dict[str, str]:
    """The identifiers of what the company has, by the name that paths give them."""
    roles = company.buys({DRAWING: 2, DESIGNING: 2}, term="quarter")
    company.assigns(roles[DRAWING], CAMILLE)
    invitation = company.invites("nadia@rhodanienne.example", "mechanical-designer")
    token = company.vendor.reads(f"/invitations/{invitation['id']}")["token"]
    waiting = company.orders(company.cart_with({DRAWING: 1}, "quarter"), "tok_authenticate")
    cart = company.cart_with({DRAWING: 1}, "quarter")
    return {
        "organisation": company.id,
        "cart": cart["id"],
        "line": cart["lines"][0]["id"],
        "order": waiting["id"],
        "payment": waiting["payment"],
        "subscription": roles[DRAWING]["id"],
        "member": company.owner["id"],
        "invitation": invitation["id"],
        "token": token,
    }


@pytest.fixture(scope="module")
def stranger(vendor: Vendor) -> Iterator[Customer]:
    """Another organisation, with a key of its own."""
    with vendor.welcomes(STRANGER, at="2027-08-23 09:30") as stranger:
        yield stranger


def operations(document: Json) -> list[Operation]:
    """All that the document describes."""
    return [
        Operation(
            method=method.upper(),
            path=path,
            secured=bool(what.get("security", document.get("security"))),
            names=tuple(re.findall(r"{(\w+)}", path)),
        )
        for path, methods in document["paths"].items()
        for method, what in methods.items()
        if method in {"get", "post", "put", "patch", "delete"}
    ]


def everything(somebody: Caller) -> list[Operation]:
    """All operations; there are those of selling, living and people at least."""
    found = operations(somebody.reads("/openapi.json"))
    assert len(found) > 30
    return found


def test_another_organisations_key_finds_nothing(
    company: Customer, things: dict[str, str], stranger: Customer
) -> None:
    before = company.reads(company.path)
    for operation in everything(stranger):
        if not operation.names or operation.path in OF_EVERYBODY:
            continue
        answer = stranger.call(operation.method, operation.naming(things), {})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), operation
    assert company.reads(company.path) == before


def test_identifiers_that_do_not_exist_look_the_same(
    things: dict[str, str], stranger: Customer
) -> None:
    absent = dict.fromkeys(things, "org_00000000000000000000000000")
    malformed = dict.fromkeys(things, "%2e%2e%00'")
    for operation in everything(stranger):
        if not operation.names or operation.path in OF_EVERYBODY:
            continue
        answers = [
            stranger.call(operation.method, operation.naming(which), {})
            for which in (things, absent, malformed)
        ]
        assert {answer.status_code for answer in answers} == {404}, operation
        assert len({answer.text for answer in answers}) == 1, operation


def test_what_a_stranger_names_in_a_body_is_not_found_either(
    company: Customer, things: dict[str, str], stranger: Customer
) -> None:
    profile = {"audience": "business", "country": "FR"}
    stranger.is_refused("not_found", "POST", "/carts", {**profile, "organisation": company.id})
    stranger.is_refused("not_found", "POST", "/organisations", COMPANY)

    theirs = {"id": things["cart"], "version": 2, "total": {"amount": 1, "currency": "EUR"}}
    for_them = company.order_of(theirs)
    stranger.is_refused("not_found", "POST", "/orders", for_them)
    stranger.is_refused("not_found", "POST", "/orders", stranger.order_of(theirs))
    mine = stranger.cart_with({DRAWING: 1}, "quarter")
    stranger.is_refused("not_found", "POST", "/orders", company.order_of(mine))

    own = stranger.buys({DRAWING: 1}, term="quarter")[DRAWING]
    path = f"/subscriptions/{own['id']}/assignments"
    stranger.is_refused("not_found", "POST", path, {"member": things["member"]})


def test_lists_hold_what_is_the_strangers_own(
    company: Customer, things: dict[str, str], stranger: Customer
) -> None:
    assert [each["id"] for each in stranger.lists("/organisations")] == [stranger.id]
    for operation in everything(stranger):
        if operation.method != "GET" or set(operation.names) - {"organisation"}:
            continue
        answer = stranger.call("GET", operation.naming({"organisation": stranger.id}))
        # the forecast wants a day, and webhooks of the vendor are not theirs to see
        assert answer.status_code in (200, 404, 422), operation
        assert not [each for each in things.values() if each in answer.text], operation


def test_decisions_are_answered_to_their_own_organisation(
    company: Customer, things: dict[str, str], stranger: Customer
) -> None:
    assert company.may(CAMILLE, "draw", "sketchline")
    question = company.question(CAMILLE, "draw", "sketchline")
    decide = stranger.vendor.installation.decide_url
    for where in ("/access/v1/evaluation", f"{decide}/access/v1/evaluation"):
        answer = stranger.call("POST", where, question)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert stranger.may(CAMILLE, "draw", "sketchline").reason == "not_a_member"
    assert stranger.may(things["member"], "draw", "sketchline").reason == "not_a_member"


def test_without_a_valid_key_there_is_nothing(
    installation: Installation, things: dict[str, str], company: Customer
) -> None:
    question = company.question(CAMILLE, "draw", "sketchline")
    decide = f"{installation.decide_url}/access/v1/evaluation"
    for key in (None, "tenure_wrong", "x"):
        with caller(installation, key) as nobody:
            secured = [each for each in everything(nobody) if each.secured]
            assert len(secured) > 30
            for operation in secured:
                answer = nobody.call(operation.method, operation.naming(things), {})
                assert answer.status_code == 401, operation
                assert answer.json()["code"] == "unauthenticated"
            assert nobody.call("POST", decide, question).status_code == 401


def test_what_needs_no_key_tells_of_nobody(
    installation: Installation, things: dict[str, str]
) -> None:
    with caller(installation, None) as nobody:
        for operation in everything(nobody):
            if operation.secured or operation.path.endswith("/webhook"):  # it proves itself
                continue
            answer = nobody.call(operation.method, f"{installation.url}{operation.path}")
            assert answer.status_code == 200, operation
            assert not [each for each in things.values() if each in answer.text], operation
