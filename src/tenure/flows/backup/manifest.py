"""What a backup says of itself: by whom and when it was made, of which schema, what is in it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

FORMAT: Final = 1
"""Rises when an older Tenure could no longer read a backup."""
PRODUCT: Final = "tenure"
NAME: Final = "manifest.json"
MOST_BYTES: Final = 16_000_000
"""A longer manifest is none of ours; it is never read into memory."""


class Part(msgspec.Struct, frozen=True, omit_defaults=True):
    """One part: its name in the file, how long it is, and its SHA-256.

    A table's rows are what PostgreSQL's ``COPY`` gives as text, for these columns in this order.
    """

    name: str
    bytes: int
    sha256: str
    table: str | None = None
    columns: tuple[str, ...] = ()
    rows: int = 0


class Sequence(msgspec.Struct, frozen=True):
    """Where a sequence stood: its last value, and whether that was given out."""

    name: str
    value: int
    given: bool


class Manifest(msgspec.Struct, frozen=True):
    """All that a backup says of itself. ``migrations`` are those applied, as ``app.name``."""

    product: str
    format: int
    version: str
    taken_at: datetime
    migrations: tuple[str, ...]
    sequences: tuple[Sequence, ...]
    parts: tuple[Part, ...]
    postgresql: int = 0

    @property
    def tables(self) -> tuple[Part, ...]:
        """The parts that are tables."""
        return tuple(part for part in self.parts if part.table is not None)

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(part.rows for part in self.parts)


class Heading(msgspec.Struct, frozen=True):
    """What can be read of a manifest of any format."""

    product: str
    format: int
    version: str


def written(manifest: Manifest) -> bytes:
    """The manifest as it stands in the file: JSON that people can read."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1)


def read_heading(content: bytes) -> Heading:
    """The heading of a manifest; raises ``ValueError`` for anything that is none."""
    heading = msgspec.json.decode(content, type=Heading)
    if heading.product != PRODUCT:
        raise ValueError(f"product {heading.product!r:.40}")
    return heading


def read_manifest(content: bytes) -> Manifest:
    """A manifest of this format; raises ``ValueError`` for anything that is none."""
    manifest = msgspec.json.decode(content, type=Manifest)
    names = [part.name for part in manifest.parts]
    tables = [part.table for part in manifest.tables]
    if len(set(names)) != len(names) or len(set(tables)) != len(tables) or NAME in names:
        raise ValueError("one part twice")
    if not manifest.migrations:
        raise ValueError("no migrations")
    return manifest
