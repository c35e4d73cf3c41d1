"""Growing the team: invite with roles reserved, accept, send again, withdraw (R36, R39)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tenure.access.commands.seats import assign_reserved, release_reservations, reserve_seats
from tenure.base.calendar import local_date, zone_named
from tenure.base.errors import NotFound, Refused
from tenure.catalogue.queries import grants_by_role
from tenure.events.asked import Asked
from tenure.events.journal import Journal, transaction
from tenure.flows.locks import lock_living, lock_organisation
from tenure.flows.written import Written
from tenure.orders.queries.policy import policy_in_force
from tenure.organisations.commands.invitations import (
    NewInvitation,
    accept,
    close_invitations,
    send_again,
    send_invitations,
)
from tenure.organisations.errors import INVITATION_CLOSED
from tenure.organisations.models import Invitation, InvitationStatus, Organisation


def invite(
    *,
    organisation: UUID,
    invitations: Sequence[NewInvitation],
    may_give_ownership: bool,
    now: datetime,
    by: str,
    asked: Asked | None = None,
) -> Written:
    """Invite people and reserve their seats, all of them or none (R36).

    Raises ``NotFound``, or ``Refused`` with ``no_free_seat`` (naming the roles),
    ``already_member``, ``ownership_is_given`` or ``too_many_at_a_time``.
    """
    with transaction(now=now, by=by, organisation=organisation, asked=asked) as journal:
        row = lock_living(organisation, journal)
        _check_roles(invitations)
        zone = zone_named(row.timezone)
        _, policy = policy_in_force()
        made = send_invitations(
            organisation=row,
            invitations=invitations,
            zone=zone,
            policy=policy,
            may_give_ownership=may_give_ownership,
            journal=journal,
        )
        reserve_seats(invitations=made, on=local_date(journal.at, zone), journal=journal)
        journal.made = made[0].id
    return Written(tuple(each.id for each in made), journal.revisions[organisation])


def accept_invitation(
    *, invitation: UUID, name: str = "", now: datetime, by: str, asked: Asked | None = None
) -> Written:
    """Accept for the address that was invited; the reserved seats become the member's (R36).

    Accepting what is accepted changes nothing. Raises ``NotFound``, or ``Refused``
    (``invitation_closed``) if it was withdrawn or ran out.
    """
    with transaction(now=now, by=by, asked=asked) as journal:
        row, _ = _locked(invitation, journal)
        journal.made = row.id
        if row.status == InvitationStatus.ACCEPTED:
            journal.touch(row.organisation_id)
            member = row.member
        else:
            member = accept(invitation=row, name=name, journal=journal)
            assign_reserved(invitation=row, member=member, journal=journal)
    return Written((row.id, member.id), journal.revisions[row.organisation_id])


def resend_invitation(
    *, invitation: UUID, now: datetime, by: str, asked: Asked | None = None
) -> Written:
    """Send a pending invitation again; it runs anew from now (R36)."""
    with transaction(now=now, by=by, asked=asked) as journal:
        row, organisation = _locked(invitation, journal)
        journal.made = row.id
        _, policy = policy_in_force()
        zone = zone_named(organisation.timezone)
        send_again(invitation=row, zone=zone, policy=policy, journal=journal)
    return Written((row.id,), journal.revisions[row.organisation_id])


def withdraw_invitation(*, invitation: UUID, now: datetime, by: str) -> Written:
    """Withdraw a pending invitation; what it reserved is free again (R36).

    Withdrawing it again changes nothing. Raises ``NotFound``, or ``Refused``
    (``invitation_closed``) if it was accepted.
    """
    with transaction(now=now, by=by) as journal:
        row, _ = _locked(invitation, journal)
        if row.status == InvitationStatus.PENDING:
            release_reservations(invitations=[row.id], journal=journal)
            close_invitations(invitations=[row], status=InvitationStatus.WITHDRAWN, journal=journal)
        elif row.status == InvitationStatus.ACCEPTED:
            raise Refused(INVITATION_CLOSED, invitation_status=row.status)
        else:
            journal.touch(row.organisation_id)
    return Written((row.id,), journal.revisions[row.organisation_id])


def _check_roles(invitations: Sequence[NewInvitation]) -> None:
    """``NotFound`` for a role that the catalogue never had: no seat of it can ever be bought."""
    wanted = {role for new in invitations for role in new.roles}
    if wanted - grants_by_role(wanted).keys():
        raise NotFound


def _locked(invitation: UUID, journal: Journal) -> tuple[Invitation, Organisation]:
    """The invitation and its organisation, locked in the order of locks."""
    found = Invitation.objects.filter(id=invitation).values_list("organisation_id", flat=True)
    organisation = found.first()
    if organisation is None:
        raise NotFound
    locked = lock_organisation(organisation, journal)
    return Invitation.objects.select_for_update().get(id=invitation), locked
