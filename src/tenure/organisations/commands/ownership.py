"""Ownership passes by an offer that the other accepts; a lost owner is replaced (R34)."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from tenure.base.errors import NotFound, Refused
from tenure.events.journal import Journal
from tenure.organisations.commands.members import change_standing, restore_member
from tenure.organisations.events import (
    OwnershipAccepted,
    OwnershipDeclined,
    OwnershipOffered,
    OwnershipOfferWithdrawn,
)
from tenure.organisations.models import Member, OwnershipOffer
from tenure.organisations.rules import (
    MemberStatus,
    OfferStatus,
    Standing,
    ownership_answer_verdict,
    ownership_offer_verdict,
)


def offer_ownership(
    *, giver: Member, taker: Member, giver_stays: bool, journal: Journal
) -> OwnershipOffer:
    """Offer the ownership of the locked organisation of both to ``taker``.

    Raises ``Refused`` with ``ownership_is_given``, ``ownership_taker_not_active``,
    ``already_owner`` or ``ownership_offer_open``.
    """
    verdict = ownership_offer_verdict(
        giver_owns=_owns(giver),
        taker_active=taker.status == MemberStatus.ACTIVE,
        taker_owns=taker.standing == Standing.OWNER,
        already_open=OwnershipOffer.objects.filter(giver=giver, status=OfferStatus.OPEN).exists(),
    )
    if not verdict:
        raise Refused.by(verdict)
    offer = OwnershipOffer.objects.create(
        organisation_id=giver.organisation_id,
        giver=giver,
        taker=taker,
        giver_stays=giver_stays,
        created_at=journal.at,
    )
    _record(OwnershipOffered, offer, journal)
    return offer


def accept_ownership(*, offer: OwnershipOffer, journal: Journal) -> None:
    """The taker of the locked ``offer`` becomes owner; the giver stays one or administers.

    Accepting it again changes nothing. Raises ``Refused`` with ``ownership_offer_closed`` or
    ``ownership_taker_not_active``.
    """
    if offer.status == OfferStatus.ACCEPTED:
        journal.touch(offer.organisation_id)
        return
    giver, taker = _both(offer)
    verdict = ownership_answer_verdict(
        OfferStatus(offer.status),
        giver_owns=_owns(giver),
        taker_active=taker.status == MemberStatus.ACTIVE,
    )
    if not verdict:
        raise Refused.by(verdict)
    _close(offer, OfferStatus.ACCEPTED, journal)
    _record(OwnershipAccepted, offer, journal)
    change_standing(member=taker, standing=Standing.OWNER, may_give_ownership=True, journal=journal)
    if not offer.giver_stays:
        change_standing(
            member=giver, standing=Standing.ADMINISTRATOR, may_give_ownership=True, journal=journal
        )


def close_offer(*, offer: OwnershipOffer, status: OfferStatus, journal: Journal) -> None:
    """Decline or withdraw the locked ``offer``; doing it again changes nothing.

    Raises ``Refused`` (``ownership_offer_closed``) if it was closed otherwise.
    """
    if offer.status == status:
        journal.touch(offer.organisation_id)
        return
    if offer.status != OfferStatus.OPEN:
        verdict = ownership_answer_verdict(
            OfferStatus(offer.status), giver_owns=True, taker_active=True
        )
        raise Refused.by(verdict)
    _close(offer, status, journal)
    declined = status is OfferStatus.DECLINED
    _record(OwnershipDeclined if declined else OwnershipOfferWithdrawn, offer, journal)


def withdraw_offers_of(*, member: Member, journal: Journal) -> None:
    """What ``member`` offered or was offered cannot be kept to: they left, rest or stepped down."""
    for offer in OwnershipOffer.objects.select_for_update().filter(
        Q(giver=member) | Q(taker=member), status=OfferStatus.OPEN
    ):
        close_offer(offer=offer, status=OfferStatus.WITHDRAWN, journal=journal)


def withdraw_all_offers(*, organisation: UUID, journal: Journal) -> None:
    """What was offered in an organisation whose data are gone, nobody can take (R31)."""
    rows = OwnershipOffer.objects.select_for_update().filter(
        organisation=organisation, status=OfferStatus.OPEN
    )
    offers = list(rows.order_by("id"))
    for offer in offers:
        offer.status, offer.closed_at = OfferStatus.WITHDRAWN.value, journal.at
        _record(OwnershipOfferWithdrawn, offer, journal)
    OwnershipOffer.objects.bulk_update(offers, ["status", "closed_at"])


def make_owner(*, member: Member, journal: Journal) -> None:
    """Make the locked ``member`` an owner, active again if suspended; for staff (R34)."""
    if member.status == MemberStatus.SUSPENDED:
        restore_member(member=member, journal=journal)
    change_standing(
        member=member, standing=Standing.OWNER, may_give_ownership=True, journal=journal
    )


def _owns(member: Member) -> bool:
    return member.standing == Standing.OWNER and member.status == MemberStatus.ACTIVE


def _both(offer: OwnershipOffer) -> tuple[Member, Member]:
    """Giver and taker, locked in the order of their ids."""
    rows = Member.objects.select_for_update(no_key=True).filter(
        id__in=[offer.giver_id, offer.taker_id]
    )
    found = {member.id: member for member in rows.order_by("id")}
    if len(found) != 2:
        raise NotFound
    return found[offer.giver_id], found[offer.taker_id]


def _close(offer: OwnershipOffer, status: OfferStatus, journal: Journal) -> None:
    offer.status = status.value
    offer.closed_at = journal.at
    offer.save(update_fields=["status", "closed_at"])


_Fact = type[OwnershipOffered | OwnershipAccepted | OwnershipDeclined | OwnershipOfferWithdrawn]


def _record(fact: _Fact, offer: OwnershipOffer, journal: Journal) -> None:
    journal.record(
        offer.organisation_id,
        fact(ownership_offer=offer.id, giver=offer.giver_id, member=offer.taker_id),
    )
