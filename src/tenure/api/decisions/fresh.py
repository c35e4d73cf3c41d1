"""What is known, and how it is kept strictly fresh without a query per question (R42)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Set
from typing import Final, Protocol
from uuid import UUID

from tenure.access.queries.decisions import KnownOrganisation, organisation_row
from tenure.api.decisions.database import (
    CATALOGUE,
    CHANGED,
    KEYS,
    ORGANISATIONS,
    SUBJECTS,
    Link,
)
from tenure.api.decisions.judging import Circumstances, Key, Stranger
from tenure.api.decisions.memory import Memory, Reading
from tenure.api.decisions.questions import Question
from tenure.api.decisions.sharing import Share, Turn
from tenure.api.errors import UNAUTHENTICATED, UNAVAILABLE, CallRefused
from tenure.base.errors import NotFound, TenureError
from tenure.base.ids import parse_public_id, public_id
from tenure.events.streams import CATALOGUE_STREAM

MOST_AT_ONCE: Final = 50
"""How many organisations one statement loads, so that none takes long."""


class Asker(Protocol):
    """Who waits for an answer, and is told once."""

    def decided(self, answer: bytes) -> None:
        """There is one."""

    def refused(self, error: TenureError) -> None:
        """There is none."""

    def forsaken(self) -> None:
        """Something went wrong that should not."""


class Moment(Share):
    """One statement's worth of questions: which keys ask about which organisations.

    Afterwards: the database's time, the keys that are valid, and what is known of the
    organisations; one that is missing does not exist, or is not the key's.
    """

    def __init__(self, done: asyncio.Future[None], settle: Callable[[Moment], None]) -> None:
        super().__init__(done)
        self.waiting: list[tuple[bytes, Question, Asker]] = []
        """Who is answered when the statement was: with which key, what, and whom to tell."""
        self.waiting_for_many: list[tuple[bytes, bytes, str, Asker]] = []
        """Likewise, with several questions in a body that is still to be read, and in what
        language."""
        self.prompt: int | None = None
        """The generation of the memory that is at least as fresh as the statement, if any is."""
        self.asked: dict[bytes, set[str]] = {}
        self.at = 0
        self.keys: dict[bytes, Key] = {}
        self.known: dict[str, KnownOrganisation] = {}
        self._circumstances: dict[bytes, Circumstances] = {}
        self._settle = settle

    def settle(self) -> None:
        """Answer those who wait."""
        if self.waiting or self.waiting_for_many:
            self._settle(self)

    def ask(self, key: bytes, name: str | None) -> None:
        """Add that the key of this hash asks about the organisation ``name``, if about any."""
        names = self.asked.get(key)
        if names is None:
            names = self.asked[key] = set()
        if name is not None:
            names.add(name)

    def ask_all(self, key: bytes, names: Iterable[str | None]) -> None:
        """Add that the key of this hash asks about the organisations ``names``."""
        self.asked.setdefault(key, set()).update(name for name in names if name is not None)

    def circumstances(self, key_hash: bytes) -> Circumstances:
        """Afterwards: what the key of this hash may be answered by; raises ``CallRefused``."""
        given = self._circumstances.get(key_hash)
        if given is None:
            if self.failed:
                raise CallRefused(UNAVAILABLE)
            key = self.keys.get(key_hash)
            if key is None:
                raise CallRefused(UNAUTHENTICATED)
            home = None if key.organisation is None else public_id("org", key.organisation)
            given = Circumstances(key, self.at, self.known, home)
            self._circumstances[key_hash] = given
        return given


class Strangers(Share):
    """One statement's worth of people who may or may not be known anywhere."""

    def __init__(self, done: asyncio.Future[None]) -> None:
        super().__init__(done)
        self.members: set[UUID] = set()
        self.addresses: set[str] = set()

    def ask(self, stranger: Stranger) -> None:
        """Add somebody."""
        if stranger.member is not None:
            self.members.add(stranger.member)
        if stranger.address is not None:
            self.addresses.add(stranger.address)

    def exists(self, stranger: Stranger) -> bool:
        """Afterwards: whether that person is known anywhere."""
        return stranger.member in self.members or stranger.address in self.addresses


class Freshness:
    """Asks the database what has changed, and loads what has."""

    def __init__(self, memory: Memory, loop: asyncio.AbstractEventLoop) -> None:
        self._memory = memory
        self._loop = loop
        self._reading_catalogue = asyncio.Lock()

    async def ask_moment(self, link: Link, moment: Moment, turn: Turn) -> None:
        """Make ``moment`` true: one statement, and one more for what has changed or is new."""
        generation = None
        while generation != self._memory.generation:
            generation = self._memory.generation
            await self._ask(link, moment, turn)

    async def _ask(self, link: Link, moment: Moment, turn: Turn) -> None:
        memory, asked = self._memory, moment.asked
        generation, moment.prompt = memory.generation, None
        ((moment.at, *found),) = await link.rows(CHANGED, memory.snapshot)
        if memory.generation != generation:
            return
        memory.move_on(*found)
        memory.at = moment.at
        names = _all_names(asked)
        moment.known = memory.recall_all(names)
        moment.keys = {key: known for key in asked if (known := memory.keys.get(key)) is not None}
        is_all = len(moment.known) == len(names) and len(moment.keys) == len(asked)
        moment.prompt = generation if memory.knows_catalogue else None
        if not (is_all and memory.knows_catalogue):
            with memory.reading() as reading:
                turn.end()
                if memory.knows_catalogue:  # nobody waits for what others ask to be read
                    self._loop.call_soon(moment.settle)
                await self._load(link, moment, reading)

    async def _load(self, link: Link, moment: Moment, reading: Reading) -> None:
        """Read what is not known, or not any more."""
        await self._load_catalogue(link, reading)
        unsure = [key for key in moment.asked if key not in moment.keys]
        if unsure:
            for key_hash, owner in await link.rows(KEYS, unsure):
                key = moment.keys[key_hash] = Key(owner)
                self._memory.learn_key(key_hash, key, reading)
        await self._load_organisations(link, moment, reading)

    async def ask_strangers(self, link: Link, strangers: Strangers, _turn: Turn) -> None:
        """Leave in ``strangers`` only those who exist."""
        ((members, addresses),) = await link.rows(
            SUBJECTS, list(strangers.members), list(strangers.addresses)
        )
        strangers.members = set(members)
        strangers.addresses = set(addresses)

    async def _load_catalogue(self, link: Link, reading: Reading) -> None:
        """One at a time, so that what is read last was true last."""
        async with self._reading_catalogue:
            if self._memory.knows_catalogue:
                return
            catalogue = self._memory.catalogue
            (row,) = await link.rows(CATALOGUE, CATALOGUE_STREAM)
            catalogue.read(row)
            self._memory.learned_catalogue(reading)

    async def _load_organisations(self, link: Link, moment: Moment, reading: Reading) -> None:
        wanted = list(set(_wanted(moment)))
        for start in range(0, len(wanted), MOST_AT_ONCE):
            rows = await link.rows(ORGANISATIONS, wanted[start : start + MOST_AT_ONCE])
            for row in rows:
                known = organisation_row(row, self._memory.catalogue)
                moment.known[self._memory.learn(known, reading)] = known


def _all_names(asked: Mapping[bytes, set[str]]) -> Set[str]:
    """All organisations named; nearly always one key asks, and then nothing is copied."""
    if len(asked) == 1:
        (names,) = asked.values()
        return names
    return set().union(*asked.values())


def _wanted(moment: Moment) -> Iterable[UUID]:
    """Which organisations are to be loaded: those that a valid key may ask about."""
    for key_hash, names in moment.asked.items():
        key = moment.keys.get(key_hash)
        if key is None:
            continue
        for name in names:
            if name in moment.known:
                continue
            try:
                organisation = parse_public_id("org", name)
            except NotFound:
                continue
            if key.organisation is None or key.organisation == organisation:
                yield organisation
