"""The roles that an organisation has seats for, and who holds them now (R38)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from tenure.access.models import Seat
from tenure.access.queries.seats import running_subscriptions
from tenure.catalogue.queries.roles import RoleListing, roles_by_offer
from tenure.events.rows import read_values

_OFFERS: Final = """
    SELECT DISTINCT subscription.offer_id FROM subscriptions_subscription AS subscription
    WHERE subscription.organisation_id = %s
      AND (subscription.cancelled_at IS NULL OR subscription.cancelled_at > %s)
"""


@dataclass(frozen=True, slots=True)
class HoldableRole:
    """A role that seats of the organisation carry, with its name and who holds it now."""

    id: str
    name: str
    holders: frozenset[UUID]


def holdable_roles(
    organisation: UUID, at: datetime, language: str, *, members: Collection[UUID] | None = None
) -> list[HoldableRole]:
    """The roles of what the organisation bought and did not cancel, in the order of their ids.

    They are there also while nothing of it is paid, so that they keep their place; who holds them
    is told of what runs at ``at``, and of ``members`` alone if these are given. Four statements.
    """
    offers = [offer for (offer,) in read_values(_OFFERS, [organisation, at])]
    brought = roles_by_offer(offers, language)
    names = {role.id: role.name for roles in brought.values() for role in roles}
    by_role = _holders(organisation, at, members, brought)
    return [HoldableRole(id_, names[id_], frozenset(by_role[id_])) for id_ in sorted(names)]


def _holders(
    organisation: UUID,
    at: datetime,
    members: Collection[UUID] | None,
    brought: Mapping[str, Collection[RoleListing]],
) -> defaultdict[str, set[UUID]]:
    running = {each.id: each.offer_id for each in running_subscriptions(organisation, at)}
    held = Seat.objects.filter(subscription_id__in=list(running), member__isnull=False)
    if members is not None:
        held = held.filter(member_id__in=members)
    found: defaultdict[str, set[UUID]] = defaultdict(set)
    for subscription, member in held.values_list("subscription_id", "member_id"):
        for role in brought.get(running[subscription], ()):
            found[role.id].add(member)
    return found
