"""A student in New York buys a year around the change to summer time.

On 14 March 2027 clocks there go from UTC−5 to UTC−4. A date is a date on both sides of it: what is
counted in days keeps its midnight, and only the instants move (R1, R8).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.people import Customer, Decision, Vendor, kinds

JORDAN = "jordan@mailbox.example"
LEE = "lee@cs.hudson.edu"
DESIGNING = "mechanical-designer-student"

GRANTED = Decision(True, "granted")


def profile(email: str, name: str) -> dict[str, Any]:
    """A student of New York."""
    return {
        "name": name,
        "audience": "student",
        "country": "US",
        "timezone": "America/New_York",
        "language": "en",
        "owner": {"email": email, "name": name},
        "billing": {
            "name": name,
            "line1": "412 Amsterdam Avenue",
            "postal_code": "10027",
            "city": "New York",
            "region": "NY",
            "country": "US",
        },
    }


@pytest.fixture
def student(vendor: Vendor) -> Iterator[Customer]:
    """A student whose address proves nothing, four days before the change."""
    with vendor.welcomes(profile(JORDAN, "Jordan Wells"), at="2027-03-10 18:00") as student:
        yield student


def test_nothing_is_charged_before_the_proof(student: Customer) -> None:
    order = student.orders(student.cart_with({DESIGNING: 1}, "year"))
    assert order["status"] == "awaiting_verification"
    assert order["total"] == {"amount": 6_500, "currency": "USD"}
    assert (order["subscriptions"], order["paid_on"]) == ([], None)
    assert order["expires_at"] == "2027-03-25T04:00:00Z"  # midnight, by summer time
    assert student.lists(f"{student.path}/subscriptions") == []
    assert student.may(JORDAN, "model", "partforge") == Decision(False, "no_seat")

    payment = {"payment": {"method": "card", "token": "tok_ok"}}
    path = f"/orders/{order['id']}/payments"
    assert student.is_refused("verification_pending", "POST", path, payment)["rule"] == "R8"

    said = student.writes("POST", f"{student.path}/verification", {})
    assert said["status"] == "submitted"
    assert student.reads(f"/orders/{order['id']}")["status"] == "awaiting_verification"


def test_an_accepted_proof_begins_a_year_with_right_instants(student: Customer) -> None:
    order = student.orders(student.cart_with({DESIGNING: 1}, "year"))
    student.waits_until("2027-03-13 20:00")  # the evening before the change
    accepted = student.vendor.writes("POST", f"{student.path}/verification", {})
    assert accepted["status"] == "verified"

    order = student.reads(f"/orders/{order['id']}")
    assert (order["status"], order["paid_on"]) == ("paid", "2027-03-13")
    subscription = student.bought(order)[DESIGNING]
    period = subscription["current_period"]
    assert (period["starts_on"], period["ends_on"]) == ("2027-03-13", "2028-03-13")
    assert subscription["opt_out_deadline"] == "2028-03-08"
    student.assigns(subscription, JORDAN)
    assert student.may(JORDAN, "model", "partforge") == GRANTED

    for moment in ("2027-03-14 01:59:59", "2027-03-14 03:00:00", "2027-11-07 12:00:00"):
        student.waits_until(moment)
        assert student.may(JORDAN, "model", "partforge") == GRANTED

    # It began by winter time, at 05:00 UTC; the year after, the change is on the 12th already,
    # and midnight of the 13th is 04:00 UTC.
    assert student.advanced("2028-03-13T03:59:59Z")
    assert student.may(JORDAN, "model", "partforge") == GRANTED
    assert student.advanced("2028-03-13T04:00:00Z")
    assert student.may(JORDAN, "model", "partforge") == Decision(False, "retention", "2028-03-27")


def test_an_academic_address_is_proof_enough(vendor: Vendor) -> None:
    with vendor.welcomes(profile(LEE, "Lee Park"), at="2027-03-10 18:00") as student:
        assert student.profile["verified_at"] is not None
        year = student.buys({DESIGNING: 1}, term="year")[DESIGNING]
        assert year["current_period"]["ends_on"] == "2028-03-10"
        student.assigns(year, LEE)
        assert student.may(LEE, "model", "partforge") == GRANTED


def test_an_order_without_proof_expires_after_14_days(student: Customer) -> None:
    order = student.orders(student.cart_with({DESIGNING: 1}, "year"))
    student.waits_until("2027-03-24 23:59:59")
    assert student.reads(f"/orders/{order['id']}")["status"] == "awaiting_verification"
    happened = student.waits_until("2027-03-25 00:00:00")
    assert kinds(happened) == ["order.expired", "organisation.clock_advanced"]
    assert student.reads(f"/orders/{order['id']}")["status"] == "expired"

    student.vendor.writes("POST", f"{student.path}/verification", {})
    assert student.reads(f"/orders/{order['id']}")["status"] == "expired"
    assert student.lists(f"{student.path}/subscriptions") == []
    student.buys({DESIGNING: 1}, term="year")


def test_a_card_that_is_declined_once_proved_can_be_replaced(student: Customer) -> None:
    cart = student.cart_with({DESIGNING: 1}, "year")
    order = student.orders(cart, card="tok_insufficient_funds")
    assert order["status"] == "awaiting_verification"
    student.vendor.writes("POST", f"{student.path}/verification", {})
    assert student.reads(f"/orders/{order['id']}")["status"] == "declined"

    payment = {"payment": {"method": "card", "token": "tok_authenticate"}}
    asked = student.writes("POST", f"/orders/{order['id']}/payments", payment)
    assert asked["status"] == "authentication_required"
    assert asked["next_action"]["type"] == "redirect"
    step = f"/sandbox/authentications/{asked['payment']}"
    assert student.writes("POST", step, {"outcome": "pass"})["status"] == "paid"
    assert len(student.lists(f"{student.path}/subscriptions")) == 1
