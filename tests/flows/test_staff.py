"""The vendor's staff come, change and go, on record; an admin remains."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from tenure.base.errors import Invalid, NotFound, Refused
from tenure.base.ids import public_id
from tenure.events.models import VENDOR_STREAM, Event
from tenure.flows.safety import set_second_factor
from tenure.flows.staff import add_staff, change_staff_roles, end_staff
from tenure.organisations.models import Organisation, StaffMember, User
from tenure.organisations.queries import abilities_of_staff
from tenure.organisations.rules import StaffAbility, StaffRole
from tests.flows.crowd import outcomes
from tests.shop import customer, open_shop

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
ADMIN, SUPPORT = {StaffRole.ADMIN}, {StaffRole.SUPPORT}


def take_on(email: str, roles: set[StaffRole]) -> UUID:
    return add_staff(email=email, name="Zoé", roles=roles, now=NOW, by="command").ids[0]


def told() -> list[tuple[str, list[str] | None]]:
    rows = Event.objects.filter(organisation_id=VENDOR_STREAM).order_by("sequence")
    return [(event.type, event.data.get("roles")) for event in rows]


def test_the_first_admin_is_made_with_a_login_that_has_no_password() -> None:
    user = take_on("zoe@vendor.example", ADMIN)
    login = User.objects.get(id=user)
    assert (login.email, login.name) == ("zoe@vendor.example", "Zoé")
    assert not login.has_usable_password()
    assert abilities_of_staff(user) == frozenset(StaffAbility)
    event = Event.objects.get(organisation_id=VENDOR_STREAM)
    assert (event.type, event.by) == ("staff.added", "command")
    assert event.data == {"staff": public_id("usr", user), "roles": ["admin"]}


def test_a_customers_login_can_be_of_the_staff() -> None:
    open_shop()
    customer()
    user = take_on("ada@atelier.example", SUPPORT)
    assert User.objects.get(id=user).name == "Ada"
    assert StaffMember.objects.get().user_id == user


def test_adding_again_sets_the_roles_and_the_same_ones_say_nothing() -> None:
    take_on("zoe@vendor.example", ADMIN)
    user = take_on("max@vendor.example", SUPPORT)
    take_on("max@vendor.example", SUPPORT)
    take_on("max@vendor.example", {StaffRole.FINANCE, StaffRole.SUPPORT})
    assert told()[1:] == [
        ("staff.added", ["support"]),
        ("staff.roles_changed", ["support", "finance"]),
    ]
    assert StaffAbility.ORDERS in abilities_of_staff(user)


def test_who_left_may_nothing_and_can_be_taken_on_again() -> None:
    take_on("zoe@vendor.example", ADMIN)
    user = take_on("max@vendor.example", SUPPORT)
    end_staff(user=user, now=NOW, by="command")
    assert abilities_of_staff(user) == frozenset()
    with pytest.raises(NotFound):
        end_staff(user=user, now=NOW, by="command")
    take_on("max@vendor.example", SUPPORT)
    assert [kind for kind, _ in told()][1:] == ["staff.added", "staff.ended", "staff.added"]
    assert abilities_of_staff(user)


def test_the_last_admin_neither_goes_nor_steps_down() -> None:
    user = take_on("zoe@vendor.example", ADMIN)
    with pytest.raises(Refused, match="last_admin"):
        end_staff(user=user, now=NOW, by="command")
    with pytest.raises(Refused, match="last_admin"):
        change_staff_roles(user=user, roles=SUPPORT, now=NOW, by="command")
    with pytest.raises(Refused, match="last_admin"):
        take_on("zoe@vendor.example", SUPPORT)


def test_a_role_is_needed_and_a_stranger_is_not_found() -> None:
    user = take_on("zoe@vendor.example", ADMIN)
    with pytest.raises(Invalid):
        change_staff_roles(user=user, roles=[], now=NOW, by="command")
    with pytest.raises(NotFound):
        change_staff_roles(user=VENDOR_STREAM, roles=SUPPORT, now=NOW, by="command")


def test_two_admins_who_leave_at_once_leave_one() -> None:
    users = [take_on(f"{name}@vendor.example", ADMIN) for name in ("zoe", "max")]

    results = outcomes(2, lambda n: end_staff(user=users[n], now=NOW, by="command"))
    assert results == {"done": 1, "last_admin": 1}


def test_a_second_factor_can_be_required_and_not_twice() -> None:
    open_shop()
    organisation = customer()
    for required in (True, True, False):
        set_second_factor(organisation=organisation.id, required=required, now=NOW, by="test")
    assert not Organisation.objects.get(id=organisation.id).second_factor_required
    said = Event.objects.filter(type="organisation.second_factor_required").order_by("sequence")
    assert [event.data["required"] for event in said] == [True, False]
