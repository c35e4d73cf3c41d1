"""What the vendor's staff may look after, and what they may when they act for a customer."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from enum import StrEnum
from typing import Final

from tenure.base.verdicts import Verdict, allow, refuse
from tenure.organisations.errors import (
    ACTING_ALLOWED,
    ACTING_FORBIDDEN,
    ACTING_MAKES_NO_KEY,
    ACTING_PAYS_NOTHING,
    KEY_MAKEABLE,
    LAST_ADMIN,
    STAFF_ALLOWED,
    STAFF_FORBIDDEN,
    STAFF_MAY_LEAVE,
)
from tenure.organisations.rules.people import Ability, Standing, ability_verdict


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
    SALES = "sales"
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
            StaffAbility.SALES,
        }
    ),
    StaffRole.FINANCE: frozenset({StaffAbility.ORDERS, StaffAbility.PAYMENTS, StaffAbility.SALES}),
    StaffRole.CATALOGUE: frozenset({StaffAbility.CATALOGUE}),
    StaffRole.ADMIN: frozenset(StaffAbility),
}
"""Support helps customers, finance follows their money, both quote (``sales``: also what was bought
elsewhere); the journal of all is an admin's."""


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


ACTING_STANDING: Final = Standing.ADMINISTRATOR
"""As what staff act for a customer: they never give the ownership away."""

_STAFF: Final = "staff:"


def acting_verdict(ability: Ability) -> Verdict:
    """Whether staff who act for a customer may look after that: what an administrator may (R35)."""
    if ability_verdict(ACTING_STANDING, ability):
        return allow(ACTING_ALLOWED, ability=ability.value)
    return refuse(ACTING_FORBIDDEN, ability=ability.value)


def card_verdict(by: str) -> Verdict:
    """Whether who acts, as the journal names them, may pay with a customer's card: no staff."""
    if by.startswith(_STAFF):
        return refuse(ACTING_PAYS_NOTHING)
    return allow(ACTING_ALLOWED, ability=Ability.BILLING.value)


def key_verdict(by: str) -> Verdict:
    """Whether who acts may make a key of a customer's API: no staff, whom it would outlast."""
    if by.startswith(_STAFF):
        return refuse(ACTING_MAKES_NO_KEY)
    return allow(KEY_MAKEABLE)
