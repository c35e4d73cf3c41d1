"""What a check is, what it finds, and the two ways by which checks look at rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from tenure.base.ids import public_id

MOST_SHOWN: Final = 20
"""So many failures of a check are named; all are counted."""

IN_FLIGHT_FOR: Final = timedelta(minutes=10)
"""What is on its way for less than this is counted, not failed."""

_CHUNK: Final = 2000

_COUNTED: Final = """
), counted AS (
    SELECT count(*) FILTER (WHERE NOT in_flight) AS failed,
           count(*) FILTER (WHERE in_flight) AS in_flight
    FROM found
), shown AS (
    SELECT array_agg(id) AS ids, array_agg(what) AS whats
    FROM (SELECT id, what FROM found WHERE NOT in_flight ORDER BY id, what LIMIT %(most)s) AS first
)
SELECT looked.count, counted.failed, counted.in_flight, shown.ids, shown.whats
FROM looked, counted, shown
"""


@dataclass(frozen=True, slots=True)
class Failure:
    """A row for which a check does not hold: its outside id, and what is wrong, in a word."""

    id: str
    what: str


@dataclass(slots=True)
class Tally:
    """What a check came to: rows looked at, failed, on their way; the first failures by name."""

    looked_at: int = 0
    failed: int = 0
    in_flight: int = 0
    failures: list[Failure] = field(default_factory=list)

    def fail(self, id_: str, what: str) -> None:
        """Count a failure; the first are named."""
        self.failed += 1
        if len(self.failures) < MOST_SHOWN:
            self.failures.append(Failure(id_, what))


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is always true, by a rule; ``says`` what, in English and French.

    ``look`` is given the machine's instant and looks in the caller's snapshot.
    """

    name: str
    rule: str
    says: tuple[str, str]
    look: Callable[[datetime], Tally]


def find(
    prefix: str, *, of: str, found: str, now: datetime, figures: Mapping[str, Any] | None = None
) -> Tally:
    """Count and find in one statement.

    ``of`` counts what is looked at (a ``SELECT`` of one ``count``); ``found`` selects what is
    wrong as ``id`` (a UUID, shown with ``prefix``), ``what``, ``in_flight``. Both may use ``now``,
    ``since`` (what began later is on its way) and ``figures``.
    """
    statement = "".join(("WITH looked AS (", of, "), found AS MATERIALIZED (", found, _COUNTED))
    given = {"now": now, "since": now - IN_FLIGHT_FOR, "most": MOST_SHOWN, **(figures or {})}
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        looked, failed, in_flight, ids, whats = cursor.fetchone()
    shown = zip(ids or (), whats or (), strict=True)
    failures = [Failure(shown_id(prefix, id_), what) for id_, what in shown]
    return Tally(looked, failed, in_flight, failures)


def rows(statement: str, figures: Mapping[str, Any] | None = None) -> Iterator[tuple[Any, ...]]:
    """The rows of a statement in chunks from a cursor of the server's, so that few are held."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, figures)
        while chunk := cursor.fetchmany(_CHUNK):
            yield from chunk


def shown_id(prefix: str, id_: UUID | int | None) -> str:
    """The outside form of an id; a number stands for itself."""
    return public_id(prefix, id_) if isinstance(id_, UUID) else f"{prefix}_{id_}"
