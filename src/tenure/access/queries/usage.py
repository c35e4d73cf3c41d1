"""How the seats of an organisation are used: now, and over time (R38)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Count, Q

from tenure.access.models import Seat
from tenure.base.ids import parse_public_id
from tenure.events.rows import read_values
from tenure.organisations.models import Member
from tenure.organisations.rules import MemberStatus


@dataclass(frozen=True, slots=True)
class SeatCounts:
    """The seats of a subscription: all of them, and how many nobody holds."""

    paid: int = 0
    assigned: int = 0
    reserved: int = 0

    @property
    def free(self) -> int:
        """Those that neither a member nor an invitation holds."""
        return self.paid - self.assigned - self.reserved


@dataclass(frozen=True, slots=True)
class HeldSeat:
    """A seat with who holds it, or for whom it is reserved."""

    seat: Seat
    member: Member | None
    reserved: bool


@dataclass(frozen=True, slots=True)
class TeamCounts:
    """How many people belong to an organisation, and how many of them hold nothing."""

    active: int
    without_seat: int


NO_SEATS: Final = SeatCounts()


def seat_counts(subscriptions: Iterable[UUID]) -> dict[UUID, SeatCounts]:
    """How the seats of each subscription are used now; one statement for any number of them."""
    rows = (
        Seat.objects.filter(subscription_id__in=list(subscriptions))
        .values("subscription_id")
        .annotate(
            paid=Count("id"),
            assigned=Count("id", filter=Q(member__isnull=False)),
            reserved=Count("id", filter=Q(invitation__isnull=False)),
        )
    )
    return {
        row["subscription_id"]: SeatCounts(row["paid"], row["assigned"], row["reserved"])
        for row in rows
    }


def held_seats(subscription: UUID, most: int) -> list[HeldSeat]:
    """Who holds the seats of a subscription, those assigned first; one statement."""
    rows = Seat.objects.filter(
        Q(member__isnull=False) | Q(invitation__isnull=False), subscription_id=subscription
    )
    found = rows.select_related("member", "invitation__member").order_by("member__name", "number")
    return [
        HeldSeat(
            seat,
            seat.member or (seat.invitation.member if seat.invitation else None),
            seat.member is None,
        )
        for seat in found[:most]
    ]


def team_counts(organisation: UUID, subscriptions: Iterable[UUID]) -> TeamCounts:
    """Its active members, and those who hold no seat of ``subscriptions``; one statement."""
    held = Seat.objects.filter(
        subscription_id__in=list(subscriptions), member__isnull=False
    ).values("member_id")
    found = Member.objects.filter(
        organisation_id=organisation, status=MemberStatus.ACTIVE
    ).aggregate(
        active=Count("id"),
        without=Count("id", filter=~Q(id__in=held)),
    )
    return TeamCounts(found["active"], found["without"])


_CHANGES: Final = """
    SELECT data->>'subscription', (at AT TIME ZONE 'UTC')::date,
           sum(CASE type WHEN 'seat.assigned' THEN 1 ELSE -1 END)::int
    FROM events_event
    WHERE organisation_id = %s AND type IN ('seat.assigned', 'seat.freed')
    GROUP BY 1, 2 ORDER BY 2
"""


def assignments_by_day(organisation: UUID) -> dict[UUID, list[tuple[date, int]]]:
    """On which days of UTC how many seats of each subscription were assigned more or fewer.

    One statement, over the organisation's journal.
    """
    found: defaultdict[UUID, list[tuple[date, int]]] = defaultdict(list)
    for subscription, day, more in read_values(_CHANGES, [organisation]):
        found[parse_public_id("sub", subscription)].append((day, more))
    return dict(found)
