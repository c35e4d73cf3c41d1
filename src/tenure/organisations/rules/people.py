"""Who proves what, who must stay, who may do what in an organisation."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from tenure.base.calendar import end_of_day_instant, last_day_within, local_date
from tenure.base.verdicts import Verdict, allow, refuse
from tenure.organisations.errors import (
    ACADEMIC_ADDRESS,
    ALREADY_OWNER,
    LAST_OWNER,
    MEMBER_MAY_LEAVE,
    NOT_ACADEMIC,
    OWNERS_ALONE,
    OWNERSHIP_ANSWERABLE,
    OWNERSHIP_IS_GIVEN,
    OWNERSHIP_OFFER_CLOSED,
    OWNERSHIP_OFFER_OPEN,
    OWNERSHIP_OFFERABLE,
    OWNERSHIP_TAKER_NOT_ACTIVE,
    STANDING_ALLOWS,
    STANDING_FORBIDS,
)
from tenure.policy.model import Policy


class Standing(StrEnum):
    """What a member is to an organisation."""

    OWNER = "owner"
    ADMINISTRATOR = "administrator"
    BILLING = "billing"
    MEMBER = "member"
    EXTERNAL = "external"


class MemberStatus(StrEnum):
    """Where a member stands (R36, R37)."""

    INVITED = "invited"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REMOVED = "removed"


class Ability(StrEnum):
    """What an organisation's people look after (R35)."""

    OWNERSHIP = "ownership"
    SUBSCRIPTIONS = "subscriptions"
    MEMBERS = "members"
    ROLES = "roles"
    BILLING = "billing"
    COLLEAGUES = "colleagues"
    OWN_ROLES = "own_roles"


_OWN: Final = frozenset({Ability.OWN_ROLES})
_ADMINISTRATORS: Final = frozenset(Ability) - {Ability.OWNERSHIP}
_ABILITIES: Final = {
    Standing.OWNER: frozenset(Ability),
    Standing.ADMINISTRATOR: _ADMINISTRATORS,
    Standing.BILLING: _OWN | {Ability.BILLING},
    Standing.MEMBER: _OWN | {Ability.COLLEAGUES},
    Standing.EXTERNAL: _OWN,
}
"""The billing contact sees the Billing tab alone; an external member sees nobody else."""


def ability_verdict(standing: Standing, ability: Ability) -> Verdict:
    """Whether a member of this ``standing`` may look after that (R34, R35)."""
    if ability in _ABILITIES[standing]:
        return allow(STANDING_ALLOWS, standing=standing.value, ability=ability.value)
    return refuse(STANDING_FORBIDS, standing=standing.value, ability=ability.value)


def academic_address(email: str, domains: Collection[str]) -> Verdict:
    """Whether an address by itself proves a student (R8).

    ``domains`` (lower case) each stand for themselves and what is below them, label by label:
    ``edu`` covers ``mit.edu``, and neither ``evil-edu`` nor ``edu.evil.com``.
    """
    name, at, domain = email.strip().rpartition("@")
    labels = _ascii(domain).removesuffix(".").split(".")
    if not name or not at or "@" in name or not all(labels) or len(labels) < 2:
        return refuse(NOT_ACADEMIC, email=email)
    for start in range(len(labels)):
        listed = ".".join(labels[start:])
        if listed in domains:
            return allow(ACADEMIC_ADDRESS, email=email, domain=listed)
    return refuse(NOT_ACADEMIC, email=email)


def _ascii(domain: str) -> str:
    """The domain as the network spells it, in lower case; what cannot be spelt is nobody's."""
    try:
        return domain.lower().encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""


def leaving_verdict(member: Hashable, active_owners: Collection[Hashable]) -> Verdict:
    """Whether ``member`` may be removed, suspended or demoted (R34, R37).

    ``active_owners`` are the ids of all active owners at this moment, read under a lock.
    """
    if member in active_owners and len(active_owners) == 1:
        return refuse(LAST_OWNER)
    return allow(MEMBER_MAY_LEAVE)


def owner_verdict(standing: Standing, *, by_owner: bool) -> Verdict:
    """Whether somebody of this ``standing`` may be suspended, restored or removed (R34).

    ``by_owner``: by an owner, or in the vendor's own name. An organisation's key may what its
    administrators may.
    """
    if standing is Standing.OWNER and not by_owner:
        return refuse(OWNERS_ALONE)
    return allow(MEMBER_MAY_LEAVE)


class OfferStatus(StrEnum):
    """Where an offer of ownership stands (R34)."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


def ownership_offer_verdict(
    *, giver_owns: bool, taker_active: bool, taker_owns: bool, already_open: bool
) -> Verdict:
    """Whether a member can offer the ownership to another (R34).

    The first that holds of ``ownership_is_given`` (the giver is no active owner),
    ``ownership_taker_not_active``, ``already_owner``, ``ownership_offer_open``.
    """
    if not giver_owns:
        return refuse(OWNERSHIP_IS_GIVEN)
    if not taker_active:
        return refuse(OWNERSHIP_TAKER_NOT_ACTIVE)
    if taker_owns:
        return refuse(ALREADY_OWNER)
    if already_open:
        return refuse(OWNERSHIP_OFFER_OPEN)
    return allow(OWNERSHIP_OFFERABLE)


def ownership_answer_verdict(
    status: OfferStatus, *, giver_owns: bool, taker_active: bool
) -> Verdict:
    """Whether an offer of ownership can be accepted now (R34): the giver must still have it."""
    if status is not OfferStatus.OPEN:
        return refuse(OWNERSHIP_OFFER_CLOSED, offer_status=status.value)
    if not giver_owns:
        return refuse(OWNERSHIP_OFFER_CLOSED, offer_status=OfferStatus.WITHDRAWN.value)
    if not taker_active:
        return refuse(OWNERSHIP_TAKER_NOT_ACTIVE)
    return allow(OWNERSHIP_ANSWERABLE)


def invitation_last_day(sent_at: datetime, zone: ZoneInfo, policy: Policy) -> date:
    """The last local day on which an invitation sent at ``sent_at`` can be accepted (R36)."""
    return last_day_within(local_date(sent_at, zone), policy.invitations.expiry_days)


def invitation_expires_at(sent_at: datetime, zone: ZoneInfo, policy: Policy) -> datetime:
    """The first UTC instant at which it can no longer be accepted (R36)."""
    return end_of_day_instant(invitation_last_day(sent_at, zone, policy), zone)
