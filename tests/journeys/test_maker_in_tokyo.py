"""A maker in Tokyo pays in yen by the month, over the end of January and a leap-year February.

A month that begins on the 31st ends on the last day that the next month has (R1), in Tokyo's
days, which begin nine hours before those of UTC.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys.people import Customer, Decision, Vendor, kinds

MAKER = {
    "name": "Atelier Hoshino",
    "audience": "creator",
    "country": "JP",
    "timezone": "Asia/Tokyo",
    "language": "en",
    "owner": {"email": "hoshino@atelier.example", "name": "Mio Hoshino"},
    "billing": {
        "name": "Mio Hoshino",
        "line1": "2-8-1 Yanaka",
        "postal_code": "110-0001",
        "city": "Tokyo",
        "country": "JP",
    },
}
MIO = "hoshino@atelier.example"
DRAWING, RENDERING = "drafter-creator", "visual-artist-creator"

GRANTED = Decision(True, "granted")


@pytest.fixture
def maker(vendor: Vendor) -> Iterator[Customer]:
    """The maker, on the last day of January of the year before."""
    with vendor.welcomes(MAKER, at="2027-01-31 12:00") as maker:
        yield maker


def a_month_of(maker: Customer, offer: str) -> tuple[str, str, str]:
    """Buy one month for herself: its first day, its end, and the last day to stop the renewal,
    which she does at once."""
    subscription = maker.buys({offer: 1}, term="month")[offer]
    maker.assigns(subscription, MIO)
    maker.writes("PATCH", f"/subscriptions/{subscription['id']}", {"auto_renew": False})
    period = subscription["current_period"]
    return period["starts_on"], period["ends_on"], subscription["opt_out_deadline"]


def test_yen_have_no_minor_units_and_no_tax_is_due_abroad(maker: Customer) -> None:
    cart = maker.cart_with({DRAWING: 1, RENDERING: 1}, "month")
    assert cart["total_net"] == {"amount": 1_500 + 3_600, "currency": "JPY"}
    assert cart["total_tax"]["amount"] == 0
    assert cart["total"] == cart["total_net"]

    by_transfer = {**maker.order_of(cart), "payment": {"method": "bank_transfer"}}
    refusal = maker.is_refused("payment_method_not_for_audience", "POST", "/orders", by_transfer)
    assert refusal["rule"] == "R14"

    quarterly = {"offer": DRAWING, "term": "quarter", "quantity": 1}
    path = f"/carts/{maker.cart()['id']}/lines"
    assert maker.is_refused("term_not_for_audience", "POST", path, quarterly)["rule"] == "R6"


def test_a_month_from_the_31st_ends_with_february(maker: Customer) -> None:
    assert a_month_of(maker, DRAWING) == ("2027-01-31", "2027-02-28", "2027-02-23")
    maker.waits_until("2028-01-31 12:00")
    assert a_month_of(maker, DRAWING) == ("2028-01-31", "2028-02-29", "2028-02-24")
    assert a_month_of(maker, RENDERING) == ("2028-01-31", "2028-02-29", "2028-02-24")

    maker.waits_until("2028-02-28 23:59:59")
    assert maker.may(MIO, "render", "lightbox") == GRANTED
    assert maker.may(MIO, "draw", "sketchline") == GRANTED
    maker.waits_until("2028-02-29 00:00:00")
    over = Decision(False, "retention", "2028-03-14")
    assert maker.may(MIO, "render", "lightbox") == over
    assert maker.may(MIO, "draw", "sketchline") == over


def test_the_leap_day_is_a_day_to_begin_on(maker: Customer) -> None:
    maker.waits_until("2028-02-29 00:00:00")
    assert a_month_of(maker, DRAWING) == ("2028-02-29", "2028-03-29", "2028-03-24")
    year = maker.buys({RENDERING: 1}, term="year")[RENDERING]
    assert year["current_period"]["ends_on"] == "2029-02-28"
    maker.assigns(year, MIO)

    maker.waits_until("2028-03-28 23:59:59")
    assert maker.may(MIO, "draw", "sketchline") == GRANTED
    maker.waits_until("2028-03-29 00:00:00")
    assert maker.may(MIO, "draw", "sketchline") == Decision(False, "retention", "2028-04-12")
    assert maker.may(MIO, "render", "lightbox") == GRANTED


def test_a_day_begins_in_tokyo(maker: Customer) -> None:
    maker.waits_until("2028-02-01 00:30")  # still January in UTC
    assert a_month_of(maker, DRAWING) == ("2028-02-01", "2028-03-01", "2028-02-25")


def test_a_month_stops_when_told_and_is_not_paid_back(maker: Customer) -> None:
    maker.waits_until("2028-01-31 12:00")
    bought = maker.buys({DRAWING: 1}, term="month")
    verdict = maker.reads(f"/orders/{bought.order['id']}/cancellation")
    assert (verdict["allowed"], verdict["code"]) == (False, "monthly_excluded")
    assert verdict["rule"] == "R28"

    drawing = f"/subscriptions/{bought[DRAWING]['id']}"
    maker.waits_until("2028-02-24 23:59:59")
    assert maker.writes("PATCH", drawing, {"auto_renew": False})["auto_renew"] is False
    happened = maker.waits_until("2028-03-01 00:00")
    assert maker.reads(drawing)["status"] == "ended"
    assert kinds(happened)[-1] == "organisation.clock_advanced"


def test_what_was_bought_cannot_be_tried_anymore(maker: Customer) -> None:
    trial = {"offer": f"{RENDERING}-trial", "term": "trial", "quantity": 1}
    a_month_of(maker, RENDERING)
    path = f"/carts/{maker.cart()['id']}/lines"
    assert maker.is_refused("trial_used", "POST", path, trial)["rule"] == "R9"
