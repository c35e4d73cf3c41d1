"""How the seats of an organisation are used: now, and over time (R38)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import Final
from uuid import UUID

from django.db.models import Q

from tenure.access.models import Seat
from tenure.base.ids import parse_public_id
from tenure.events.rows import AMONG, read_values
from tenure.organisations.models import Member


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


_COUNTED: Final = f"""
    SELECT subscription_id, count(*)::int, count(member_id)::int, count(invitation_id)::int
    FROM access_seat WHERE subscription_id {AMONG} GROUP BY subscription_id
"""  # noqa: S608 - of constants


def seat_counts(subscriptions: Iterable[UUID]) -> dict[UUID, SeatCounts]:
    """How the seats of each subscription are used now; one statement for any number of them."""
    rows = read_values(_COUNTED, [list(subscriptions)])
    return {subscription: SeatCounts(*counts) for subscription, *counts in rows}


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


_TEAM: Final = f"""
    SELECT count(*)::int, count(*) FILTER (WHERE held.member_id IS NULL)::int
    FROM organisations_member AS m LEFT JOIN (
        SELECT DISTINCT member_id FROM access_seat
        WHERE subscription_id {AMONG} AND member_id IS NOT NULL
    ) AS held ON held.member_id = m.id
    WHERE m.organisation_id = %s AND m.status = 'active'
"""  # noqa: S608 - of constants


def team_counts(organisation: UUID, subscriptions: Iterable[UUID]) -> TeamCounts:
    """Its active members, and those who hold no seat of ``subscriptions``; one statement."""
    return TeamCounts(*read_values(_TEAM, [list(subscriptions), organisation])[0])


_CHANGES: Final = """
    SELECT data->>'subscription', (at AT TIME ZONE 'UTC')::date,
           sum(CASE type WHEN 'seat.assigned' THEN 1 ELSE -1 END)::int, max(sequence)
    FROM events_event
    WHERE organisation_id = %s AND sequence > %s AND type IN ('seat.assigned', 'seat.freed')
    GROUP BY 1, 2
"""

_MOST_COUNTED: Final = 64
"""Of as many organisations what was counted is kept in memory, those counted first forgotten."""


@dataclass(frozen=True, slots=True)
class _Counted:
    """An organisation's assignments by subscription and day, up to a number of its journal."""

    until: int = -1
    changes: Mapping[UUID, Mapping[date, int]] = field(default_factory=dict)


_counted: dict[UUID, _Counted] = {}
_counting = Lock()


def assignments_by_day(organisation: UUID) -> dict[UUID, list[tuple[date, int]]]:
    """On which days of UTC how many seats of each subscription were assigned more or fewer.

    One statement, over what the organisation's journal has gained since this process counted it
    last: what was recorded never changes, and its numbers become visible in their order.
    """
    known = _counted.get(organisation, _Counted())
    more = read_values(_CHANGES, [organisation, known.until])
    if more:
        known = _with(known, more)
        with _counting:
            _counted[organisation] = known
            if len(_counted) > _MOST_COUNTED:
                del _counted[next(iter(_counted))]
    return {subscription: list(days.items()) for subscription, days in known.changes.items()}


def _with(known: _Counted, more: Iterable[tuple[str, date, int, int]]) -> _Counted:
    changes = {subscription: dict(days) for subscription, days in known.changes.items()}
    until = known.until
    for subscription, day, assigned, sequence in more:
        days = changes.setdefault(parse_public_id("sub", subscription), {})
        days[day] = days.get(day, 0) + assigned
        until = max(until, sequence)
    return _Counted(until, changes)
