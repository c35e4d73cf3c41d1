"""Rows and events laid side by side.

The journal names rows by their outside ids, which sort as the ids do; so both are read in one
order, and neither has to be held.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from tenure.base.ids import public_id
from tenure.flows.verify.checks import Tally, rows

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class ToldOnce:
    """Rows of which the journal tells exactly once.

    ``so`` selects their id and organisation, in the order of ids; ``type`` is the event's, and
    ``key`` the field of its data that names the row.
    """

    prefix: str
    type: str
    key: str
    so: str


_EVENTS: Final = """
SELECT data->>%(key)s, organisation_id FROM events_event
WHERE type = %(type)s ORDER BY data->>%(key)s COLLATE "C"
"""


def told_once(kinds: Iterable[ToldOnce]) -> Tally:
    """Whether each row is told of once, in its own stream, and nothing else is."""
    tally = Tally()
    for kind in kinds:
        told = rows(_EVENTS, {"key": kind.key, "type": kind.type})
        for id_, facts, events in side_by_side(kind.prefix, rows(kind.so), told):
            tally.looked_at += 1
            wrong = _wrong_count(facts, events)
            if wrong is not None:
                tally.fail(id_, f"{kind.type}:{wrong}")
    return tally


def _wrong_count(facts: Sequence[Row], events: Sequence[Row]) -> str | None:
    if not facts:
        return "told_and_not_so"
    if len(events) != 1:
        return "told_twice" if events else "not_told"
    return None if facts == events else "told_of_another_organisation"


def last_words(
    prefix: str,
    *,
    so: str,
    told: str,
    agree: Callable[[Row, Row | None], bool],
    gone_after: Collection[str] = (),
) -> Tally:
    """Whether the last word on each row is what it is.

    ``so`` selects rows by id, ``told`` the last event of each, its type second after its
    organisation; ``agree`` is given what follows the id in both. Rows may be gone whose last event
    is of a type in ``gone_after``.
    """
    tally = Tally()
    for id_, facts, events in side_by_side(prefix, rows(so), rows(told)):
        tally.looked_at += 1
        last = events[0] if events else None
        if not facts:
            if last is None or last[1] not in gone_after:
                tally.fail(id_, "told_and_not_there")
        elif not agree(facts[0], last):
            tally.fail(id_, f"last_told:{last[1] if last else 'nothing'}")
    return tally


def side_by_side(
    prefix: str, so: Iterable[Row], told: Iterable[Row]
) -> Iterator[tuple[str, list[Row], list[Row]]]:
    """For each id, in order: what stands in the rows, and what in the events."""
    facts = ((public_id(prefix, row[0]), 0, row[1:]) for row in so)
    events = ((row[0] or "", 1, row[1:]) for row in told)
    both = merge(facts, events, key=itemgetter(0, 1))
    for id_, group in groupby(both, key=itemgetter(0)):
        sides: tuple[list[Row], list[Row]] = ([], [])
        for _, side, rest in group:
            sides[side].append(rest)
        yield id_, *sides
