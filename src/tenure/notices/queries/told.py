"""The journal as notices read it: which streams moved, and what was told since."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id, public_id
from tenure.events.rows import read_values
from tenure.events.sending import Values

_MOVED_LATELY: Final = """
SELECT DISTINCT event.organisation_id
FROM events_event AS event
LEFT JOIN notices_cursor AS cursor USING (organisation_id)
WHERE event.id > %s AND event.sequence > COALESCE(cursor.sequence, 0)
LIMIT %s
"""
_MOVED: Final = """
SELECT stream.organisation_id
FROM events_stream AS stream
LEFT JOIN notices_cursor AS cursor USING (organisation_id)
WHERE stream.sequence > COALESCE(cursor.sequence, 0)
LIMIT %s
"""
_SINCE: Final = """
SELECT event.id, event.organisation_id, event.sequence, event.type, event.at, event.by,
       event.data::text
FROM unnest(%s::uuid[], %s::bigint[]) AS cursor (organisation_id, sequence)
JOIN events_event AS event
  ON event.organisation_id = cursor.organisation_id AND event.sequence > cursor.sequence
ORDER BY event.organisation_id, event.sequence
LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Told:
    """One event of the journal. ``at`` is by the organisation's clock, ``by`` who acted."""

    id: UUID
    organisation: UUID
    sequence: int
    type: str
    at: datetime
    by: str
    data: Mapping[str, Any]

    @property
    def key(self) -> str:
        """Its outside id."""
        return public_id("evt", self.id)

    def named(self, field: str, prefix: str) -> UUID | None:
        """The identifier in ``field``, if there is one with that prefix."""
        return _parsed(prefix, self.data.get(field))

    def listed(self, field: str, prefix: str) -> list[UUID]:
        """The identifiers that are listed in ``field``, with that prefix."""
        words = self.data.get(field)
        found = (_parsed(prefix, word) for word in words) if isinstance(words, list) else ()
        return [id_ for id_ in found if id_ is not None]

    def actor(self, kind: str, prefix: str) -> UUID | None:
        """Who acted, if it was a ``member`` (``mem``) or one of the ``staff`` (``usr``)."""
        return _parsed(prefix, self.by.removeprefix(f"{kind}:"))


def moved_since(event: UUID, most: int) -> list[UUID]:
    """Streams with events later than the id ``event`` that were not turned into mails yet.

    Reads the tail of the events' own index: nothing is written for it when they are.
    """
    return [stream for (stream,) in read_values(_MOVED_LATELY, [event, most])]


def all_moved(most: int) -> list[UUID]:
    """Every stream that stands beyond its cursor; reads both tables whole."""
    return [stream for (stream,) in read_values(_MOVED, [most])]


def told_since(cursors: Mapping[UUID, int], most: int) -> Sequence[Told]:
    """What was told of each stream after its cursor, in order, ``most`` in all."""
    rows = read_values(_SINCE, [list(cursors), list(cursors.values()), most])
    return [told_by(row) for row in rows]


def told_by(row: Values) -> Told:
    """The event of a row that holds all that ``Told`` has, its data as the text of their JSON."""
    id_, organisation, sequence, type_, at, by, data = row
    return Told(id_, organisation, sequence, type_, at, by, json.loads(data))


def _parsed(prefix: str, text: object) -> UUID | None:
    try:
        return parse_public_id(prefix, text) if isinstance(text, str) else None
    except NotFound:
        return None
