"""R20 to R26 at the API: what renews, paying it now, switching it on when its deadline is over."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tenure.base.calendar import Term
from tenure.base.ids import public_id
from tenure.organisations.models import Member
from tenure.subscriptions.models import Subscription
from tests.api.cast import key_for
from tests.api.talking import Api, Reply
from tests.flows.transfers import all_holds
from tests.shop import customer, fill_cart, open_shop, order_cart

pytestmark = pytest.mark.django_db(transaction=True)

BOUGHT = datetime(2027, 8, 23, 9, 0, tzinfo=UTC)
"""Quarterly, it ends on 2027-11-23, and its deadline is 2027-11-18."""


class Company:
    """A company with its own key, and a quarterly subscription of four seats."""

    def __init__(self) -> None:
        open_shop(BOUGHT)
        self.row = customer(clock=BOUGHT)
        self.org = public_id("org", self.row.id)
        cart = fill_cart(self.row, ("designer-business", 4), term=Term.QUARTER, now=BOUGHT)
        order_cart(self.row, cart, now=BOUGHT)
        self.sub = public_id("sub", Subscription.objects.get().id)
        self.api, self.vendor = Api(key_for(self.row.id)), Api(key_for(None))
        self._keys = 0

    def advance(self, day: str) -> Reply:
        """To noon of a day in Paris."""
        return self.vendor.post(
            f"/organisations/{self.org}/test-clock/advance", {"to": f"{day}T11:00:00Z"}
        )

    def pay(self, body: object = None) -> Reply:
        """Pay now."""
        self._keys += 1
        path = f"/subscriptions/{self.sub}/pay"
        return self.api.post(path, body or {}, idempotency_key=f"pay-{self._keys}")

    def subscription(self) -> Reply:
        """As the API shows it."""
        return self.api.get(f"/subscriptions/{self.sub}")


def card(token: str) -> dict[str, object]:
    """A card in a body."""
    return {"payment": {"method": "card", "token": token}}


def test_declined_lapsed_paid_with_a_step_and_no_second_charge() -> None:
    company = Company()
    company.row.payment_methods.update(reference="tok_declined")
    assert company.pay().code == "nothing_due"
    company.advance("2027-11-19")
    shown = company.subscription().body
    assert (shown["status"], shown["current_period"]["number"]) == ("active", 1)
    assert (shown["opt_out_deadline"], len(shown["periods"])) == ("2027-11-18", 1)
    company.advance("2027-11-25")
    assert company.subscription().body["status"] == "lapsed"
    assert company.subscription().body["data_available_until"] == "2027-12-07"
    step = company.pay(card("tok_authenticate"))
    assert (step.status, step.body["status"]) == (200, "authentication_required")
    assert step.body["subscriptions"] == [company.sub]
    passed = company.vendor.post(
        f"/sandbox/authentications/{step.body['payment']}", {"outcome": "pass"}
    )
    assert passed.status == 200
    order = company.api.get(f"/orders/{step.body['id']}").body
    assert (order["status"], order["invoice"] is not None) == ("paid", True)
    shown = company.subscription().body
    assert shown["status"] == "active"
    assert shown["current_period"]["starts_on"] == "2027-11-23"
    assert shown["current_period"]["order"] == order["id"]
    assert company.pay().code == "nothing_due"
    all_holds()


def test_switched_on_after_the_deadline_it_is_charged_at_once() -> None:
    company = Company()
    off = company.api.patch(f"/subscriptions/{company.sub}", {"auto_renew": False})
    assert off.body["auto_renew"] is False
    company.advance("2027-11-20")
    assert len(company.subscription().body["periods"]) == 1
    on = company.api.patch(f"/subscriptions/{company.sub}", {"auto_renew": True})
    assert (on.status, len(on.body["periods"])) == (200, 2)
    assert (on.body["current_period"]["number"], on.body["opt_out_deadline"]) == (1, "2027-11-18")
    late = company.api.patch(f"/subscriptions/{company.sub}", {"auto_renew": False})
    assert late.code == "opt_out_closed"
    stops = {"auto_renew": False, "from": "next_period"}
    assert company.api.patch(f"/subscriptions/{company.sub}", stops).body["stops_after"] == 2
    paid = on.body["periods"][1]["order"]
    assert company.api.delete(f"/orders/{paid}").code == "order_closed"
    told = [each["type"] for each in company.advance("2028-03-15").body["data"]]
    assert told.count("subscription.ended") == 1
    assert company.subscription().body["status"] == "ended"
    all_holds()


def test_fewer_seats_from_the_boundary_on() -> None:
    company = Company()
    members = _joined(company)
    for member in members:
        assigned = company.api.post(
            f"/subscriptions/{company.sub}/assignments", {"member": public_id("mem", member.id)}
        )
        assert assigned.status == 201
    company.api.patch(f"/subscriptions/{company.sub}", {"next_quantity": 2})
    company.advance("2027-11-22")
    shown = company.subscription().body
    assert (shown["quantity"], shown["next_quantity"], shown["assigned"]) == (4, 2, 3)
    company.advance("2027-11-23")
    shown = company.subscription().body
    assert (shown["quantity"], shown["next_quantity"], shown["assigned"]) == (2, 2, 2)
    company.api.patch(f"/subscriptions/{company.sub}", {"next_quantity": 6})
    company.advance("2028-02-24")
    assert company.subscription().body["quantity"] == 6
    all_holds()


def _joined(company: Company) -> list[Member]:
    """The owner and two more."""
    for name in ("bob", "cleo"):
        made = company.vendor.post(
            f"/organisations/{company.org}/invitations",
            {"email": f"{name}@atelier.example", "standing": "member", "roles": []},
        ).body
        company.vendor.post(f"/invitations/{made['token']}/accept", {})
    return list(Member.objects.filter(organisation=company.row).order_by("id"))
