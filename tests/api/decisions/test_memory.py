"""What a node remembers: bounded, and forgotten when the server is another."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import msgspec
import pytest

from tenure.access.queries.decisions import KnownOrganisation
from tenure.api.decisions.asking import Desk
from tenure.api.decisions.judging import Key
from tenure.api.decisions.memory import Memory
from tenure.api.errors import CallRefused
from tenure.base.errors import NotFound
from tenure.base.ids import new_id
from tenure.events.streams import CATALOGUE_STREAM, KEYS_STREAM
from tests.api.decisions.office import Office
from tests.api.decisions.ports import database_url
from tests.api.decisions.test_usage import plain_known

ONE = datetime(2027, 1, 1, tzinfo=UTC)


def learn(memory: Memory, known: KnownOrganisation) -> str:
    with memory.reading() as reading:
        return memory.learn(known, reading)


def learned(memory: Memory, weight: int = 10) -> str:
    known = plain_known([])
    known.weight = weight
    return learn(memory, known)


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
        learn(memory, known)
    newer = plain_known([])
    newer.id, newer.weight = known.id, 5
    name = learn(memory, newer)
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


def test_what_changed_is_forgotten_and_nothing_else() -> None:
    memory = Memory()
    changed, other = plain_known([]), plain_known([])
    names = [learn(memory, changed), learn(memory, other)]
    keys = {b"vendor": Key(None), b"one": Key(changed.id), b"two": Key(changed.id)}
    with memory.reading() as reading:
        for key_hash, key in keys.items():
            memory.learn_key(key_hash, key, reading)
        memory.learned_catalogue(reading)
    memory.move_on(1, "5:5:", [changed.id, new_id()])
    assert [memory.recall(name) for name in names] == [None, other]
    assert (set(memory.keys), memory.knows_catalogue) == ({b"vendor"}, True)
    memory.move_on(1, "6:6:", [KEYS_STREAM, CATALOGUE_STREAM])
    assert (memory.keys, memory.knows_catalogue, memory.snapshot) == ({}, False, "6:6:")
    assert memory.weight == 1


def test_what_changed_while_it_was_read_is_not_learned() -> None:
    memory = Memory()
    memory.move_on(1, "5:5:", [])
    changed, other = plain_known([]), plain_known([])
    with memory.reading() as reading:
        memory.move_on(1, "6:6:", [changed.id, CATALOGUE_STREAM, KEYS_STREAM])
        assert memory.recall(memory.learn(changed, reading)) is None
        assert memory.recall(memory.learn(other, reading)) is other
        memory.learn_key(b"vendor", Key(None), reading)
        memory.learned_catalogue(reading)
        assert (memory.keys, memory.knows_catalogue) == ({}, False)
        memory.connected(ONE)
        memory.connected(ONE + timedelta(seconds=1))
        assert memory.recall(memory.learn(other, reading)) is None
    assert memory.recall(learn(memory, changed)) is changed


def test_a_table_in_the_place_of_another_is_another_memory() -> None:
    memory = Memory()
    name = learned(memory)
    memory.move_on(1, "5:5:", [])
    memory.move_on(1, "6:6:", [])
    assert memory.recall(name) is not None
    memory.move_on(2, "7:7:", [])
    assert (memory.recall(name), memory.snapshot, len(memory)) == (None, "7:7:", 0)


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
