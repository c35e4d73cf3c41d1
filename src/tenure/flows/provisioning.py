"""An identity provider brings members in, and changes what it knows of them (R36, R37)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tenure.access.commands.seats import assign_reserved, release_reservations
from tenure.base.errors import NotFound, Stale
from tenure.events.journal import Journal, transaction
from tenure.flows.locks import lock_living, lock_member_first
from tenure.flows.written import Written
from tenure.organisations.commands import members as commands
from tenure.organisations.commands.invitations import close_invitations
from tenure.organisations.commands.ownership import withdraw_offers_of
from tenure.organisations.commands.provisioning import (
    Person,
    bring_in,
    change_details,
    lock_member_of_address,
    refuse_present,
    take_up,
)
from tenure.organisations.models import Invitation, InvitationStatus, Member
from tenure.organisations.rules import MemberStatus


@dataclass(frozen=True, slots=True)
class Details:
    """What a provider says of a member, or was shown of one."""

    name: str
    external_id: str | None
    active: bool


def provision(
    *, organisation: UUID, person: Person, active: bool = True, now: datetime, by: str
) -> Written:
    """Bring ``person`` in: a new member, one who had left, or who is invited, with their seats.

    Who is not ``active`` is suspended at once. Raises ``NotFound``, or ``Refused`` with
    ``organisation_purged``, ``already_member`` or ``external_id_taken``.
    """
    with transaction(now=now, by=by, organisation=organisation) as journal:
        row = lock_living(organisation, journal)
        known = lock_member_of_address(row, person.email)
        refuse_present(known)
        member = known and _taken_up(known, person, journal)
        if member is None:
            member = bring_in(organisation=row, person=person, known=known, journal=journal)
        if not active:
            commands.suspend_member(member=member, journal=journal)
    return Written((member.id,), journal.revisions[organisation])


def change_provisioned(
    *,
    member: UUID,
    before: Details,
    after: Details,
    is_current: Callable[[Member], bool] = lambda _: True,
    now: datetime,
    by: str,
) -> Written:
    """Change what differs between what the provider was shown of a member and what it says.

    All or nothing; who is invited and is to be active comes in (R36). A provider may what
    administrators may, who leave owners to owners. ``is_current`` says whether the locked member is
    the one that the caller read. Raises ``NotFound``, ``Stale``, or ``Refused`` with
    ``external_id_taken``, ``last_owner`` or ``owners_alone``.
    """
    with transaction(now=now, by=by) as journal:
        row = lock_member_first(member, journal)
        if row.status == MemberStatus.REMOVED:
            raise NotFound
        if not is_current(row):
            raise Stale
        name = row.name if after.name == before.name else after.name
        same = after.external_id == before.external_id
        external_id = row.external_id if same else after.external_id
        if after.active != before.active:
            person = Person(row.email, name, external_id)
            row = _switched(row, person, active=after.active, journal=journal)
        change_details(member=row, name=name, external_id=external_id, journal=journal)
        withdraw_offers_of(member=row, journal=journal)
        journal.touch(row.organisation_id)
    return Written((row.id,), journal.revisions[row.organisation_id])


def _switched(row: Member, person: Person, *, active: bool, journal: Journal) -> Member:
    """The member, active or suspended; who is invited comes in, or waits on."""
    if row.status == MemberStatus.INVITED:
        if not active:
            return row
        came = _taken_up(row, person, journal)
        return came or bring_in(
            organisation=row.organisation, person=person, known=row, journal=journal
        )
    commands.refuse_owner(row, by_owner=False)
    if active:
        commands.restore_member(member=row, journal=journal)
    else:
        commands.suspend_member(member=row, journal=journal)
    return row


def _taken_up(known: Member, person: Person, journal: Journal) -> Member | None:
    """Whom an open invitation invites, with the seats it kept; None if there is none.

    One that ran out is over, and keeps nothing, as if the worker had come by already.
    """
    pending = Invitation.objects.select_for_update(no_key=True, of=("self",)).filter(
        member=known, status=InvitationStatus.PENDING
    )
    invitation = pending.select_related("member").first()
    if invitation is None:
        return None
    if journal.at >= invitation.expires_at:
        release_reservations(invitations=[invitation.id], journal=journal)
        close_invitations(
            invitations=[invitation], status=InvitationStatus.EXPIRED, journal=journal
        )
        return None
    member = take_up(invitation=invitation, person=person, journal=journal)
    assign_reserved(invitation=invitation, member=member, journal=journal)
    return member
