"""The vendor's staff come, change and go; all of it is on the vendor's stream."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from tenure.base.errors import NotFound
from tenure.events.journal import transaction
from tenure.events.models import VENDOR_STREAM
from tenure.flows.acting import end_all_acting
from tenure.flows.written import Written
from tenure.organisations.commands import staff as commands
from tenure.organisations.models import StaffMember
from tenure.organisations.rules import StaffAbility, StaffRole, staff_abilities


def add_staff(
    *, email: str, name: str, roles: Collection[StaffRole], now: datetime, by: str
) -> Written:
    """Make whoever has that address one of the staff; adding again sets the roles.

    Returns the user's id. Raises ``Invalid`` without a role, ``Refused`` (``last_admin``).
    """
    with transaction(now=now, by=by) as journal:
        staff = commands.add_staff(email=email, name=name, roles=roles, journal=journal)
    return Written((staff.user_id,), journal.revisions[VENDOR_STREAM])


def change_staff_roles(
    *, user: UUID, roles: Collection[StaffRole], now: datetime, by: str
) -> Written:
    """Give one of the present staff other roles.

    Raises ``NotFound``, ``Invalid`` without a role, ``Refused`` (``last_admin``).
    """
    with transaction(now=now, by=by) as journal:
        if StaffAbility.ACTING not in staff_abilities(roles):
            end_all_acting(user=user, journal=journal)
        commands.change_staff_roles(staff=_present(user), roles=roles, journal=journal)
    return Written((user,), journal.revisions[VENDOR_STREAM])


def end_staff(*, user: UUID, now: datetime, by: str) -> Written:
    """Somebody is no longer of the staff, and acts for no customer any more.

    Raises ``NotFound``, ``Refused`` (``last_admin``).
    """
    with transaction(now=now, by=by) as journal:
        end_all_acting(user=user, journal=journal)
        commands.end_staff(staff=_present(user), journal=journal)
    return Written((user,), journal.revisions[VENDOR_STREAM])


def _present(user: UUID) -> StaffMember:
    """One of the present staff, locked with all others."""
    locked = {row.user_id: row for row in commands.lock_staff() if row.ended_at is None}
    if user not in locked:
        raise NotFound
    return locked[user]
