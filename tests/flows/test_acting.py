"""The vendor's staff act for a customer: with a reason, on record, until they end it or go."""

from __future__ import annotations

from uuid import UUID

import pytest

from tenure.base.errors import Invalid, NotFound
from tenure.base.ids import public_id
from tenure.events.models import Event
from tenure.flows.acting import acting_of, begin_acting, end_acting, staff_by
from tenure.flows.staff import add_staff, change_staff_roles, end_staff
from tenure.organisations.models import Intervention, Organisation
from tenure.organisations.rules import StaffRole
from tests.shop import START, customer, open_shop, owner_of

pytestmark = pytest.mark.django_db(transaction=True)


def staff(email: str, *roles: StaffRole) -> UUID:
    return add_staff(email=email, name="", roles=roles, now=START, by="command").ids[0]


@pytest.fixture
def company() -> Organisation:
    open_shop()
    staff("root@vendor.example", StaffRole.ADMIN)
    return customer()


def begin(company: Organisation, user: UUID, reason: str = "They asked for help.") -> None:
    begin_acting(organisation=company.id, user=user, reason=reason, now=START)


def told(company: Organisation) -> list[str]:
    rows = Event.objects.filter(organisation_id=company.id, type__startswith="acting.")
    return list(rows.order_by("sequence").values_list("type", flat=True))


def test_acting_begins_with_a_reason_and_ends(company: Organisation) -> None:
    zoe = staff("zoe@vendor.example", StaffRole.SUPPORT)
    begin(company, zoe)
    acting = acting_of(zoe, company.id)
    assert acting is not None
    assert (acting.reason, acting.begun_at) == ("They asked for help.", START)
    assert acting.by == staff_by(zoe) == f"staff:{public_id('usr', zoe)}"
    other = customer(email="zed@elsewhere.example")
    assert acting_of(zoe, other.id) is None, "for those alone for whom it was begun"
    said = Event.objects.get(type="acting.begun")
    assert (said.by, said.data["staff"]) == (acting.by, public_id("usr", zoe))
    for _ in range(2):
        end_acting(organisation=company.id, user=zoe, now=START)
    assert acting_of(zoe, company.id) is None
    assert told(company) == ["acting.begun", "acting.ended"]
    begin(company, zoe)
    begin(other, zoe)
    end_acting(organisation=other.id, user=zoe, now=START)
    assert acting_of(zoe, company.id) is not None


def test_not_twice_not_without_a_reason_not_for_nobody(company: Organisation) -> None:
    zoe = staff("zoe@vendor.example", StaffRole.SUPPORT)
    begin(company, zoe)
    begin(company, zoe, "Something else.")
    assert told(company) == ["acting.begun", "acting.ended", "acting.begun"]
    with pytest.raises(NotFound):
        begin_acting(organisation=zoe, user=zoe, reason="x", now=START)
    end_acting(organisation=company.id, user=zoe, now=START)
    with pytest.raises(Invalid):
        begin(company, zoe, " ")


def test_not_everybody_may_act(company: Organisation) -> None:
    finance = staff("fin@vendor.example", StaffRole.FINANCE)
    ada = owner_of(company).user_id
    assert ada is not None
    for user in (finance, ada):
        with pytest.raises(NotFound):
            begin(company, user)
    assert not Intervention.objects.exists()


@pytest.mark.parametrize("how", ["leaves", "does something else"])
def test_who_leaves_acts_no_more(company: Organisation, how: str) -> None:
    zoe = staff("zoe@vendor.example", StaffRole.SUPPORT)
    other = customer(email="zed@elsewhere.example")
    begin(company, zoe)
    begin(other, zoe)
    if how == "leaves":
        end_staff(user=zoe, now=START, by="command")
    else:
        change_staff_roles(user=zoe, roles={StaffRole.FINANCE}, now=START, by="command")
    for customer_ in (company, other):
        assert acting_of(zoe, customer_.id) is None
        assert told(customer_) == ["acting.begun", "acting.ended"]
