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
    LAST_ADMIN,
    LAST_OWNER,
    MEMBER_MAY_LEAVE,
    NOT_ACADEMIC,
    STAFF_ALLOWED,
    STAFF_FORBIDDEN,
    STAFF_MAY_LEAVE,
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


class StaffRole(StrEnum):
    """What one of the vendor's staff is there for; a person may have several."""

    SUPPORT = "support"
    FINANCE = "finance"
    CATALOGUE = "catalogue"
    ADMIN = "admin"


class StaffAbility(StrEnum):
    """What the vendor's staff look after in the back office."""

    CUSTOMERS = "customers"
    REQUESTS = "requests"
    PROOFS = "proofs"
    OWNERS = "owners"
    ACTING = "acting"
    ORDERS = "orders"
    PAYMENTS = "payments"
    CATALOGUE = "catalogue"
    JOURNAL = "journal"
    MAIL = "mail"
    STAFF = "staff"


_STAFF_ABILITIES: Final = {
    StaffRole.SUPPORT: frozenset(
        {
            StaffAbility.CUSTOMERS,
            StaffAbility.REQUESTS,
            StaffAbility.PROOFS,
            StaffAbility.OWNERS,
            StaffAbility.ACTING,
            StaffAbility.MAIL,
        }
    ),
    StaffRole.FINANCE: frozenset({StaffAbility.ORDERS, StaffAbility.PAYMENTS}),
    StaffRole.CATALOGUE: frozenset({StaffAbility.CATALOGUE}),
    StaffRole.ADMIN: frozenset(StaffAbility),
}
"""Support helps customers, finance follows their money; the journal of all is an admin's."""


def staff_abilities(roles: Collection[str]) -> frozenset[StaffAbility]:
    """All that staff with these ``roles`` may look after; without a role, nothing."""
    return frozenset().union(*(_STAFF_ABILITIES[StaffRole(role)] for role in roles))


def staff_verdict(roles: Collection[str], ability: StaffAbility) -> Verdict:
    """Whether one of the staff with these ``roles`` may look after that."""
    if ability in staff_abilities(roles):
        return allow(STAFF_ALLOWED, ability=ability.value)
    return refuse(STAFF_FORBIDDEN, ability=ability.value)


def last_admin_verdict(
    person: Hashable, admins: Collection[Hashable], *, stays_admin: bool
) -> Verdict:
    """Whether one of the staff may get other roles or go: an admin must remain.

    ``admins`` are the ids of all present admins, read under a lock.
    """
    if not stays_admin and person in admins and len(admins) == 1:
        return refuse(LAST_ADMIN)
    return allow(STAFF_MAY_LEAVE)


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


def invitation_last_day(sent_at: datetime, zone: ZoneInfo, policy: Policy) -> date:
    """The last local day on which an invitation sent at ``sent_at`` can be accepted (R36)."""
    return last_day_within(local_date(sent_at, zone), policy.invitations.expiry_days)


def invitation_expires_at(sent_at: datetime, zone: ZoneInfo, policy: Policy) -> datetime:
    """The first UTC instant at which it can no longer be accepted (R36)."""
    return end_of_day_instant(invitation_last_day(sent_at, zone, policy), zone)
