"""A member leaves: removed, or erased (R31, R37); a plain step of whoever has it done."""

from __future__ import annotations

from tenure.access.commands.requests import withdraw_requests_of
from tenure.access.commands.seats import free_seats_of_member, release_reservations
from tenure.events.journal import Journal
from tenure.organisations.commands import members as commands
from tenure.organisations.commands.invitations import close_invitations
from tenure.organisations.commands.ownership import withdraw_offers_of
from tenure.organisations.models import Invitation, InvitationStatus, Member


def leave(*, member: Member, journal: Journal) -> None:
    """The locked ``member`` is removed: seats and reservations are free at once, and whatever they
    offered, were offered or had asked for is withdrawn."""
    pending = list(
        Invitation.objects.select_for_update().filter(
            member=member, status=InvitationStatus.PENDING
        )
    )
    release_reservations(invitations=[each.id for each in pending], journal=journal)
    close_invitations(invitations=pending, status=InvitationStatus.WITHDRAWN, journal=journal)
    commands.remove_member(member=member, journal=journal)
    free_seats_of_member(member=member, journal=journal)
    withdraw_offers_of(member=member, journal=journal)
    withdraw_requests_of(member=member, journal=journal)
