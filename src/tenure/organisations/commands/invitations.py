"""Invitations: sent, sent again, withdrawn, expired, accepted (R36). Seats stand in access."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from tenure.base.errors import Refused
from tenure.base.ids import new_id
from tenure.events.journal import Journal
from tenure.organisations.errors import (
    ALREADY_MEMBER,
    INVITATION_CLOSED,
    OWNERSHIP_IS_GIVEN,
    TOO_MANY_AT_A_TIME,
)
from tenure.organisations.events import (
    InvitationExpired,
    InvitationSentAgain,
    InvitationWithdrawn,
    MemberInvited,
    MemberJoined,
)
from tenure.organisations.models import (
    Invitation,
    InvitationStatus,
    Member,
    Organisation,
    User,
)
from tenure.organisations.rules import MemberStatus, Standing, invitation_expires_at
from tenure.policy.model import Policy

_BATCH: Final = 1000
"""How many rows one UPDATE takes: PostgreSQL bounds the values of a statement."""


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """Whom to invite: the address in lower case, the standing, the roles to come."""

    email: str
    standing: Standing
    roles: tuple[str, ...] = ()
    name: str = ""


def send_invitations(
    *,
    organisation: Organisation,
    invitations: Sequence[NewInvitation],
    zone: ZoneInfo,
    policy: Policy,
    may_give_ownership: bool,
    journal: Journal,
    from_file: bool = False,
) -> list[Invitation]:
    """Invite people into the locked ``organisation``; each becomes a member who is ``invited``.

    Somebody who left keeps the same membership. A file may name any number, where otherwise the
    policy's figure bounds it. Raises ``Refused`` with ``already_member``,
    ``ownership_is_given`` or ``too_many_at_a_time``.
    """
    most = policy.invitations.most_at_a_time
    if len(invitations) > most and not from_file:
        raise Refused(TOO_MANY_AT_A_TIME, most=most)
    if not may_give_ownership and any(new.standing is Standing.OWNER for new in invitations):
        raise Refused(OWNERSHIP_IS_GIVEN)
    members = _members_for(organisation, invitations, journal)
    expires_at = invitation_expires_at(journal.at, zone, policy)
    made = [
        Invitation(
            id=new_id(),
            organisation=organisation,
            member=members[new.email],
            email=new.email,
            standing=new.standing.value,
            roles=list(dict.fromkeys(new.roles)),
            created_at=journal.at,
            sent_at=journal.at,
            expires_at=expires_at,
        )
        for new in invitations
    ]
    journal.insert(made)
    journal.write()
    for invitation in made:
        journal.record(
            organisation.id,
            MemberInvited(
                member=invitation.member_id,
                invitation=invitation.id,
                standing=invitation.standing,
                roles=tuple(invitation.roles),
                expires_at=expires_at,
            ),
        )
    return made


def send_again(*, invitation: Invitation, zone: ZoneInfo, policy: Policy, journal: Journal) -> None:
    """Send a pending ``invitation`` again: it runs anew from now. ``Refused`` if it is closed."""
    check_pending(invitation, journal)
    invitation.sent_at = journal.at
    invitation.expires_at = invitation_expires_at(journal.at, zone, policy)
    invitation.save(update_fields=["sent_at", "expires_at"])
    journal.record(
        invitation.organisation_id,
        InvitationSentAgain(invitation=invitation.id, expires_at=invitation.expires_at),
    )


def close_invitations(
    *, invitations: Collection[Invitation], status: InvitationStatus, journal: Journal
) -> None:
    """Withdraw or expire locked, pending invitations; whom they invited is a member no more."""
    for invitation in invitations:
        invitation.status = status
        invitation.closed_at = journal.at
        ran_out = status is InvitationStatus.EXPIRED
        fact = InvitationExpired if ran_out else InvitationWithdrawn
        journal.record(
            invitation.organisation_id,
            fact(invitation=invitation.id, member=invitation.member_id),
            at=invitation.expires_at if ran_out else None,
        )
    Invitation.objects.bulk_update(invitations, ["status", "closed_at"])
    Member.objects.filter(
        id__in=[invitation.member_id for invitation in invitations],
        status=MemberStatus.INVITED,
    ).update(status=MemberStatus.REMOVED, external_id=None)


def accept(*, invitation: Invitation, name: str, journal: Journal) -> Member:
    """Accept the locked ``invitation``: its member is active from now, with its user.

    ``name`` is how the person wants to be called; empty keeps what was given. ``Refused``
    (``invitation_closed``) if it is withdrawn, expired or accepted.
    """
    check_pending(invitation, journal)
    member = Member.objects.select_for_update().get(id=invitation.member_id)
    user, _ = User.objects.get_or_create(
        email=invitation.email,
        defaults={"name": name or member.name, "created_at": journal.at, "password": "!"},
    )
    member.user = user
    member.name = name or member.name or user.name
    member.standing = invitation.standing
    member.status = MemberStatus.ACTIVE
    member.save(update_fields=["user", "name", "standing", "status"])
    invitation.status = InvitationStatus.ACCEPTED
    invitation.closed_at = journal.at
    invitation.save(update_fields=["status", "closed_at"])
    journal.record(
        invitation.organisation_id, MemberJoined(member=member.id, invitation=invitation.id)
    )
    return member


def check_pending(invitation: Invitation, journal: Journal) -> None:
    """``Refused`` (``invitation_closed``) unless the invitation is pending and not run out."""
    if invitation.status != InvitationStatus.PENDING:
        raise Refused(INVITATION_CLOSED, invitation_status=invitation.status)
    if journal.at >= invitation.expires_at:
        raise Refused(INVITATION_CLOSED, invitation_status=InvitationStatus.EXPIRED.value)


def _members_for(
    organisation: Organisation, invitations: Sequence[NewInvitation], journal: Journal
) -> dict[str, Member]:
    """The member rows of those invited: made, or taken up again where somebody had left."""
    emails = [new.email for new in invitations]
    known = {
        member.email: member
        for member in Member.objects.select_for_update().filter(
            organisation=organisation, email__in=emails
        )
    }
    present = [email for email, m in known.items() if m.status != MemberStatus.REMOVED]
    if present or len(set(emails)) < len(emails):
        raise Refused(ALREADY_MEMBER)
    for new in invitations:
        if new.email in known:
            known[new.email].status = MemberStatus.INVITED
            known[new.email].standing = new.standing.value
            known[new.email].name = new.name or known[new.email].name
    Member.objects.bulk_update(known.values(), ["status", "standing", "name"], batch_size=_BATCH)
    made = [
        Member(
            id=new_id(),
            organisation=organisation,
            email=new.email,
            name=new.name,
            standing=new.standing.value,
            status=MemberStatus.INVITED.value,
            created_at=journal.at,
        )
        for new in invitations
        if new.email not in known
    ]
    journal.insert(made)
    return known | {member.email: member for member in made}
