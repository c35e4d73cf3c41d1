"""What the pages of the benchmark show: a large catalogue, a thousand customers, one that is big.

Everything stands there by COPY, as the tables would be after years, and is the same every time.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from argon2 import PasswordHasher

from benchmarks.decisions_world import copy_rows
from tenure.base.clock import machine_now
from tenure.base.ids import new_id, public_id

PASSWORD = "a password for measuring"
OWNER = "owner@big.example"
STAFF = "staff@vendor.example"

ROLES = 3_334
"""With an offer for each audience that makes ten thousand."""

_CRAFTS = (
    "Designer Analyst Programmer Planner Reviewer Modeller Engineer Drafter Simulator Librarian "
    "Sculptor Animator Inspector Estimator Surveyor Operator Teacher Translator"
).split()
_THINGS = (
    "Bridge Engine Harbour Garden Turbine Cabinet Harness Mould Frame Surface Crane Vessel Tunnel "
    "Circuit Lens Gearbox Kiln Loom Press Rail Roof Sensor Signal Solar Spring Stair Textile Valve "
    "Violin Window Wing Yacht Bearing Boiler Camera Chassis"
).split()
_FIRST = "Ada Bruno Chloé Dana Élise Farid Gala Hugo Inès Jonas Kim Léa Marc Nora Otto Pia".split()
_LAST = "Albert Bernard Caron Durand Évrard Fabre Girard Hamon Imbert Joly Klein Lambert".split()


def catalogue() -> str:
    """A file of ten thousand offers: a role for each pair of words, and again with numbers."""
    names = [f"{thing} {craft}" for thing in _THINGS for craft in _CRAFTS]
    roles, offers = [], []
    for n in range(ROLES):
        name = names[n % len(names)] + (f" {n // len(names) + 1}" if n >= len(names) else "")
        roles.append(
            f"- {{id: role-{n}, name: {{en: {name}, fr: {name}}}, solution: s{n % 12}, "
            f"description: {{en: Works on what {name} asks., fr: Travaille à cela.}}, "
            f"grants: {{app{n % 40}: [view, make], app{(n + 7) % 40}: [view]}}}}\n"
        )
        for audience, term in (("business", "quarter"), ("creator", "month"), ("student", "")):
            terms = ["year", term] if term else ["year"]
            prices = ", ".join(
                f"{{term: {each}, currency: {currency}, amount: {(n % 90 + 10) * 1000 + more}}}"
                for each in terms
                for more, currency in enumerate(("EUR", "USD"))
            )
            offers.append(
                f"- {{id: offer-{n}-{audience}, roles: [role-{n}], audience: {audience}, "
                f"channel: online, countries: [FR, DE, US], prices: [{prices}]}}\n"
            )
    apps = "".join(
        f"- {{id: app{n}, name: Application {n}, permissions: [view, make]}}\n" for n in range(40)
    )
    solutions = "".join(
        f"- {{id: s{n}, name: {{en: Family {n}, fr: Famille {n}}}}}\n" for n in range(12)
    )
    return (
        "vendor: {name: Atelier, country: FR, timezone: Europe/Paris}\n"
        "currencies: [{code: EUR}, {code: USD, countries: [US]}]\n"
        f"applications:\n{apps}solutions:\n{solutions}roles:\n{''.join(roles)}"
        f"offers:\n{''.join(offers)}"
    )


@dataclass(slots=True)
class Customer:
    """An organisation, with as many members, subscriptions of its own roles, and events."""

    number: int
    members: list[UUID]
    subscriptions: list[UUID]
    events: int
    id: UUID = field(default_factory=new_id)
    owner: UUID = field(default_factory=new_id)
    orders: list[UUID] = field(default_factory=list)
    lines: list[UUID] = field(default_factory=list)

    @property
    def offers(self) -> list[int]:
        """The numbers of what they bought."""
        return [(self.number * 7 + n) % ROLES for n in range(len(self.subscriptions))]


@dataclass(frozen=True)
class World:
    """What was made: the big customer, and one of the small ones."""

    big: Customer
    small: Customer


def make_world(url: str, *, organisations: int) -> World:
    """Fill a migrated database that has the catalogue and the policy."""
    customers = [_customer(n, 20, 5, 60) for n in range(organisations - 1)]
    big = _customer(organisations, 500, 40, 20_000)
    now = machine_now()
    with psycopg.connect(url) as connection:
        policy = connection.execute("SELECT max(number) FROM orders_policyversion").fetchone()
        for table, rows in _tables([*customers, big], big, now, policy[0] if policy else 1):
            copy_rows(connection, table, rows)
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")
    return World(big, customers[len(customers) // 2])


def _customer(number: int, members: int, subscriptions: int, events: int) -> Customer:
    made = Customer(
        number,
        [new_id() for _ in range(members)],
        [new_id() for _ in range(subscriptions)],
        events,
    )
    made.orders = [new_id() for _ in made.subscriptions]
    made.lines = [new_id() for _ in made.subscriptions]
    return made


def _tables(
    customers: list[Customer], big: Customer, now: datetime, policy: int
) -> Iterator[tuple[LiteralString, Iterator[dict[str, Any]]]]:
    hashed = PasswordHasher().hash(PASSWORD)
    staff = new_id()
    people = [(big.owner, OWNER), (staff, STAFF)]
    yield "organisations_user", (_user(id_, email, hashed, now) for id_, email in people)
    yield "account_emailaddress", (_address(id_, email) for id_, email in people)
    roles = ["support", "finance", "catalogue", "admin"]
    yield (
        "organisations_staffmember",
        iter([{"id": new_id(), "user_id": staff, "roles": roles, "created_at": now}]),
    )
    yield "organisations_organisation", (_organisation(each, now) for each in customers)
    yield "events_stream", (_stream(each) for each in customers)
    yield (
        "organisations_member",
        (_member(each, n, big, now) for each in customers for n in range(len(each.members))),
    )
    pairs = [(each, n) for each in customers for n in range(len(each.subscriptions))]
    yield "orders_order", (_order(each, n, policy, now) for each, n in pairs)
    yield "orders_orderline", (_line(each, n) for each, n in pairs)
    yield "subscriptions_subscription", (_subscription(each, n, now) for each, n in pairs)
    yield "subscriptions_period", (_period(each, n, now) for each, n in pairs)
    yield "access_seat", (seat for each, n in pairs for seat in _seats(each, n, now))
    yield (
        "events_event",
        (_event(each, n, now) for each in customers for n in range(1, each.events + 1)),
    )


def _user(id_: UUID, email: str, hashed: str, now: datetime) -> dict[str, Any]:
    return {
        "id": id_,
        "email": email,
        "name": "Ada Albert",
        "password": f"argon2{hashed}",
        "language": "en",
        "created_at": now,
    }


def _address(id_: UUID, email: str) -> dict[str, Any]:
    return {"user_id": id_, "email": email, "verified": True, "primary": True}


def _organisation(each: Customer, now: datetime) -> dict[str, Any]:
    empty = ("vat_number", "siren", "purchase_order", "billing_line2", "billing_region")
    name = f"{_LAST[each.number % len(_LAST)]} {_THINGS[each.number % len(_THINGS)]} {each.number}"
    return {
        "id": each.id,
        "name": name,
        "audience": "business",
        "country": "FR",
        "currency": "EUR",
        "timezone": "Europe/Paris",
        "language": "fr",
        "billing_name": name,
        "billing_line1": "1 rue des Essais",
        "billing_postal_code": "75001",
        "billing_city": "Paris",
        "billing_country": "FR",
        "created_at": now - timedelta(days=200),
        **dict.fromkeys(empty, ""),
    }


def _stream(each: Customer) -> dict[str, Any]:
    return {"organisation_id": each.id, "sequence": each.events, "revision": each.events}


def _member(each: Customer, n: int, big: Customer, now: datetime) -> dict[str, Any]:
    owns = each is big and n == 0
    name = f"{_FIRST[n % len(_FIRST)]} {_LAST[(n // len(_FIRST)) % len(_LAST)]}"
    return {
        "id": each.members[n],
        "email": OWNER if owns else f"m{n}@c{each.number}.example",
        "name": name,
        "standing": "owner" if n == 0 else "member",
        "status": "active",
        "created_at": now - timedelta(days=200 - n % 200),
        "organisation_id": each.id,
        "user_id": each.owner if owns else None,
    }


def _order(each: Customer, n: int, policy: int, now: datetime) -> dict[str, Any]:
    at = now - timedelta(days=200 - n)
    net, tax = 100_000 * len(each.members), 20_000 * len(each.members)
    return {
        "id": each.orders[n],
        "organisation_id": each.id,
        "kind": "purchase",
        "status": "paid",
        "policy_version_id": policy,
        "currency": "EUR",
        "total_net": net,
        "total_tax": tax,
        "total": net + tax,
        "tax_percent": 20,
        "tax_country": "FR",
        "reverse_charge": False,
        "placed_at": at,
        "paid_at": at,
        "paid_on": at.date(),
    }


def _line(each: Customer, n: int) -> dict[str, Any]:
    seats = len(each.members)
    return {
        "id": each.lines[n],
        "order_id": each.orders[n],
        "organisation_id": each.id,
        "position": 0,
        "offer_id": f"offer-{each.offers[n]}-business",
        "term": "year",
        "quantity": seats,
        "unit_amount": 100_000,
        "net": 100_000 * seats,
        "tax": 20_000 * seats,
        "gross": 120_000 * seats,
    }


def _subscription(each: Customer, n: int, now: datetime) -> dict[str, Any]:
    at = now - timedelta(days=200 - n)
    return {
        "id": each.subscriptions[n],
        "organisation_id": each.id,
        "order_line_id": each.lines[n],
        "offer_id": f"offer-{each.offers[n]}-business",
        "term": "year",
        "currency": "EUR",
        "quantity": len(each.members),
        "next_quantity": len(each.members),
        "auto_renew": n % 4 != 0,
        "source": "store",
        "anchor_on": at.date(),
        "zone": "Europe/Paris",
        "created_at": at,
        "version": 1,
    }


def _period(each: Customer, n: int, now: datetime) -> dict[str, Any]:
    start = (now - timedelta(days=200 - n)).replace(hour=0, minute=0, second=0, microsecond=0)
    end, data = start + timedelta(days=365), start + timedelta(days=379)
    last = end - timedelta(days=5)
    return {
        "id": new_id(),
        "organisation_id": each.id,
        "subscription_id": each.subscriptions[n],
        "order_id": each.orders[n],
        "number": 1,
        "quantity": len(each.members),
        "kind": "initial",
        "starts_on": start.date(),
        "ends_on": end.date(),
        "starts_at": start,
        "ends_at": end,
        "opt_out_on": last.date(),
        "opt_out_until": last + timedelta(days=1),
        "data_until_on": data.date(),
        "data_until": data + timedelta(days=1),
        "begin_noted_at": start,
    }


def _seats(each: Customer, n: int, now: datetime) -> Iterator[dict[str, Any]]:
    chance = random.Random(each.number * 100 + n)  # noqa: S311 - the same every time
    for number, member in enumerate(each.members, start=1):
        assigned = chance.random() < 0.6
        yield {
            "id": new_id(),
            "organisation_id": each.id,
            "subscription_id": each.subscriptions[n],
            "number": number,
            "member_id": member if assigned else None,
            "assigned_at": now - timedelta(days=150) if assigned else None,
        }


def _event(each: Customer, n: int, now: datetime) -> dict[str, Any]:
    member = each.members[n % len(each.members)]
    subscription = each.subscriptions[n % len(each.subscriptions)]
    ids = {"seat": new_id(), "sub": subscription, "mem": member}
    seat, held, holder = (public_id(prefix, each) for prefix, each in ids.items())
    data = f'{{"seat": "{seat}", "subscription": "{held}", "member": "{holder}"}}'
    at = now - timedelta(days=200) + timedelta(minutes=n)
    return {
        "id": new_id(),
        "organisation_id": each.id,
        "sequence": n,
        "type": "seat.assigned",
        "at": at,
        "by": f"member:{public_id('mem', each.members[0])}",
        "data": data,
    }
