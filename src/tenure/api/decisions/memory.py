"""What a node knows, as of a snapshot of the database: bounded, and forgotten when it changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from contextlib import contextmanager
from typing import Final, cast
from uuid import UUID

from tenure.access.queries.decisions import NOTHING_KNOWN, Catalogue, KnownOrganisation
from tenure.api.decisions.judging import Key
from tenure.base.ids import public_id
from tenure.events.streams import CATALOGUE_STREAM

MOST_BYTES: Final = 500_000_000
"""About how much a process remembers before it forgets what was asked longest ago."""
MOST_KEYS: Final = 100_000
"""How many keys a process remembers; then it begins anew."""


class Reading:
    """Something is being read; which streams were seen to change since it began."""

    def __init__(self, generation: int) -> None:
        self.generation = generation
        self.changed: set[UUID] = set()


class Memory:
    """What is known of organisations, by their outside ids, of keys, and of the catalogue.

    All of it is true of ``snapshot``, or of a later one: whoever moves that on drops what has
    changed in between. What was being read meanwhile may be older than that, and is then not
    taken in.

    It holds two ages: what is asked about is taken over into the younger, and when that holds
    half of ``most_bytes``, the older, which nobody asked about in the meantime, is forgotten.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.snapshot = NOTHING_KNOWN
        """As of which snapshot of the database all of this holds."""
        self.at = 0
        """The database's time then, in microseconds since 1970."""
        self.catalogue = Catalogue()
        self.knows_catalogue = False
        """Whether ``catalogue`` is true of ``snapshot``, too."""
        self.generation = 0
        """Rises whenever everything is forgotten."""
        self.keys: dict[bytes, Key] = {}
        """Keys that are valid, by their hashes."""
        self._keys_of: dict[UUID, set[bytes]] = {}
        self._readings: set[Reading] = set()
        self._most_of_an_age = most_bytes // 2
        self._server: object = None
        self._table: object = None
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
                self._keep(name, known)
        return known

    def recall_all(self, names: Set[str]) -> dict[str, KnownOrganisation]:
        """What is known of the organisations ``names``."""
        found = dict(zip(names, map(self._young.get, names), strict=True))
        if None not in found.values():
            return cast(dict[str, KnownOrganisation], found)
        return {name: known for name in names if (known := self.recall(name)) is not None}

    def move_on(self, table: object, snapshot: str, changed: Iterable[UUID]) -> None:
        """It was asked what has changed since ``snapshot``: drop that, and hold as of a later one.

        ``table`` names the very table that was asked; in the place of another one, emptied or
        restored, nothing that was known is told to have changed.
        """
        if self._table != table:
            if self._table is not None:
                self._forget_all()
            self._table = table
        self.snapshot = snapshot
        for stream in changed:
            self._forget(stream)

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """Something is read from now on, to be learned before it ends."""
        reading = Reading(self.generation)
        self._readings.add(reading)
        try:
            yield reading
        finally:
            self._readings.discard(reading)

    def learn(self, known: KnownOrganisation, reading: Reading) -> str:
        """Remember what was just read, unless it changed since; the organisation's outside id."""
        name = public_id("org", known.id)
        if self._holds(known.id, reading):
            self._keep(name, known)
        return name

    def learn_key(self, key_hash: bytes, key: Key, reading: Reading) -> None:
        """Remember a valid key, unless it may have been revoked since."""
        if not self._holds(key.stream, reading):
            return
        if len(self.keys) >= MOST_KEYS:
            self.keys.clear()
            self._keys_of.clear()
        self.keys[key_hash] = key
        self._keys_of.setdefault(key.stream, set()).add(key_hash)

    def learned_catalogue(self, reading: Reading) -> None:
        """The catalogue was just read."""
        self.knows_catalogue = self._holds(CATALOGUE_STREAM, reading)

    def connected(self, server: object) -> None:
        """There is a connection to ``server``, a server since it was last started.

        If that is another one than before, or the same started anew, what was known of the old
        one's data may not be true of its, even where the transactions have the same numbers.
        """
        if self._server is not None and self._server != server:
            self._forget_all()
        self._server = server

    def _holds(self, stream: UUID, reading: Reading) -> bool:
        return reading.generation == self.generation and stream not in reading.changed

    def _keep(self, name: str, known: KnownOrganisation) -> None:
        self._drop(name)
        if self._young_bytes + known.weight > self._most_of_an_age:
            self._old, self._old_bytes = self._young, self._young_bytes
            self._young, self._young_bytes = {}, 0
        self._young[name] = known
        self._young_bytes += known.weight

    def _drop(self, name: str) -> None:
        if (before := self._old.pop(name, None)) is not None:
            self._old_bytes -= before.weight
        if (before := self._young.pop(name, None)) is not None:
            self._young_bytes -= before.weight

    def _forget(self, stream: UUID) -> None:
        """What belongs to ``stream`` is no longer true, and what is being read may not be."""
        for reading in self._readings:
            reading.changed.add(stream)
        for key in self._keys_of.pop(stream, ()):
            del self.keys[key]
        if stream == CATALOGUE_STREAM:
            self.knows_catalogue = False
        self._drop(public_id("org", stream))

    def _forget_all(self) -> None:
        self.generation += 1
        self.snapshot, self._table = NOTHING_KNOWN, None
        self.catalogue, self.knows_catalogue = Catalogue(), False
        self.keys.clear()
        self._keys_of.clear()
        self._young, self._old = {}, {}
        self._young_bytes = self._old_bytes = 0
