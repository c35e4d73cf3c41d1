"""The day on which a seat was last used: a granted decision, by the subscription's zone (R38)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec
import pytest
from django.db import connection

from tenure.access.models import Seat
from tenure.access.queries.decisions import KnownMember, KnownOrganisation
from tenure.api.decisions.asking import Desk
from tenure.api.decisions.usage import MOST_PENDING, Usage
from tenure.base.calendar import microseconds
from tenure.base.ids import new_id
from tenure.events.models import Stream
from tenure.flows.policy import bring_into_force
from tenure.host.processes import attempts
from tests.api.decisions.office import Office
from tests.api.decisions.ports import (
    EVALUATION,
    EVALUATIONS,
    MainPort,
    NodeProcess,
    Port,
    database_url,
    post,
)
from tests.api.decisions.proxy import Proxy

Result = TypeVar("Result")
NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
"""In Apia it is the second of March already."""


def used(seat: Seat) -> tuple[date | None, date | None]:
    seat.refresh_from_db()
    return seat.first_used_on, seat.last_used_on


def at_a_desk(work: Callable[[Desk], Awaitable[Result]], url: str | None = None) -> Result:
    """Do something at a desk of one's own."""

    async def run() -> Result:
        desk = Desk(url or database_url(), asyncio.get_running_loop(), links=3)
        try:
            return await work(desk)
        finally:
            await desk.close()

    return asyncio.run(run())


def hashed(key: str) -> bytes:
    return sha256(key.encode()).digest()


@pytest.mark.parametrize(
    ("zone", "day"), [("Europe/Paris", 1), ("Pacific/Apia", 2), ("America/New_York", 1)]
)
def test_the_local_day_is_written_when_the_node_ends(
    office: Office, key: str, zone: str, day: int
) -> None:
    ann = office.member("ann@atelier.example")
    office.change(test_clock=NOON)
    seat = office.give(ann, zone=zone)
    revision = Stream.objects.get(pk=office.id).revision
    node = NodeProcess(database_url())
    node.await_readiness()
    for _ in range(3):
        assert post(node, EVALUATION, office.question(ann), key).body["decision"]
    assert node.figure("tenure_decision_uses_pending") == 1
    assert used(seat) == (None, None)
    node.stop()
    assert used(seat) == (date(2027, 3, day), date(2027, 3, day))
    assert Stream.objects.get(pk=office.id).revision == revision


def test_a_running_node_writes_it_within_a_minute(
    node: NodeProcess, office: Office, key: str
) -> None:
    ann = office.member("ann@atelier.example")
    seat = office.give(ann)
    assert post(node, EVALUATION, office.question(ann), key).body["decision"]
    for _ in attempts(60):
        if used(seat)[1] is not None:
            break
    assert used(seat) == (date(2027, 3, 1), date(2027, 3, 1))


def test_the_main_port_writes_it_at_once(office: Office, key: str) -> None:
    ann = office.member("ann@atelier.example")
    seat = office.give(ann)
    main = MainPort()
    for _ in range(2):
        assert post(main, EVALUATION, office.question(ann), key).body["decision"]
        assert used(seat) == (date(2027, 3, 1), date(2027, 3, 1))
    office.change(test_clock=NOON + timedelta(days=3))
    assert post(main, EVALUATION, office.question(ann), key).body["decision"]
    assert used(seat) == (date(2027, 3, 1), date(2027, 3, 4))


def test_what_is_refused_or_not_reached_is_no_use(port: Port, office: Office, key: str) -> None:
    ann = office.member("ann@atelier.example")
    drawing, running = office.give(ann), office.give(ann, "analyst-business")
    assert not post(port, EVALUATION, office.question(ann, "fly"), key).body["decision"]
    body = {
        "evaluations": [office.question(ann), office.question(ann, "run", "solver")],
        "options": {"evaluations_semantic": "permit_on_first_permit"},
    }

    async def ask(desk: Desk) -> None:
        await desk.answer_many(hashed(key), msgspec.json.encode(body), "en")

    if isinstance(port, MainPort):
        assert len(post(port, EVALUATIONS, body, key).body["evaluations"]) == 1
    else:
        at_a_desk(ask)
    assert used(drawing)[1] == date(2027, 3, 1)
    assert used(running) == (None, None)


def test_the_first_of_several_seats_is_the_one_used(office: Office, key: str) -> None:
    ann = office.member("ann@atelier.example")
    short = office.give(ann, end=date(2027, 6, 1))
    long = office.give(ann, "bench-business")

    async def ask(desk: Desk) -> None:
        await desk.answer_one(hashed(key), msgspec.json.encode(office.question(ann)))

    at_a_desk(ask)
    assert used(short) == (None, None)
    assert used(long)[1] == date(2027, 3, 1)


def test_what_cannot_be_written_is_written_later(office: Office, key: str) -> None:
    ann = office.member("ann@atelier.example")
    seat = office.give(ann)
    proxy = Proxy(database_url())

    async def ask(desk: Desk) -> None:
        await desk.answer_one(hashed(key), msgspec.json.encode(office.question(ann)))
        proxy.cut()
        await desk.flush()
        assert len(desk.usage) == 1
        proxy.open()
        await desk.flush()
        assert len(desk.usage) == 0

    at_a_desk(ask, proxy.url)
    proxy.close()
    assert used(seat)[1] == date(2027, 3, 1)


def test_uses_are_written_three_times_in_what_the_policy_allows(shop: None) -> None:
    proxy = Proxy(database_url())

    async def ask(desk: Desk) -> float:
        return await desk.flush_interval()

    async def ask_and_lose(desk: Desk) -> tuple[float, float]:
        found = await desk.flush_interval()
        proxy.cut()
        return found, await desk.flush_interval()

    assert at_a_desk(ask) == 20
    source = "[seats]\nlast_use_written_within_seconds = 6\n"
    bring_into_force(source=source, now=datetime(2027, 3, 1, tzinfo=UTC), by="command")
    assert at_a_desk(ask_and_lose, proxy.url) == (2, 2)
    proxy.close()


def test_a_seat_that_is_being_changed_is_written_later(office: Office, key: str) -> None:
    ann = office.member("ann@atelier.example")
    seat = office.give(ann)
    other = connection.copy()
    other.inc_thread_sharing()

    async def ask(desk: Desk) -> None:
        await desk.answer_one(hashed(key), msgspec.json.encode(office.question(ann)))
        await desk.flush()
        assert len(desk.usage) == 1
        await asyncio.to_thread(let_go)
        await desk.flush()
        assert len(desk.usage) == 0

    def let_go() -> None:
        other.commit()
        other.close()

    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT 1 FROM access_seat WHERE id = %s FOR UPDATE", [seat.pk])
        at_a_desk(ask)
    finally:
        other.close()
    assert used(seat)[1] == date(2027, 3, 1)


def plain_known(zones: list[str]) -> KnownOrganisation:
    """An organisation with subscriptions in those zones, and a member who holds all of them."""
    of_zones = {new_id(): ZoneInfo(zone) for zone in zones}
    members = {"mem_x": KnownMember(True, (), tuple(of_zones))}
    return KnownOrganisation(
        members=members,
        revision=1,
        suspended=False,
        test_clock=None,
        id=new_id(),
        addresses={},
        zones=of_zones,
        read_at=0,
        weight=1,
    )


def test_a_day_is_noted_once_and_the_next_one_anew() -> None:
    known, usage = plain_known(["Asia/Tokyo", "America/New_York"]), Usage()
    (member,) = known.members.values()
    midnight = datetime(2027, 3, 1, 15, 0, tzinfo=UTC)  # in Tokyo
    for minutes, expected in ((-2, 2), (-1, 2), (0, 2), (5, 2)):
        at = microseconds(midnight + timedelta(minutes=minutes))
        for seat in range(2):
            usage.note(known, member, "mem_x", seat, at)
        assert len(usage) == expected
    tokyo, york = known.zones
    assert usage.pending == {
        (tokyo, "mem_x"): date(2027, 3, 2),
        (york, "mem_x"): date(2027, 3, 1),
    }


def test_what_waits_is_bounded() -> None:
    known, usage = plain_known(["UTC"]), Usage()
    (subscription,) = known.zones
    members = [KnownMember(True, (), (subscription,)) for _ in range(MOST_PENDING + 10)]
    for number, member in enumerate(members):
        usage.note(known, member, f"mem_{number}", 0, 1)
    assert len(usage) == MOST_PENDING
    assert sum(member.used for member in members) == MOST_PENDING
