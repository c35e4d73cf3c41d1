"""The data of the decision benchmark, made by COPY: organisations with members who hold roles."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg import sql

from tenure.base.clock import machine_now
from tenure.base.ids import new_id, public_id

KEY = "benchmark-key"
ROLES = 30
PERMISSIONS = 10
ZONE = "UTC"


@dataclass(frozen=True, slots=True)
class Place:
    """One organisation: its members' ids, and its subscriptions with the number of their role."""

    organisation: UUID
    members: Sequence[UUID]
    subscriptions: Sequence[tuple[UUID, int]]


@dataclass(frozen=True, slots=True)
class World:
    """What was made: the same numbers of everything in every place."""

    places: Sequence[Place]

    def question(self, chance: random.Random, place: Place | None = None) -> dict[str, Any]:
        """A question whose answer is yes, about anybody anywhere, or in ``place``."""
        place = place or chance.choice(self.places)
        _, role = chance.choice(place.subscriptions)
        return question(place.organisation, chance.choice(place.members), role, chance)


def question(organisation: UUID, member: UUID, role: int, chance: random.Random) -> dict[str, Any]:
    """A full AuthZEN body: one of a role's permissions."""
    return {
        "subject": {"type": "member", "id": public_id("mem", member)},
        "action": {"name": f"permission_{chance.randrange(PERMISSIONS)}"},
        "resource": {"type": "application", "id": f"application_{role}"},
        "context": {"organisation": public_id("org", organisation)},
    }


def make_world(url: str, *, organisations: int, members: int, roles: int) -> World:
    """Fill an empty, migrated database; every member of an organisation holds all its roles."""
    chance = random.Random(1)  # noqa: S311 - the same world every time
    places = [
        Place(
            new_id(),
            [new_id() for _ in range(members)],
            [(new_id(), role) for role in chance.sample(range(ROLES), roles)],
        )
        for _ in range(organisations)
    ]
    with psycopg.connect(url) as connection:
        for table, rows in _tables(places):
            copy_rows(connection, table, rows)
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")
    return World(places)


def copy_rows(
    connection: psycopg.Connection, table: LiteralString, rows: Iterable[dict[str, Any]]
) -> None:
    given = iter(rows)
    first = next(given)
    columns = sql.SQL(", ").join(map(sql.Identifier, first))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write_row(list(first.values()))
        for row in given:
            copy.write_row(list(row.values()))


def _tables(places: Sequence[Place]) -> Iterator[tuple[LiteralString, Iterable[dict[str, Any]]]]:
    now = machine_now()
    yield "catalogue_solution", [{"id": "solution", "name": "{}", "position": 0}]
    yield "catalogue_role", map(_role, range(ROLES))
    yield "catalogue_offer", map(_offer, range(ROLES))
    yield (
        "catalogue_offerrole",
        (
            {"position": 0, "offer_id": f"offer_{role}", "role_id": f"role_{role}"}
            for role in range(ROLES)
        ),
    )
    yield "organisations_organisation", (_organisation(place, now) for place in places)
    yield (
        "events_stream",
        ({"organisation_id": place.organisation, "sequence": 0, "revision": 1} for place in places),
    )
    yield (
        "organisations_apikey",
        [{"id": new_id(), "name": "benchmark", "hash": _bytea(KEY), "created_at": now}],
    )
    yield (
        "organisations_member",
        (_member(place, number, now) for place in places for number in range(len(place.members))),
    )
    yield (
        "subscriptions_subscription",
        (
            _subscription(place, subscription, role, now)
            for place in places
            for subscription, role in place.subscriptions
        ),
    )
    yield (
        "subscriptions_period",
        (
            _period(place, subscription, now)
            for place in places
            for subscription, _ in place.subscriptions
        ),
    )
    yield (
        "access_seat",
        (
            {
                "id": new_id(),
                "number": number,
                "assigned_at": now,
                "member_id": member,
                "organisation_id": place.organisation,
                "subscription_id": subscription,
            }
            for place in places
            for subscription, _ in place.subscriptions
            for number, member in enumerate(place.members, start=1)
        ),
    )


def _bytea(key: str) -> bytes:
    return sha256(key.encode()).digest()


def _role(role: int) -> dict[str, Any]:
    permissions = [f"permission_{number}" for number in range(PERMISSIONS)]
    return {
        "id": f"role_{role}",
        "name": "{}",
        "grants": json.dumps({f"application_{role}": permissions}),
        "requires": [],
        "position": role,
        "solution_id": "solution",
    }


def _offer(role: int) -> dict[str, Any]:
    return {
        "id": f"offer_{role}",
        "audience": "business",
        "channel": "online",
        "countries": [],
        "search_text": "",
        "position": role,
    }


def _organisation(place: Place, now: datetime) -> dict[str, Any]:
    names = ("vat_number", "siren", "purchase_order", "billing_line2", "billing_region")
    return {
        "id": place.organisation,
        "name": "Organisation",
        "audience": "business",
        "country": "FR",
        "currency": "EUR",
        "timezone": ZONE,
        "language": "fr",
        "billing_name": "Organisation",
        "billing_line1": "1 rue des Essais",
        "billing_postal_code": "75001",
        "billing_city": "Paris",
        "billing_country": "FR",
        "created_at": now,
        **dict.fromkeys(names, ""),
    }


def _member(place: Place, number: int, now: datetime) -> dict[str, Any]:
    return {
        "id": place.members[number],
        "email": f"member{number}@{place.organisation.hex}.example",
        "name": "",
        "standing": "owner" if number == 0 else "member",
        "status": "active",
        "created_at": now,
        "organisation_id": place.organisation,
    }


def _subscription(place: Place, subscription: UUID, role: int, now: datetime) -> dict[str, Any]:
    return {
        "id": subscription,
        "term": "year",
        "currency": "EUR",
        "quantity": len(place.members),
        "next_quantity": len(place.members),
        "auto_renew": True,
        "source": "store",
        "anchor_on": now.date(),
        "zone": ZONE,
        "created_at": now,
        "version": 1,
        "offer_id": f"offer_{role}",
        "organisation_id": place.organisation,
    }


def _period(place: Place, subscription: UUID, now: datetime) -> dict[str, Any]:
    starts_on = now.date()
    ends_on, data_until_on = starts_on + timedelta(days=365), starts_on + timedelta(days=379)
    midnight = datetime(starts_on.year, starts_on.month, starts_on.day, tzinfo=UTC)
    return {
        "id": new_id(),
        "number": 1,
        "quantity": len(place.members),
        "kind": "initial",
        "starts_on": starts_on,
        "ends_on": ends_on,
        "starts_at": midnight,
        "ends_at": midnight + timedelta(days=365),
        "data_until_on": data_until_on,
        "data_until": midnight + timedelta(days=380),
        "begin_noted_at": midnight,
        "organisation_id": place.organisation,
        "subscription_id": subscription,
    }
