"""Members: their standing, suspended, restored, removed; the last owner guarded (R34, R37)."""

from __future__ import annotations

from tenure.base.errors import Refused
from tenure.events.journal import Journal
from tenure.organisations.errors import NOT_JOINED, OWNERSHIP_IS_GIVEN
from tenure.organisations.events import (
    MemberRemoved,
    MemberRestored,
    MemberStandingChanged,
    MemberSuspended,
)
from tenure.organisations.models import Invitation, InvitationStatus, Member
from tenure.organisations.rules import MemberStatus, Standing, leaving_verdict, owner_verdict


def change_standing(
    *, member: Member, standing: Standing, may_give_ownership: bool, journal: Journal
) -> None:
    """Give ``member`` another standing. ``Refused`` (``last_owner``) if no owner were left.

    The organisation must be locked: two owners may step down at the same moment (R34). Whoever
    may not give ownership may not take it either: ``Refused`` (``ownership_is_given``). Who is
    invited gets it with the invitation; who was removed has none (``member_not_joined``).
    """
    if member.status == MemberStatus.REMOVED:
        raise Refused(NOT_JOINED, member_status=member.status)
    if member.standing == standing:
        return
    if standing is not Standing.OWNER:
        refuse_last_owner(member)
    if Standing.OWNER in (member.standing, standing) and not may_give_ownership:
        raise Refused(OWNERSHIP_IS_GIVEN)
    member.standing = standing.value
    member.save(update_fields=["standing"])
    Invitation.objects.filter(member=member, status=InvitationStatus.PENDING).update(
        standing=standing.value
    )
    journal.record(
        member.organisation_id,
        MemberStandingChanged(member=member.id, standing=standing.value),
    )


def suspend_member(*, member: Member, journal: Journal) -> None:
    """Suspend an active ``member``: assignments stay, decisions are no (R37)."""
    if member.status == MemberStatus.SUSPENDED:
        return
    _refuse_unless(member, MemberStatus.ACTIVE)
    refuse_last_owner(member)
    _set_status(member, MemberStatus.SUSPENDED)
    journal.record(member.organisation_id, MemberSuspended(member=member.id))


def restore_member(*, member: Member, journal: Journal) -> None:
    """Make a suspended ``member`` active again."""
    if member.status == MemberStatus.ACTIVE:
        return
    _refuse_unless(member, MemberStatus.SUSPENDED)
    _set_status(member, MemberStatus.ACTIVE)
    journal.record(member.organisation_id, MemberRestored(member=member.id))


def remove_member(*, member: Member, journal: Journal) -> None:
    """Remove ``member``; the seats are freed by the flow (R37). ``Refused``: ``last_owner``.

    What the identity provider called them may name somebody else from now on.
    """
    refuse_last_owner(member)
    member.external_id = None
    member.status = MemberStatus.REMOVED.value
    member.save(update_fields=["external_id", "status"])
    journal.record(member.organisation_id, MemberRemoved(member=member.id))


def refuse_last_owner(member: Member) -> None:
    """``Refused`` (``last_owner``) if ``member`` is the only active owner (R34, R37)."""
    owners = Member.objects.filter(
        organisation_id=member.organisation_id,
        standing=Standing.OWNER,
        status=MemberStatus.ACTIVE,
    )
    verdict = leaving_verdict(member.id, set(owners.values_list("id", flat=True)))
    if not verdict:
        raise Refused.by(verdict)


def refuse_owner(member: Member, *, by_owner: bool) -> None:
    """``Refused`` (``owners_alone``) if ``member`` is an owner and ``by_owner`` is False (R34).

    The last owner is kept by a rule of their own, which tells more (``last_owner``).
    """
    verdict = owner_verdict(Standing(member.standing), by_owner=by_owner)
    if not verdict:
        refuse_last_owner(member)
        raise Refused.by(verdict)


def _refuse_unless(member: Member, status: MemberStatus) -> None:
    if member.status != status:
        raise Refused(NOT_JOINED, member_status=member.status)


def _set_status(member: Member, status: MemberStatus) -> None:
    member.status = status.value
    member.save(update_fields=["status"])
