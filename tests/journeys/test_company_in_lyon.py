"""A French company buys two roles by the quarter, and adds a colleague.

Everything is done through HTTP, by the key of the company's administrator; only what the vendor
does is done by the vendor's key. The figures are the rulebook's own: a period that ends on
2027-11-23, whose last day to stop the renewal is 2027-11-18 (R21), and whose data last until
2027-12-07 (R31).
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.journeys.people import Bought, Customer, Decision, Vendor, kinds

COMPANY = {
    "name": "Mécanique Rhodanienne",
    "audience": "business",
    "country": "FR",
    "timezone": "Europe/Paris",
    "language": "fr",
    "owner": {"email": "Camille@Rhodanienne.example", "name": "Camille Perrin"},
    "billing": {
        "name": "Mécanique Rhodanienne SARL",
        "line1": "4 quai des Célestins",
        "postal_code": "69002",
        "city": "Lyon",
        "country": "FR",
        "siren": "123456782",
    },
}
CAMILLE = "camille@rhodanienne.example"
NADIA = "nadia@rhodanienne.example"
DRAWING, DESIGNING = "drafter-business", "mechanical-designer-business"

GRANTED = Decision(True, "granted")


@pytest.fixture
def company(vendor: Vendor) -> Iterator[Customer]:
    """The company, on the morning on which it starts."""
    with vendor.welcomes(COMPANY, at="2027-08-23 09:30") as company:
        yield company


@pytest.fixture
def roles(company: Customer) -> Bought:
    """Two of each of two roles, for a quarter."""
    return company.buys({DRAWING: 2, DESIGNING: 2}, term="quarter")


def joined(company: Customer, email: str, *roles: str) -> None:
    """A colleague is invited, and accepts."""
    invitation = company.invites(email, *roles)
    shown_to_vendor = company.vendor.reads(f"/invitations/{invitation['id']}")
    company.vendor.writes("POST", f"/invitations/{shown_to_vendor['token']}/accept", {})


def test_it_fills_a_cart_and_pays_once(company: Customer) -> None:
    assert company.owner["email"] == CAMILLE
    assert company.owner["status"] == "active"

    cart = company.cart_with({DRAWING: 2, DESIGNING: 2}, "quarter")
    assert cart["total_net"] == {"amount": 2 * 13_200 + 2 * 62_000, "currency": "EUR"}
    assert cart["total_tax"]["amount"] == 30_080  # 20 % in France (R45)
    assert cart["total"]["amount"] == 180_480

    yearly = {"offer": DRAWING, "term": "year", "quantity": 1}
    refusal = company.is_refused("mixed_terms", "POST", f"/carts/{cart['id']}/lines", yearly)
    assert refusal["rule"] == "R11"
    assert company.reads(f"/carts/{cart['id']}") == cart

    by_month = {"offer": DRAWING, "term": "month", "quantity": 1}
    refusal = company.is_refused(
        "term_not_for_audience", "POST", f"/carts/{cart['id']}/lines", by_month
    )
    assert refusal["rule"] == "R6"

    once = str(uuid4())
    order = company.orders(cart, Idempotency_Key=once)
    assert order["status"] == "paid"
    assert order["total"] == cart["total"]
    assert company.orders(cart, Idempotency_Key=once) == order

    again = company.call("POST", "/orders", company.order_of(cart))
    assert (again.status_code, again.json()["id"]) == (200, order["id"])
    assert len(company.lists(f"{company.path}/orders")) == 1


def test_what_it_bought_has_a_first_and_a_last_day(company: Customer, roles: Bought) -> None:
    for subscription in company.lists(f"{company.path}/subscriptions"):
        assert subscription["status"] == "active"
        assert subscription["auto_renew"] is True
        assert subscription["opt_out_deadline"] == "2027-11-18"
        period = subscription["current_period"]
        assert (period["number"], period["kind"]) == (1, "initial")
        assert (period["starts_on"], period["ends_on"]) == ("2027-08-23", "2027-11-23")
        assert period["order"] == roles.order["id"]
    assert (roles[DRAWING]["quantity"], roles[DRAWING]["assigned"]) == (2, 0)

    verdict = company.reads(f"/orders/{roles.order['id']}/cancellation")
    assert (verdict["code"], verdict["deadline"]) == ("cancellable", "2027-09-07")  # R28
    assert verdict["refund"] == roles.order["total"]


def test_what_it_paid_is_invoiced_once_and_in_french(company: Customer, roles: Bought) -> None:
    (invoice,) = company.lists(f"{company.path}/invoices")
    assert (invoice["id"], invoice["order"]) == (roles.order["invoice"], roles.order["id"])
    assert invoice["number"].startswith("TINV-2027-")  # a test clock's, by a series of its own
    assert (invoice["issued_on"], invoice["total"]) == ("2027-08-23", roles.order["total"])
    paper = company.call("GET", f"/invoices/{invoice['id']}/pdf")
    assert (paper.headers["content-type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    assert company.call("GET", f"/invoices/{invoice['id']}/pdf").content == paper.content
    data = company.call("GET", f"/invoices/{invoice['id']}/xml").text
    assert "urn:cen.eu:en16931:2017" in data  # R47
    assert "Mécanique Rhodanienne SARL" in data
    assert "indemnité forfaitaire de 40,00" in data


def test_a_colleague_joins_and_may_work_at_once(company: Customer, roles: Bought) -> None:
    assert company.may(NADIA, "model", "partforge") == Decision(False, "unknown_subject")

    invitation = company.invites(NADIA, "mechanical-designer")
    assert "token" not in invitation  # only the vendor, or the mail, can tell it
    assert company.may(NADIA, "model", "partforge") == Decision(False, "member_not_active")

    token = company.vendor.reads(f"/invitations/{invitation['id']}")["token"]
    company.vendor.writes("POST", f"/invitations/{token}/accept", {"name": "Nadia Benali"})
    assert company.member(NADIA)["name"] == "Nadia Benali"
    assert company.may(NADIA, "model", "partforge") == GRANTED
    assert company.may(NADIA, "export", "sketchline") == Decision(False, "no_role_with_permission")

    company.assigns(roles[DRAWING], NADIA)
    assert company.may(NADIA, "export", "sketchline") == GRANTED
    assert company.reads(f"/subscriptions/{roles[DRAWING]['id']}")["assigned"] == 1

    assert company.may(CAMILLE, "model", "partforge") == Decision(False, "no_seat")
    company.assigns(roles[DESIGNING], CAMILLE)
    assert company.may(CAMILLE, "model", "partforge") == GRANTED
    company.is_refused(
        "no_free_seat",
        "POST",
        f"{company.path}/invitations",
        {
            "email": "yann@rhodanienne.example",
            "standing": "member",
            "roles": ["mechanical-designer"],
        },
    )


def test_a_suspended_colleague_may_nothing_until_restored(company: Customer, roles: Bought) -> None:
    joined(company, NADIA, "drafter")
    nadia = f"/members/{company.member(NADIA)['id']}"
    assert company.may(NADIA, "draw", "sketchline") == GRANTED

    company.writes("PATCH", nadia, {"status": "suspended"})
    assert company.may(NADIA, "draw", "sketchline") == Decision(False, "member_not_active")
    assert company.reads(f"/subscriptions/{roles[DRAWING]['id']}")["assigned"] == 1

    company.writes("PATCH", nadia, {"status": "active"})
    assert company.may(NADIA, "draw", "sketchline") == GRANTED

    company.writes("DELETE", f"/subscriptions/{roles[DRAWING]['id']}/assignments/{nadia[9:]}")
    assert company.may(NADIA, "draw", "sketchline") == Decision(False, "no_seat")

    company.writes("DELETE", nadia)
    assert company.may(NADIA, "draw", "sketchline") == Decision(False, "member_not_active")
    owner = f"/members/{company.owner['id']}"
    assert company.is_refused("last_owner", "DELETE", owner)["rule"] == "R37"


def test_the_vendor_suspends_the_whole_company(company: Customer, roles: Bought) -> None:
    company.assigns(roles[DRAWING], CAMILLE)
    company.vendor.writes("PATCH", company.path, {"status": "suspended"})
    assert company.may(CAMILLE, "draw", "sketchline") == Decision(False, "organisation_suspended")
    company.vendor.writes("PATCH", company.path, {"status": "active"})
    assert company.may(CAMILLE, "draw", "sketchline") == GRANTED


def test_the_renewal_can_be_stopped_until_the_end_of_the_last_day(
    company: Customer, roles: Bought
) -> None:
    drawing = f"/subscriptions/{roles[DRAWING]['id']}"
    designing = f"/subscriptions/{roles[DESIGNING]['id']}"
    off = {"auto_renew": False}

    company.waits_until("2027-11-18 23:59:59")
    assert company.writes("PATCH", drawing, off)["auto_renew"] is False
    assert company.writes("PATCH", drawing, {"auto_renew": True})["auto_renew"] is True
    assert company.writes("PATCH", drawing, off)["auto_renew"] is False

    happened = company.waits_until("2027-11-19 00:00:00")
    assert kinds(happened).count("subscription.opt_out_deadline_passed") >= 1
    refusal = company.is_refused("opt_out_closed", "PATCH", designing, off)
    assert (refusal["status"], refusal["rule"]) == (409, "R21")
    assert refusal["deadline"] == "2027-11-18"

    later = company.writes("PATCH", designing, {**off, "from": "next_period"})
    assert later["auto_renew"] is True
    assert later["stops_after"] == 2


def test_access_ends_to_the_instant(company: Customer, roles: Bought) -> None:
    joined(company, NADIA, "mechanical-designer")
    company.assigns(roles[DRAWING], CAMILLE)
    company.writes("PATCH", f"/subscriptions/{roles[DRAWING]['id']}", {"auto_renew": False})
    kept = "2027-12-07"

    company.waits_until("2027-11-22 23:59:59")
    assert company.may(CAMILLE, "draw", "sketchline") == GRANTED
    assert company.may(NADIA, "model", "partforge") == GRANTED

    company.waits_until("2027-11-23 00:00:00")
    assert company.may(CAMILLE, "draw", "sketchline") == Decision(False, "retention", kept)
    assert company.may(NADIA, "model", "partforge") == GRANTED
    assert company.reads(f"/subscriptions/{roles[DRAWING]['id']}")["status"] == "ended"
    renewed = company.reads(f"/subscriptions/{roles[DESIGNING]['id']}")
    assert (renewed["status"], renewed["current_period"]["number"]) == ("active", 2)
    assert renewed["current_period"]["ends_on"] == "2028-02-23"

    company.waits_until("2027-12-07 23:59:59")
    assert company.may(CAMILLE, "draw", "sketchline") == Decision(False, "retention", kept)
    company.waits_until("2027-12-08 00:00:00")
    assert company.may(CAMILLE, "draw", "sketchline") == Decision(False, "no_current_period")

    told = kinds(company.journal())
    assert told[0] == "organisation.created"
    assert told.count("order.paid") == 2
    assert told[-1] == "organisation.clock_advanced"
