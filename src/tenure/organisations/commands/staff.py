"""The vendor's staff: added, given other roles, ended; an admin remains."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from tenure.base.errors import FieldError, Invalid, Refused
from tenure.events.journal import Journal
from tenure.events.models import VENDOR_STREAM
from tenure.organisations.errors import STAFF_NEEDS_A_ROLE
from tenure.organisations.events import StaffAdded, StaffEnded, StaffRolesChanged
from tenure.organisations.models import StaffMember, User
from tenure.organisations.rules import StaffRole, last_admin_verdict


def add_staff(
    *, email: str, name: str, roles: Collection[StaffRole], journal: Journal
) -> StaffMember:
    """Make whoever has the address ``email`` (lower case) one of the staff with these ``roles``.

    A login is made if there is none; it has no password until its owner sets one. Who left is
    taken on again, and who is there already has these roles from now. Raises ``Invalid`` without
    a role, ``Refused`` (``last_admin``).
    """
    user, _ = User.objects.get_or_create(
        email=email, defaults={"name": name, "created_at": journal.at, "password": "!"}
    )
    staff = lock_staff().filter(user=user).first()
    if staff is not None and staff.ended_at is None:
        change_staff_roles(staff=staff, roles=roles, journal=journal)
        return staff
    named = _sorted(roles)
    if staff is None:
        staff = StaffMember(user=user, roles=named, created_at=journal.at)
        staff.save(force_insert=True)
    else:
        staff.roles, staff.ended_at = named, None
        staff.save(update_fields=["roles", "ended_at"])
    journal.record(VENDOR_STREAM, StaffAdded(staff=user.id, roles=tuple(named)))
    return staff


def change_staff_roles(
    *, staff: StaffMember, roles: Collection[StaffRole], journal: Journal
) -> None:
    """Give one of the locked staff these ``roles`` alone; the same ones change nothing.

    Raises ``Invalid`` without a role, ``Refused`` (``last_admin``).
    """
    named = _sorted(roles)
    if staff.roles == named:
        journal.touch(VENDOR_STREAM)
        return
    _refuse_last_admin(staff, stays_admin=StaffRole.ADMIN in named)
    staff.roles = named
    staff.save(update_fields=["roles"])
    journal.record(VENDOR_STREAM, StaffRolesChanged(staff=staff.user_id, roles=tuple(named)))


def end_staff(*, staff: StaffMember, journal: Journal) -> None:
    """One of the locked staff is none any more; ending it again changes nothing.

    Raises ``Refused`` (``last_admin``).
    """
    if staff.ended_at is not None:
        journal.touch(VENDOR_STREAM)
        return
    _refuse_last_admin(staff, stays_admin=False)
    staff.ended_at = journal.at
    staff.save(update_fields=["ended_at"])
    journal.record(VENDOR_STREAM, StaffEnded(staff=staff.user_id))


def lock_staff() -> QuerySet[StaffMember]:
    """All staff, locked in the order of their ids when read: they are few, and seldom change."""
    return StaffMember.objects.select_for_update(of=("self",)).order_by("id")


def _refuse_last_admin(staff: StaffMember, *, stays_admin: bool) -> None:
    present = lock_staff().filter(ended_at__isnull=True)
    admins = {row.id for row in present if StaffRole.ADMIN in row.roles}
    verdict = last_admin_verdict(staff.id, admins, stays_admin=stays_admin)
    if not verdict:
        raise Refused.by(verdict)


def _sorted(roles: Collection[StaffRole]) -> list[str]:
    """The roles in the order in which they are declared, each once; ``Invalid`` if none."""
    named = [role.value for role in StaffRole if role in roles]
    if not named:
        raise Invalid([FieldError("roles", STAFF_NEEDS_A_ROLE)])
    return named
