"""The roles that an organisation has seats for, with what is free: for matrix, lists, invitations.

Everything is read once, for all subscriptions: three statements, or four with locks (R38).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from tenure.access.rules.seats import SeatPool, preference
from tenure.base.calendar import Term
from tenure.events.rows import read_values
from tenure.subscriptions.queries.facts import subscription_facts
from tenure.subscriptions.queries.views import with_periods
from tenure.subscriptions.rules.periods import SubscriptionStatus, status


@dataclass(frozen=True, slots=True)
class Named:
    """A role by its id and its name in the reader's language."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Pool:
    """A subscription's seats at an instant: ``locked`` ones are nobody's, and not free yet (R38).

    ``last_day`` is the last local day that is paid. ``roles`` are in the offer's order.
    """

    id: UUID
    offer: str
    term: str
    zone: str
    status: SubscriptionStatus
    roles: tuple[Named, ...]
    last_day: date
    ends_at: datetime
    began_at: datetime
    free: int
    assigned: int
    reserved: int
    locked: int

    @property
    def name(self) -> str:
        """What the offer is called: by its roles."""
        return " + ".join(role.name for role in self.roles)

    @property
    def runs(self) -> bool:
        """Whether it is paid for now, so that its seats can be assigned and used."""
        return self.status is SubscriptionStatus.ACTIVE

    @property
    def is_trial(self) -> bool:
        """Whether it is a trial."""
        return self.term == Term.TRIAL

    @property
    def paid(self) -> int:
        """How many seats there are."""
        return self.free + self.assigned + self.reserved + self.locked

    @property
    def state(self) -> str:
        """How it is shown: its status, or that it is a trial."""
        return "trial" if self.runs and self.is_trial else self.status.value

    def carries(self, role: str) -> bool:
        """Whether a seat of it brings the role."""
        return any(each.id == role for each in self.roles)

    @property
    def facts(self) -> SeatPool[UUID]:
        """The same as rules want it."""
        return SeatPool(
            subscription=self.id,
            roles=frozenset(role.id for role in self.roles),
            is_trial=self.is_trial,
            ends_at=self.ends_at,
            began_at=self.began_at,
            free=self.free,
        )


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role with the subscriptions that bring it, the running ones first, as R36 prefers them."""

    id: str
    name: str
    solution: str
    pools: tuple[Pool, ...]

    @property
    def running(self) -> tuple[Pool, ...]:
        """The subscriptions whose seats can be assigned now."""
        return tuple(pool for pool in self.pools if pool.runs)

    @property
    def free(self) -> int:
        """How many seats with this role can be assigned now."""
        return sum(pool.free for pool in self.running)

    @property
    def assigned(self) -> int:
        """How many seats with it are assigned, in what runs."""
        return sum(pool.assigned for pool in self.running)

    @property
    def reserved(self) -> int:
        """How many invitations keep a seat with it."""
        return sum(pool.reserved for pool in self.running)

    @property
    def paid(self) -> int:
        """How many seats with it there are, in what runs."""
        return sum(pool.paid for pool in self.running)

    @property
    def is_over(self) -> bool:
        """Whether nothing that brings it runs any more."""
        return not self.running


@dataclass(frozen=True, slots=True)
class Roster:
    """All pools of an organisation by id, and the roles they bring, in the catalogue's order."""

    pools: Mapping[UUID, Pool]
    roles: tuple[HeldRole, ...]

    def role(self, id_: str) -> HeldRole | None:
        """One role, if there are seats for it."""
        return next((role for role in self.roles if role.id == id_), None)


def roster(organisation: UUID, *, at: datetime, on: date, language: str) -> Roster:
    """The roles for which an organisation has seats at ``at``, on its local day ``on``.

    What is over counts as long as members hold seats of it (R31); what was cancelled does not
    (R30). Three statements.
    """
    rows = with_periods(
        "s.organisation_id = %s AND (s.cancelled_at IS NULL OR s.cancelled_at > %s) ORDER BY s.id",
        [organisation, at],
    )
    counts = _counts(organisation, on)
    named, order = _names({row.offer_id for row, _ in rows}, language)
    pools = {}
    for row, mine in rows:
        state = status(subscription_facts(row, mine), at)
        free, assigned, reserved, seats = counts.get(row.id, (0, 0, 0, 0))
        if not (state is SubscriptionStatus.ACTIVE or assigned):
            continue
        pools[row.id] = Pool(
            id=row.id,
            offer=row.offer_id,
            term=row.term,
            zone=row.zone,
            status=state,
            roles=named[row.offer_id],
            last_day=mine[-1].ends_on - timedelta(days=1),
            ends_at=mine[-1].ends_at,
            began_at=mine[0].starts_at,
            free=free,
            assigned=assigned,
            reserved=reserved,
            locked=seats - free - assigned - reserved,
        )
    return Roster(pools, _roles(pools.values(), order))


_COUNTED: Final = """
    SELECT subscription_id, count(*) FILTER (
               WHERE member_id IS NULL AND invitation_id IS NULL
               AND (locked_until IS NULL OR locked_until <= %s)
           )::int, count(member_id)::int,
           count(invitation_id) FILTER (WHERE member_id IS NULL)::int, count(*)::int
    FROM access_seat WHERE organisation_id = %s GROUP BY subscription_id
"""


def _counts(organisation: UUID, on: date) -> dict[UUID, tuple[int, int, int, int]]:
    """Of each subscription: seats free, assigned, reserved, and all of them."""
    rows = read_values(_COUNTED, [on, organisation])
    return {subscription: (f, a, r, n) for subscription, f, a, r, n in rows}


_Order = dict[str, tuple[int, int, str]]


_NAMED: Final = """
    SELECT l.offer_id, r.id, r.name->>%s, s.position, r.position, s.name->>%s
    FROM catalogue_offerrole AS l JOIN catalogue_role AS r ON r.id = l.role_id
    JOIN catalogue_solution AS s ON s.id = r.solution_id
    WHERE l.offer_id = ANY((SELECT %s::text[])::text[]) ORDER BY l.offer_id, l.position
"""


def _names(offers: Collection[str], language: str) -> tuple[dict[str, tuple[Named, ...]], _Order]:
    """The roles of each offer by name, and where each stands in the catalogue."""
    found: defaultdict[str, list[Named]] = defaultdict(list)
    order: _Order = {}
    for offer, role, name, *place in read_values(_NAMED, [language, language, list(offers)]):
        found[offer].append(Named(role, name))
        order[role] = (place[0], place[1], place[2])
    return {offer: tuple(found[offer]) for offer in offers}, order


def _roles(pools: Iterable[Pool], order: _Order) -> tuple[HeldRole, ...]:
    bringing: defaultdict[str, list[Pool]] = defaultdict(list)
    names: dict[str, str] = {}
    for pool in pools:
        for role in pool.roles:
            bringing[role.id].append(pool)
            names[role.id] = role.name
    return tuple(
        HeldRole(
            id=role,
            name=names[role],
            solution=order[role][2],
            pools=tuple(
                sorted(bringing[role], key=lambda pool: (not pool.runs, preference(pool.facts)))
            ),
        )
        for role in sorted(bringing, key=lambda role: (*order[role][:2], role))
    )
