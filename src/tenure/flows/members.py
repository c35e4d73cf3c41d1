"""Members change, rest and leave; their seats follow (R34, R37)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from tenure.base.errors import Stale
from tenure.events.journal import transaction
from tenure.flows.leaving import leave
from tenure.flows.locks import lock_member_first
from tenure.flows.written import Written
from tenure.organisations.commands import members as commands
from tenure.organisations.commands.logins import end_sessions
from tenure.organisations.commands.ownership import withdraw_offers_of
from tenure.organisations.models import Member
from tenure.organisations.rules import MemberStatus, Standing


def change_member(
    *,
    member: UUID,
    standing: Standing | None = None,
    status: MemberStatus | None = None,
    may_give_ownership: bool,
    by_owner: bool = True,
    is_current: Callable[[Member], bool] = lambda _: True,
    now: datetime,
    by: str,
) -> Written:
    """Change a member's standing, or suspend or restore them; both or nothing.

    ``by_owner`` is False where who does it is no owner: another person, or the organisation's key.
    ``is_current`` says whether the locked member is the one that the caller read. Raises
    ``NotFound``, ``Stale``, or ``Refused`` with ``last_owner``, ``ownership_is_given``,
    ``owners_alone`` or ``member_not_joined``.
    """
    with transaction(now=now, by=by) as journal:
        row = lock_member_first(member, journal)
        if not is_current(row):
            raise Stale
        if standing is not None:
            commands.change_standing(
                member=row,
                standing=standing,
                may_give_ownership=may_give_ownership,
                journal=journal,
            )
        if status not in (None, row.status):
            commands.refuse_owner(row, by_owner=by_owner)
        if status is MemberStatus.SUSPENDED:
            commands.suspend_member(member=row, journal=journal)
        elif status is MemberStatus.ACTIVE:
            commands.restore_member(member=row, journal=journal)
        withdraw_offers_of(member=row, journal=journal)
        journal.touch(row.organisation_id)
    return Written((row.id,), journal.revisions[row.organisation_id])


def remove_member(
    *, member: UUID, by_owner: bool = True, by_oneself: bool = False, now: datetime, by: str
) -> Written:
    """Remove a member; their sessions end, and seats and reservations are free at once (R37).

    ``by_owner`` is False where who does it is no owner. Who leaves ``by_oneself`` stays logged in,
    to read that they did. Removing again changes nothing. Raises ``NotFound`` or ``Refused`` with
    ``last_owner`` or ``owners_alone``.
    """
    with transaction(now=now, by=by) as journal:
        row = lock_member_first(member, journal)
        if row.status != MemberStatus.REMOVED:
            commands.refuse_owner(row, by_owner=by_owner)
            leave(member=row, journal=journal)
            if row.user_id is not None and not by_oneself:
                end_sessions(row.user_id)
        journal.touch(row.organisation_id)
    return Written((row.id,), journal.revisions[row.organisation_id])
