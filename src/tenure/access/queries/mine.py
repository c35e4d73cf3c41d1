"""What a person holds across their organisations, and whether each role is usable now (R41)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from tenure.access.models import RoleRequest, Seat
from tenure.access.queries.requests import open_request, role_is_offered
from tenure.access.queries.seats import held_roles, running_subscriptions
from tenure.access.rules.decision import (
    Decision,
    Grant,
    MemberFacts,
    OrganisationFacts,
    SeatFacts,
    decide,
    seat_facts,
)
from tenure.access.rules.requests import WAITING, asking_verdict
from tenure.base.calendar import Term, local_date, microseconds, zone_named
from tenure.base.verdicts import Verdict
from tenure.catalogue.models import Application, OfferRole, Role
from tenure.catalogue.queries import RoleListing, roles_by_offer, roles_of
from tenure.catalogue.searching import wanted_words
from tenure.organisations.queries import Membership
from tenure.organisations.rules import MemberStatus
from tenure.subscriptions.models import Period, Subscription

_ROLE: Final = "role"
"""Stands in for the application where the question is whether a role is usable at all."""


@dataclass(frozen=True, slots=True)
class Opens:
    """What a role opens in one application."""

    application: str
    permissions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MyRole:
    """A role that a member holds; ``last_day`` is the last local day of a yes."""

    role: RoleListing
    decision: Decision
    last_day: date | None
    opens: tuple[Opens, ...]


@dataclass(frozen=True, slots=True)
class MyPlace:
    """An organisation that a person belongs to, at its own clock (R2), with what they hold."""

    membership: Membership
    now: datetime
    today: date
    roles: tuple[MyRole, ...]


def my_places(
    memberships: Sequence[Membership], arrived_at: datetime, language: str
) -> list[MyPlace]:
    """What a person holds in each of these organisations; four statements for any number."""
    members = [each.member for each in memberships]
    seats: defaultdict[UUID, list[Subscription]] = defaultdict(list)
    rows = Seat.objects.filter(member_id__in=members).select_related("subscription").order_by("id")
    for seat in rows:
        if seat.member_id is not None:
            seats[seat.member_id].append(seat.subscription)
    held = {row.id: row for found in seats.values() for row in found}
    roles = roles_by_offer({row.offer_id for row in held.values()}, language)
    facts = _facts(held.values(), roles)
    names = dict(Application.objects.values_list("id", "name")) if held else {}
    return [
        _place(each, arrived_at, seats.get(each.member, ()), roles, facts, names)
        for each in memberships
    ]


def _facts(
    rows: Collection[Subscription], roles: Mapping[str, Sequence[RoleListing]]
) -> dict[UUID, SeatFacts]:
    """The seats of each subscription as decisions see them; each role counts as one grant."""
    periods: defaultdict[UUID, list[Period]] = defaultdict(list)
    for period in Period.objects.filter(subscription__in=rows).order_by("number"):
        periods[period.subscription_id].append(period)
    return {
        row.id: seat_facts(
            {(_ROLE, role.id) for role in roles[row.offer_id]},
            [(period.starts_at, period.ends_at) for period in periods[row.id]],
            data_until=periods[row.id][-1].data_until_on,
            data_gone_at=periods[row.id][-1].data_until,
            dropped=row.cancelled_at is not None,
        )
        for row in rows
        if periods[row.id]
    }


def _place(
    membership: Membership,
    arrived_at: datetime,
    rows: Sequence[Subscription],
    roles: Mapping[str, Sequence[RoleListing]],
    facts: Mapping[UUID, SeatFacts],
    names: Mapping[str, str],
) -> MyPlace:
    place = membership.organisation
    now = place.test_clock or arrived_at
    counted = sorted(
        (row for row in rows if row.id in facts), key=lambda row: row.term == Term.TRIAL
    )
    member = MemberFacts(
        membership.status is MemberStatus.ACTIVE,
        tuple(facts[row.id] for row in counted),
        tuple(row.id for row in counted),
    )
    organisation = OrganisationFacts(0, place.suspended_at is not None, {"": member})
    listed = {role.id: role for row in counted for role in roles[row.offer_id]}
    zones = {row.id: row.zone for row in counted}
    mine = []
    for role in sorted(listed.values(), key=lambda role: (role.solution_name, role.name)):
        grant: Grant = (_ROLE, role.id)
        decision = decide(organisation, "", grant, microseconds(now))
        mine.append(MyRole(role, decision, _last_day(decision, zones), _opens(role, names)))
    return MyPlace(membership, now, local_date(now, zone_named(place.timezone)), tuple(mine))


def _last_day(decision: Decision, zones: Mapping[UUID, str]) -> date | None:
    if decision.valid_until is None or decision.subscription is None:
        return None
    zone = zone_named(zones[decision.subscription])
    return local_date(decision.valid_until, zone) - timedelta(days=1)


def opens(role: RoleListing) -> tuple[Opens, ...]:
    """What a role opens, by the applications' names; one statement."""
    names = Application.objects.filter(id__in=role.grants.keys()).values_list("id", "name")
    return _opens(role, dict(names))


def _opens(role: RoleListing, names: Mapping[str, str]) -> tuple[Opens, ...]:
    return tuple(
        Opens(names.get(application, application), tuple(sorted(permissions)))
        for application, permissions in sorted(role.grants.items())
    )


@dataclass(frozen=True, slots=True)
class Asking:
    """A role that may be asked for, and the verdict on that (R40)."""

    role: RoleListing
    verdict: Verdict


def roles_to_ask_for(
    membership: Membership, *, words: str, after: str, at: datetime, language: str, most: int = 50
) -> tuple[list[Asking], str]:
    """Roles by the catalogue's order, found by words, and after which one there are more.

    Each comes with the verdict on asking for it. Six statements.
    """
    place = membership.organisation
    offered = Role.objects.filter(
        withdrawn_at__isnull=True,
        offer_roles__offer__audience=place.audience,
        offer_roles__offer__withdrawn_at__isnull=True,
    )
    for word in wanted_words(words):
        matching = OfferRole.objects.filter(offer__search_text__contains=word)
        offered = offered.filter(id__in=matching.values("role_id"))
    if after:
        offered = offered.filter(id__gt=after)
    ids = list(offered.order_by("id").distinct().values_list("id", flat=True)[: most + 1])
    shown = ids[:most]
    listings = roles_of(shown, language)
    held = held_roles(membership.member, running_subscriptions(place.id, at))
    waiting = RoleRequest.objects.filter(member_id=membership.member, status__in=WAITING)
    zone = zone_named(place.timezone)
    asked = {row.role_id: local_date(row.created_at, zone) for row in waiting}
    found = [
        Asking(
            listings[role],
            asking_verdict(
                member_active=membership.status is MemberStatus.ACTIVE,
                role_offered=True,
                role_held=role in held,
                asked_on=asked.get(role),
            ),
        )
        for role in shown
    ]
    return found, shown[-1] if len(ids) > most else ""


def role_to_ask_for(
    membership: Membership, role: str, *, at: datetime, language: str
) -> Asking | None:
    """One role with the verdict on asking for it; None for one that never was. Six statements."""
    listing = roles_of([role], language).get(role)
    if listing is None:
        return None
    place = membership.organisation
    before = open_request(membership.member, role)
    zone = zone_named(place.timezone)
    verdict = asking_verdict(
        member_active=membership.status is MemberStatus.ACTIVE,
        role_offered=role_is_offered(role, place.audience),
        role_held=role in held_roles(membership.member, running_subscriptions(place.id, at)),
        asked_on=local_date(before.created_at, zone) if before else None,
    )
    return Asking(listing, verdict)


def requests_of_members(members: Collection[UUID], most: int = 100) -> list[RoleRequest]:
    """What members asked for, the newest first; one statement."""
    rows = RoleRequest.objects.filter(member_id__in=members).select_related("role")
    return list(rows.order_by("-id")[:most])
