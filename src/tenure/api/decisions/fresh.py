"""What is known, and how it is kept strictly fresh without a query per question (R42)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from datetime import datetime
from typing import Final, Protocol, cast
from uuid import UUID

from tenure.access.queries.decisions import (
    NEVER_READ,
    NO_CHANGE,
    Catalogue,
    KnownOrganisation,
    mark,
    organisation_row,
)
from tenure.api.decisions.database import (
    CATALOGUE,
    CHANGED,
    KEYS,
    ORGANISATIONS,
    SUBJECTS,
    Link,
)
from tenure.api.decisions.judging import Circumstances, Key, Stranger
from tenure.api.decisions.questions import Question
from tenure.api.decisions.sharing import Share, Turn
from tenure.api.errors import UNAUTHENTICATED, UNAVAILABLE, CallRefused
from tenure.base.errors import NotFound, TenureError
from tenure.base.ids import parse_public_id, public_id
from tenure.events.streams import CATALOGUE_STREAM, KEYS_STREAM

MOST_BYTES: Final = 500_000_000
"""About how much a process remembers before it forgets what was asked longest ago."""
MOST_KEYS: Final = 100_000
"""How many keys a process remembers; then it begins anew."""
MOST_AT_ONCE: Final = 50
"""How many organisations one statement loads, so that none takes long."""


class Memory:
    """What is known of organisations, by their outside ids, and of the catalogue.

    It holds two ages: what is asked about is taken over into the younger, and when that holds
    half of ``most_bytes``, the older, which nobody asked about in the meantime, is forgotten.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.catalogue = Catalogue()
        self.generation = 0
        """Rises whenever everything is forgotten."""
        self.keys: dict[bytes, Key] = {}
        """Keys that were valid when they were read, by their hashes."""
        self._most_of_an_age = most_bytes // 2
        self._server: datetime | None = None
        self._young: dict[str, KnownOrganisation] = {}
        self._old: dict[str, KnownOrganisation] = {}
        self._young_bytes = 0
        self._old_bytes = 0

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    @property
    def weight(self) -> int:
        """About how many bytes are held."""
        return self._young_bytes + self._old_bytes

    def recall(self, name: str) -> KnownOrganisation | None:
        """What is known of the organisation ``name``."""
        known = self._young.get(name)
        if known is None and self._old:
            known = self._old.get(name)
            if known is not None:
                self.learn(known)
        return known

    def recall_all(self, names: Set[str]) -> dict[str, KnownOrganisation]:
        """What is known of the organisations ``names``."""
        found = dict(zip(names, map(self._young.get, names), strict=True))
        if None not in found.values():
            return cast(dict[str, KnownOrganisation], found)
        return {name: known for name in names if (known := self.recall(name)) is not None}

    def learn(self, known: KnownOrganisation) -> str:
        """Remember what was just read; returns the organisation's outside id."""
        name = public_id("org", known.id)
        if (before := self._old.pop(name, None)) is not None:
            self._old_bytes -= before.weight
        if (before := self._young.pop(name, None)) is not None:
            self._young_bytes -= before.weight
        if self._young_bytes + known.weight > self._most_of_an_age:
            self._old, self._old_bytes = self._young, self._young_bytes
            self._young, self._young_bytes = {}, 0
        self._young[name] = known
        self._young_bytes += known.weight
        return name

    def learn_key(self, key_hash: bytes, key: Key) -> Key:
        """Remember a valid key."""
        if len(self.keys) >= MOST_KEYS:
            self.keys.clear()
        self.keys[key_hash] = key
        return key

    def connected(self, started: datetime) -> None:
        """There is a connection to the server that was ``started`` then.

        If that is another one than before, or the same started anew, what was known of the old
        one's data may not be true of its, even where the versions are the same.
        """
        if self._server is not None and self._server != started:
            self._clear()
        self._server = started

    def _clear(self) -> None:
        """Forget everything."""
        self.generation += 1
        self.catalogue = Catalogue()
        self.keys.clear()
        self._young, self._old = {}, {}
        self._young_bytes = self._old_bytes = 0


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
        self.asked: dict[bytes, set[str]] = {}
        self.at = 0
        self.keys: dict[bytes, Key] = {}
        self.known: dict[str, KnownOrganisation] = {}
        self._circumstances: dict[bytes, Circumstances] = {}
        self._settle = settle

    def settle(self) -> None:
        """Answer those who wait."""
        if self.waiting:
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

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._reading_catalogue = asyncio.Lock()

    async def ask_moment(self, link: Link, moment: Moment, turn: Turn) -> None:
        """Make ``moment`` true: one statement, and one more for what has changed or is new."""
        generation = None
        while generation != self._memory.generation:
            generation = self._memory.generation
            await self._ask(link, moment, turn)

    async def _ask(self, link: Link, moment: Moment, turn: Turn) -> None:
        memory, asked = self._memory, moment.asked
        generation, catalogue = memory.generation, memory.catalogue.version
        keys = {key: found for key in asked if (found := memory.keys.get(key)) is not None}
        names = _all_names(asked)
        known = memory.recall_all(names)
        marks = [each.mark for each in known.values()]
        marks.append(mark(CATALOGUE_STREAM, catalogue or NEVER_READ))
        marks += [mark(key.stream, key.version) for key in keys.values()]
        ((moment.at, changed),) = await link.rows(CHANGED, b"".join(marks), NO_CHANGE)
        if memory.generation != generation:
            return
        if changed:
            known = {name: each for name, each in known.items() if each.id not in changed}
            keys = {key: found for key, found in keys.items() if found.stream not in changed}
        moment.known, moment.keys = known, keys
        if changed or len(known) < len(names) or len(keys) < len(asked):
            turn.end()
            await self._load(link, moment, catalogue_changed=CATALOGUE_STREAM in changed)

    async def _load(self, link: Link, moment: Moment, *, catalogue_changed: bool) -> None:
        """Read what is not known, or is known otherwise than it is."""
        if catalogue_changed:
            await self._load_catalogue(link)
        unsure = [key for key in moment.asked if key not in moment.keys]
        if unsure:
            for key, owner, revision, written_by in await link.rows(KEYS, unsure, KEYS_STREAM):
                moment.keys[key] = self._memory.learn_key(key, Key(owner, (revision, written_by)))
        await self._load_organisations(link, moment, list(set(_wanted(moment))))

    async def ask_strangers(self, link: Link, strangers: Strangers, _turn: Turn) -> None:
        """Leave in ``strangers`` only those who exist."""
        ((members, addresses),) = await link.rows(
            SUBJECTS, list(strangers.members), list(strangers.addresses)
        )
        strangers.members = set(members)
        strangers.addresses = set(addresses)

    async def _load_catalogue(self, link: Link) -> None:
        """One at a time, so that what is read last was true last."""
        async with self._reading_catalogue:
            (row,) = await link.rows(CATALOGUE, CATALOGUE_STREAM)
            self._memory.catalogue.read(row)

    async def _load_organisations(self, link: Link, moment: Moment, wanted: Sequence[UUID]) -> None:
        for start in range(0, len(wanted), MOST_AT_ONCE):
            rows = await link.rows(ORGANISATIONS, wanted[start : start + MOST_AT_ONCE])
            for row in rows:
                known = organisation_row(row, self._memory.catalogue)
                moment.known[self._memory.learn(known)] = known


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
