"""What a node remembers: bounded, and forgotten when the server is another."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import msgspec
import pytest

from tenure.api.decisions.asking import Desk
from tenure.api.decisions.fresh import Memory
from tenure.api.errors import CallRefused
from tenure.base.errors import NotFound
from tenure.base.ids import new_id
from tests.api.decisions.office import Office
from tests.api.decisions.ports import database_url
from tests.api.decisions.test_usage import plain_known

ONE = datetime(2027, 1, 1, tzinfo=UTC)


def learned(memory: Memory, weight: int = 10) -> str:
    known = plain_known([])
    known.weight = weight
    return memory.learn(known)


def test_it_never_holds_more_than_it_may() -> None:
    memory = Memory(most_bytes=100)
    for _ in range(50):
        learned(memory)
        assert memory.weight <= 100
        assert memory.weight == 10 * len(memory)
    assert len(memory) >= 5


def test_what_is_asked_about_stays() -> None:
    memory = Memory(most_bytes=100)
    kept, idle = learned(memory), learned(memory)
    for _ in range(50):
        learned(memory)
        assert memory.recall(kept) is not None
    assert memory.recall(idle) is None


def test_what_is_read_anew_takes_the_place_of_the_old() -> None:
    memory = Memory(most_bytes=100)
    known = plain_known([])
    for weight in (10, 30, 20):
        known.weight = weight
        memory.learn(known)
    newer = plain_known([])
    newer.id, newer.weight = known.id, 5
    name = memory.learn(newer)
    assert memory.recall(name) is newer
    assert len(memory) == 1


def test_one_that_is_larger_than_all_of_it_is_held_alone() -> None:
    memory = Memory(most_bytes=100)
    learned(memory)
    large = learned(memory, weight=1000)
    assert memory.recall(large) is not None
    learned(memory)
    learned(memory)
    assert memory.weight <= 1020


def test_another_server_is_another_memory() -> None:
    memory = Memory()
    memory.connected(ONE)
    name, catalogue = learned(memory), memory.catalogue
    memory.connected(ONE)
    assert memory.recall(name) is not None
    assert memory.catalogue is catalogue
    memory.connected(ONE + timedelta(seconds=1))
    assert memory.recall(name) is None
    assert len(memory) == memory.weight == 0
    assert memory.catalogue is not catalogue


def test_answers_are_right_when_little_fits(office: Office, key: str) -> None:
    """Every organisation is asked about in turn, and never more than two are remembered."""
    offices = [office, *(Office(f"o{number}@elsewhere.example") for number in range(5))]
    members = [each.member(f"m@{each.name[-6:]}.example") for each in offices]
    for each, member in list(zip(offices, members, strict=True))[::2]:
        each.give(member)
    hashed = sha256(key.encode()).digest()

    async def ask() -> None:
        memory = Memory(most_bytes=8_000)
        desk = Desk(database_url(), asyncio.get_running_loop(), links=3, memory=memory)
        questions = [
            msgspec.json.encode(each.question(member))
            for each, member in zip(offices, members, strict=True)
        ]
        for _ in range(3):
            answers = [msgspec.json.decode(await desk.answer_one(hashed, q)) for q in questions]
            assert [answer["decision"] for answer in answers] == [True, False] * 3
            assert memory.weight <= 8_000
            many = b'{"evaluations":[' + b",".join(questions) + b"]}"
            assert msgspec.json.decode(await desk.answer_many(hashed, many, "en")) == {
                "evaluations": answers
            }
        unknown = office.question(members[0]) | {"context": {"organisation": "org_" + "0" * 26}}
        for _ in range(100):
            with pytest.raises(CallRefused, match="unauthenticated"):
                await desk.answer_one(sha256(new_id().bytes).digest(), questions[0])
            with pytest.raises(NotFound):
                await desk.answer_one(hashed, msgspec.json.encode(unknown))
        assert memory.weight <= 8_000
        await desk.close()

    asyncio.run(ask())
