"""What decisions rest on: the SQL, and the facts made from its rows (R41, R42).

Known without Django, since a decision node runs without it. Each statement sees one snapshot, so
that facts and the revision that names them always belong together. The texts hold ``{0}``, ``{1}``
for their arguments, which every driver writes in its own way.

What has changed is told by the transactions that wrote the streams: with a snapshot that was kept,
PostgreSQL itself knows which of them it did not see, in whatever order they were begun and
committed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from tenure.access.rules.decision import (
    Grant,
    SeatFacts,
    seat_facts,
)
from tenure.base.calendar import microseconds
from tenure.base.ids import public_id

CHANGED: Final = """
SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
       pg_relation_filenode('events_stream'),
       pg_current_snapshot()::text,
       ARRAY(
         SELECT stream.organisation_id
         FROM events_stream AS stream
         WHERE stream.written_by >= pg_snapshot_xmax({0}::text::pg_snapshot)::text::bigint
         UNION ALL
         SELECT stream.organisation_id
         FROM events_stream AS stream
         WHERE stream.written_by = ANY(
           ARRAY(SELECT pg_snapshot_xip({0}::text::pg_snapshot)::text::bigint)
         )
       )
"""
"""One row: the database's time in microseconds since 1970, the file in which the streams lie, which
is another one after they were emptied or restored, the snapshot of this statement, and the streams
that were written by what an earlier snapshot did not see: by a transaction that began after it, or
was under way. So it costs the same however much is known, and finds mostly nothing. Argument: the
earlier snapshot."""

NOTHING_KNOWN: Final = f"1:{2**63 - 1}:"
"""A snapshot that saw everything, so that nothing has changed since, to be asked with at first."""

VERSION: Final = """
SELECT stream.revision, stream.xmin FROM events_stream AS stream
WHERE stream.organisation_id = {0}::uuid
"""
"""The version of a stream, if it was ever written: its revision, and which transaction wrote it."""

KEYS: Final = """
SELECT key.hash, key.organisation_id
FROM organisations_apikey AS key
WHERE key.hash = ANY({0}::bytea[]) AND key.revoked_at IS NULL
"""
"""A row for each of the hashes asked that is a valid key's: the organisation whose key it is, or
null for the vendor's. Argument: hashes."""

ORGANISATIONS: Final = """
SELECT organisation.id,
       coalesce(stream.revision, 0),
       organisation.suspended_at IS NOT NULL,
       organisation.test_clock,
       (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
       (
         SELECT coalesce(
                  json_agg(json_build_array(member.id, member.email, member.status = 'active')),
                  '[]'
                )::text
         FROM organisations_member AS member
         WHERE member.organisation_id = organisation.id
       ),
       (
         SELECT coalesce(
                  json_agg(
                    json_build_array(
                      held.subscription_id,
                      subscription.offer_id,
                      subscription.term = 'trial',
                      subscription.zone,
                      subscription.cancelled_at IS NOT NULL,
                      held.members,
                      ARRAY(
                        SELECT json_build_array(
                                 period.starts_at,
                                 period.ends_at,
                                 period.data_until_on,
                                 period.data_until
                               )
                        FROM subscriptions_period AS period
                        WHERE period.subscription_id = subscription.id
                        ORDER BY period.number
                      )
                    )
                  ),
                  '[]'
                )::text
         FROM (
           SELECT seat.subscription_id, json_agg(seat.member_id) AS members
           FROM access_seat AS seat
           WHERE seat.organisation_id = organisation.id AND seat.member_id IS NOT NULL
           GROUP BY seat.subscription_id
         ) AS held
         JOIN subscriptions_subscription AS subscription ON subscription.id = held.subscription_id
       )
FROM organisations_organisation AS organisation
LEFT JOIN events_stream AS stream ON stream.organisation_id = organisation.id
WHERE organisation.id = ANY({0}::uuid[])
"""
"""A row for each organisation that exists: what ``organisation_row`` reads. Arguments: ids."""

CATALOGUE: Final = """
SELECT coalesce(stream.revision, 0),
       stream.xmin,
       (SELECT coalesce(json_object_agg(role.id, role.grants), '{{}}')::text
        FROM catalogue_role AS role),
       (SELECT coalesce(json_object_agg(brings.offer_id, brings.roles), '{{}}')::text
        FROM (
          SELECT offer_id, json_agg(role_id) AS roles FROM catalogue_offerrole GROUP BY offer_id
        ) AS brings)
FROM (VALUES ({0}::uuid)) AS asked (id)
LEFT JOIN events_stream AS stream ON stream.organisation_id = asked.id
"""
"""One row: the catalogue's version, what each role grants, which roles each offer brings;
withdrawn ones too, for what was bought is honoured (R5). Argument: the catalogue's stream."""

SUBJECTS: Final = """
SELECT ARRAY(SELECT id FROM organisations_member WHERE id = ANY({0}::uuid[])),
       ARRAY(
         SELECT email FROM organisations_member WHERE email = ANY({1}::text[])
         UNION
         SELECT email FROM organisations_user WHERE email = ANY({1}::text[])
       )
"""
"""One row: which of the members' ids and of the addresses exist anywhere. Arguments: both."""

USED: Final = """
WITH used (subscription_id, member_id, day) AS (
  SELECT * FROM unnest({0}::uuid[], {1}::uuid[], {2}::date[])
), due AS MATERIALIZED (
  SELECT seat.id, used.*
  FROM used
  JOIN access_seat AS seat
    ON seat.subscription_id = used.subscription_id AND seat.member_id = used.member_id
  WHERE seat.last_used_on IS NULL OR seat.last_used_on < used.day
), mine AS MATERIALIZED (
  SELECT seat.id, due.day
  FROM due
  JOIN access_seat AS seat ON seat.id = due.id AND seat.member_id = due.member_id
  ORDER BY seat.id
  FOR NO KEY UPDATE OF seat SKIP LOCKED
), written AS (
  UPDATE access_seat AS seat
  SET last_used_on = greatest(seat.last_used_on, mine.day),
      first_used_on = coalesce(seat.first_used_on, mine.day)
  FROM mine
  WHERE seat.id = mine.id
  RETURNING seat.id
)
SELECT due.subscription_id, due.member_id
FROM due
WHERE due.id NOT IN (SELECT written.id FROM written)
"""
"""Writes down on which local day seats were used by the members who still hold them, forward
only (R38). It waits for nobody: a row is returned for each seat that somebody else was changing,
to be tried another time. Arguments: subscriptions, members, days."""


Version = tuple[int, object]
"""A stream's revision, and which transaction wrote it."""


class _Held(NamedTuple):
    """A subscription of which members hold seats, as the row tells it."""

    subscription: UUID
    offer: str
    is_trial: bool
    zone: str
    dropped: bool
    members: list[str]
    periods: tuple[tuple[str, str, str, str], ...]


class Catalogue:
    """What the roles of every offer grant, as of ``version``.

    The set that it gives for an offer stays in force: reading a newer catalogue changes it in
    place, so that facts made before need not be made again.
    """

    def __init__(self) -> None:
        self.version: Version | None = None
        self._roles: dict[str, tuple[Grant, ...]] = {}
        self._offers: dict[str, list[str]] = {}
        self._given: dict[str, set[Grant]] = {}
        self._seats: dict[tuple[str, tuple[tuple[str, str, str, str], ...], bool], SeatFacts] = {}

    def read(self, row: Sequence[Any]) -> None:
        """Take the one row of ``CATALOGUE``."""
        *version, roles, offers = row
        granted: dict[str, dict[str, list[str]]] = msgspec.json.decode(roles)
        self._roles = {role: tuple(_grants(grants)) for role, grants in granted.items()}
        self._offers = msgspec.json.decode(offers)
        self.version = (version[0], version[1])
        for offer, given in self._given.items():
            given.clear()
            given.update(self._granted_by(offer))

    def grants_of(self, offer: str) -> Set[Grant]:
        """What a seat of ``offer`` allows; a role that nobody knows any more adds nothing."""
        given = self._given.get(offer)
        if given is None:
            given = self._given[offer] = set(self._granted_by(offer))
        return given

    def seat(self, held: _Held) -> SeatFacts:
        """The seats of a subscription: one object for all that are alike, whose ever they are.

        What thousands of organisations bought alike lies in one place then, where a question
        finds it at once instead of waiting for the memory.
        """
        key = held.offer, held.periods, held.dropped
        found = self._seats.get(key)
        if found is None:
            if len(self._seats) >= _MOST_SEATS:
                self._seats.clear()
            found = self._seats[key] = _seat(held, self.grants_of(held.offer))
        return found

    def _granted_by(self, offer: str) -> Iterable[Grant]:
        for role in self._offers.get(offer, ()):
            yield from self._roles.get(role, ())


def _grants(grants: Mapping[str, Iterable[str]]) -> Iterable[Grant]:
    for application, permissions in grants.items():
        for permission in permissions:
            yield application, permission


@dataclass(slots=True)
class KnownMember:
    """A member as they stand, and which of their seats were noted as used on this local day."""

    active: bool
    seats: tuple[SeatFacts, ...]
    subscriptions: tuple[UUID, ...]
    used: int = 0
    """The bit of a seat's place is set when its use was noted."""


@dataclass(slots=True)
class KnownOrganisation:
    """An organisation's facts, with what names its members and what their use is noted by.

    What every question looks at comes first: it lies together in memory.
    """

    members: Mapping[str, KnownMember]
    """By their outside ids alone."""
    revision: int
    suspended: bool
    test_clock: int | None
    """In microseconds since 1970."""
    read_at: int
    """The database's time when this was read, in microseconds since 1970."""
    id: UUID
    addresses: Mapping[str, str]
    """From an address in lower case to the member's outside id."""
    zones: Mapping[UUID, ZoneInfo]
    """The zone in which a subscription counts its days (R38)."""
    weight: int
    """About how many bytes this holds."""
    used_until: int = 0
    """When the first of the ``days`` ends, in microseconds since 1970."""
    days: Mapping[UUID, date] = field(default_factory=dict)
    """The local day of each subscription until then."""


_members = msgspec.json.Decoder(list[tuple[str, str, bool]])
_held = msgspec.json.Decoder(list[_Held])
_MOST_SEATS: Final = 50_000
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


def organisation_row(row: Sequence[Any], catalogue: Catalogue) -> KnownOrganisation:
    """The facts that a row of ``ORGANISATIONS`` tells; ``catalogue`` says what offers allow."""
    identity, revision, suspended, test_clock, read_at, members, held = row
    held_by: dict[str, list[_Held]] = {}
    zones: dict[UUID, ZoneInfo] = {}
    for each in sorted(_held.decode(held), key=_preference):
        zones[each.subscription] = ZoneInfo(each.zone)
        for member in each.members:
            held_by.setdefault(member, []).append(each)
    found: dict[str, KnownMember] = {}
    addresses: dict[str, str] = {}
    alike: dict[tuple[UUID, ...], tuple[tuple[SeatFacts, ...], tuple[UUID, ...]]] = {}
    for member, email, active in _members.decode(members):
        of_member = held_by.get(member, ())
        subscriptions = tuple(each.subscription for each in of_member)
        if subscriptions not in alike:
            alike[subscriptions] = tuple(map(catalogue.seat, of_member)), subscriptions
        outside = public_id("mem", UUID(member))
        found[outside] = KnownMember(active, *alike[subscriptions])
        addresses[email] = outside
    clock = None if test_clock is None else microseconds(test_clock)
    return KnownOrganisation(
        members=found,
        revision=revision,
        suspended=suspended,
        test_clock=clock,
        id=identity,
        addresses=addresses,
        zones=zones,
        read_at=read_at,
        weight=1500 + 450 * len(found) + 500 * len(zones),
    )


def _seat(held: _Held, grants: Set[Grant]) -> SeatFacts:
    periods = [(_instant(starts), _instant(ends)) for starts, ends, _, _ in held.periods]
    *_, (_, _, data_until_on, data_until) = [("", "", "1970-01-01", ""), *held.periods]
    return seat_facts(
        grants,
        periods,
        data_until=date.fromisoformat(data_until_on),
        data_gone_at=_instant(data_until) if data_until else _NEVER,
        dropped=held.dropped,
    )


def _preference(held: _Held) -> tuple[bool, float, str, UUID]:
    """Which seat is used where several would do: paid before trial, ending last, oldest (R36)."""
    if not held.periods:
        return held.is_trial, 0.0, "", held.subscription
    ends = max(_instant(ends).timestamp() for _, ends, _, _ in held.periods)
    return held.is_trial, -ends, held.periods[0][0], held.subscription


@lru_cache(maxsize=16_384)
def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
