"""Members × roles: what each cell is, and what a press on it would come to (R38)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from tenure.access.queries.roster import HeldRole, Pool, Roster
from tenure.access.queries.team import HeldSeat, holdings_of
from tenure.access.rules.seats import release_verdict
from tenure.base.calendar import local_date, zone_named
from tenure.base.verdicts import Verdict
from tenure.organisations.models import Member
from tenure.organisations.rules import MemberStatus
from tenure.policy.model import Policy
from tenure.subscriptions.queries.policies import policies_of


class CellState(StrEnum):
    """What a member has of a role, and so what can be done about it."""

    HELD = "held"
    SHARED = "shared"
    """Held by a seat that carries other roles too, which would go with it."""
    LOCKED = "locked"
    """Held by a seat that stays with its member for a while (R38)."""
    RESERVED = "reserved"
    FREE = "free"
    """Not held, and a seat is free."""
    FULL = "full"
    """Not held, and no seat is free."""
    CLOSED = "closed"
    """Not held by somebody who is not active, so that nothing can be assigned."""


@dataclass(frozen=True, slots=True)
class Cell:
    """``until`` is the day a locked seat is free; ``over``: held by what is over as well (R31)."""

    state: CellState
    over: bool = False
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A member with a cell for each of the roles asked about, in their order."""

    member: Member
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Releases:
    """When seats can be taken from their members: policies by subscription, at an instant."""

    policies: Mapping[UUID, Policy]
    at: datetime
    _known: dict[tuple[UUID, date | None], Verdict] = field(default_factory=dict)

    def verdict(self, seat: HeldSeat, pool: Pool) -> Verdict:
        """Whether the seat can be taken from its member now (R38)."""
        asked = (pool.id, seat.first_used_on)  # mostly the same: a matrix has thousands of seats
        if asked not in self._known:
            on = local_date(self.at, zone_named(pool.zone))
            policy = self.policies[pool.id]
            self._known[asked] = release_verdict(seat.first_used_on, on=on, policy=policy)
        return self._known[asked]


def releases(roster: Roster, at: datetime) -> Releases:
    """What decides on locks; two statements at the most."""
    return Releases(policies_of(list(roster.pools), at), at)


def rows_of(
    members: Sequence[Member], roles: Sequence[HeldRole], roster: Roster, releases: Releases
) -> list[Row]:
    """The cells of ``members``; two statements for any number of them."""
    held = holdings_of([member.id for member in members])
    free = {role.id: role.free > 0 for role in roles}
    return [
        Row(
            member,
            _cells(
                member,
                held.seats.get(member.id, ()),
                held.reserved.get(member.id, frozenset()),
                free,
                roster,
                releases,
            ),
        )
        for member in members
    ]


def _cells(
    member: Member,
    seats: Sequence[HeldSeat],
    reserved: Collection[UUID],
    free: Mapping[str, bool],
    roster: Roster,
    releases: Releases,
) -> tuple[Cell, ...]:
    is_active = member.status == MemberStatus.ACTIVE
    theirs: dict[str, Cell] = {}
    over: set[str] = set()
    for subscription in reserved:
        pool = roster.pools.get(subscription)
        for role in pool.roles if pool else ():
            theirs[role.id] = Cell(CellState.RESERVED)
    for seat in seats:
        pool = roster.pools.get(seat.subscription)
        if pool is None:
            continue
        if not pool.runs:
            over.update(role.id for role in pool.roles)
            continue
        cell = _held(seat, pool, releases)
        for role in pool.roles:
            theirs[role.id] = _stronger(theirs.get(role.id), cell)
    blank = {
        True: CellState.FREE if is_active else CellState.CLOSED,
        False: CellState.FULL if is_active else CellState.CLOSED,
    }
    return tuple(
        Cell(found.state, role in over, found.until)
        if (found := theirs.get(role))
        else Cell(blank[is_free], role in over)
        for role, is_free in free.items()
    )


def _held(seat: HeldSeat, pool: Pool, releases: Releases) -> Cell:
    verdict = releases.verdict(seat, pool)
    if not verdict:
        until = verdict.figures["until"]
        return Cell(CellState.LOCKED, until=until if isinstance(until, date) else None)
    return Cell(CellState.SHARED if len(pool.roles) > 1 else CellState.HELD)


def _stronger(one: Cell | None, other: Cell) -> Cell:
    """Of two seats with the same role, the one that must be spoken of."""
    order = (CellState.RESERVED, CellState.HELD, CellState.SHARED, CellState.LOCKED)
    return other if one is None else max(one, other, key=lambda cell: order.index(cell.state))
