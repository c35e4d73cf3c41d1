"""The ownership passes by an offer that the other accepts, or is recovered by staff (R34)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tenure.base.calendar import zone_named
from tenure.base.errors import NotFound
from tenure.events.journal import Journal, transaction
from tenure.flows.acting import staff_by
from tenure.flows.locks import lock_living, lock_member, lock_organisation
from tenure.flows.written import Written
from tenure.orders.queries.policy import policy_in_force
from tenure.organisations.commands import ownership as commands
from tenure.organisations.commands.interventions import record_recovery
from tenure.organisations.commands.invitations import NewInvitation, send_invitations
from tenure.organisations.commands.members import change_standing
from tenure.organisations.models import Member, Organisation, OwnershipOffer
from tenure.organisations.queries import abilities_of_staff
from tenure.organisations.rules import MemberStatus, OfferStatus, StaffAbility, Standing


def offer_ownership(
    *, giver: UUID, taker: UUID, giver_stays: bool, now: datetime, by: str
) -> Written:
    """An owner offers the ownership to an active member of the same organisation (R34).

    Returns the offer. Raises ``NotFound``, or ``Refused`` with ``ownership_is_given``,
    ``ownership_taker_not_active``, ``already_owner`` or ``ownership_offer_open``.
    """
    with transaction(now=now, by=by) as journal:
        organisation = _organisation_of(giver)
        if _organisation_of(taker) != organisation:
            raise NotFound
        lock_organisation(organisation, journal)
        rows = {row.id: row for row in map(lock_member, sorted({giver, taker}))}
        offer = commands.offer_ownership(
            giver=rows[giver], taker=rows[taker], giver_stays=giver_stays, journal=journal
        )
    return Written((offer.id,), journal.revisions[organisation])


def accept_ownership(*, offer: UUID, member: UUID, now: datetime, by: str) -> Written:
    """``member``, to whom it was offered, is an owner from now on (R34).

    Accepting again changes nothing. Raises ``NotFound`` if it was offered to somebody else, or
    ``Refused`` with ``ownership_offer_closed`` or ``ownership_taker_not_active``.
    """
    with transaction(now=now, by=by) as journal:
        row = _locked(offer, journal)
        if row.taker_id != member:
            raise NotFound
        commands.accept_ownership(offer=row, journal=journal)
    return Written((row.id,), journal.revisions[row.organisation_id])


def close_ownership_offer(*, offer: UUID, member: UUID, now: datetime, by: str) -> Written:
    """The taker declines, or the giver withdraws; doing it again changes nothing (R34).

    Raises ``NotFound`` for anybody else, ``Refused`` (``ownership_offer_closed``).
    """
    with transaction(now=now, by=by) as journal:
        row = _locked(offer, journal)
        by_whom = {row.taker_id: OfferStatus.DECLINED, row.giver_id: OfferStatus.WITHDRAWN}
        if member not in by_whom:
            raise NotFound
        commands.close_offer(offer=row, status=by_whom[member], journal=journal)
    return Written((row.id,), journal.revisions[row.organisation_id])


def recover_owner(
    *,
    organisation: UUID,
    user: UUID,
    email: str,
    name: str = "",
    reason: str,
    instead_of: UUID | None = None,
    now: datetime,
) -> Written:
    """Staff make whoever has the address ``email`` (lower case) owner of an organisation (R34).

    A member is so at once, restored if suspended; an address that is no member's is invited as
    owner. ``instead_of`` is a lost owner, who becomes a plain member. Returns the member. Raises
    ``NotFound`` (also if ``user`` may not), ``Invalid`` without a reason, ``Refused`` with
    ``last_owner`` or ``already_owner``.
    """
    with transaction(now=now, by=staff_by(user), organisation=organisation) as journal:
        row = lock_living(organisation, journal)
        if StaffAbility.OWNERS not in abilities_of_staff(user):
            raise NotFound
        found = Member.objects.select_for_update(no_key=True).filter(organisation=row, email=email)
        member = found.exclude(status=MemberStatus.REMOVED).first()
        if member is None:
            member = _invite_owner(row, email, name, journal)
        else:
            commands.make_owner(member=member, journal=journal)
        record_recovery(member=member, user=user, reason=reason, journal=journal)
        if instead_of is not None:
            _step_down(row, instead_of, journal)
    return Written((member.id,), journal.revisions[organisation])


def _invite_owner(row: Organisation, email: str, name: str, journal: Journal) -> Member:
    _, policy = policy_in_force()
    (made,) = send_invitations(
        organisation=row,
        invitations=[NewInvitation(email, Standing.OWNER, name=name)],
        zone=zone_named(row.timezone),
        policy=policy,
        may_give_ownership=True,
        journal=journal,
    )
    return made.member


def _step_down(row: Organisation, lost: UUID, journal: Journal) -> None:
    """The lost owner is a plain member; ``Refused`` (``last_owner``) if no other is active."""
    owner = Member.objects.filter(id=lost, organisation=row, standing=Standing.OWNER).first()
    if owner is None:
        raise NotFound
    change_standing(
        member=owner, standing=Standing.MEMBER, may_give_ownership=True, journal=journal
    )
    commands.withdraw_offers_of(member=owner, journal=journal)


def _organisation_of(member: UUID) -> UUID:
    found = Member.objects.filter(id=member).values_list("organisation_id", flat=True).first()
    if found is None:
        raise NotFound
    return found


def _locked(offer: UUID, journal: Journal) -> OwnershipOffer:
    """The offer, locked after its organisation."""
    found = OwnershipOffer.objects.filter(id=offer).values_list("organisation_id", flat=True)
    organisation = found.first()
    if organisation is None:
        raise NotFound
    lock_organisation(organisation, journal)
    return OwnershipOffer.objects.select_for_update().get(id=offer)
