"""The sandbox's sample customers: made once, through the real flows, and left alone then."""

from __future__ import annotations

import pytest

from tenure.access.models import RoleRequest
from tenure.base.clock import machine_now
from tenure.billing.models import BankLine, Refund
from tenure.events.models import Event
from tenure.flows.demo import STAFF, prepare_demo
from tenure.flows.policy import ensure_policy
from tenure.flows.verify.run import verify
from tenure.orders.models import Order
from tenure.organisations.models import Invitation, Member, Organisation, StaffMember, StudentProof
from tenure.subscriptions.models import Subscription
from tenure.support.models import Request
from tests.organisations.keys import valid_key

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_demo_is_made_once_and_left_alone() -> None:
    now = machine_now()
    ensure_policy(now=now)
    first = prepare_demo(key="tenure_demo", now=now)
    assert [(each.audience, each.currency) for each in first] == [
        ("business", "EUR"),
        ("creator", "JPY"),
        ("student", "USD"),
        ("student", "EUR"),
    ]
    assert all(each.test_clock == now.replace(microsecond=0) for each in first)
    assert valid_key("tenure_demo") is not None
    _has_what_pages_show(first[0])
    events = Event.objects.count()
    again = prepare_demo(key="tenure_demo", now=now)
    assert [each.id for each in again] == [each.id for each in first]
    assert Event.objects.count() == events
    assert [each.check for each in verify(now=now) if not each.holds] == []


def _has_what_pages_show(company: Organisation) -> None:
    """A team of about thirty, people who were invited, requests, seats that are free and none."""
    members = Member.objects.filter(organisation=company)
    assert members.filter(status="active").count() >= 24
    assert set(members.values_list("status", flat=True)) == {
        "active",
        "invited",
        "removed",
        "suspended",
    }
    assert {"owner", "administrator", "billing", "member", "external"} == set(
        members.values_list("standing", flat=True)
    )
    assert Invitation.objects.filter(organisation=company, status="pending").count() == 2
    requests = RoleRequest.objects.filter(organisation=company)
    assert sorted(requests.values_list("status", flat=True)) == ["declined", "open", "open"]
    assert Subscription.objects.filter(organisation=company).count() == 9
    assert Request.objects.filter(status="open").count() == 2
    assert StudentProof.objects.filter(decided_at=None).count() == 1
    assert Order.objects.filter(status="awaiting_verification").count() == 1
    assert Order.objects.filter(status="awaiting_transfer").count() == 1
    received = BankLine.objects.order_by("amount").values_list("amount", "open")
    assert list(received) == [(10_000, 0), (25_000, 25_000)]
    refund = Refund.objects.get()
    assert (refund.status, refund.reason) == ("done", "La commande a été annulée.")
    assert StaffMember.objects.get(user__email=STAFF.email).ended_at is None
