"""The journal over all organisations, for staff: what happened, to whom, by whom."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id
from tenure.base.money import Money
from tenure.events.models import Event
from tenure.events.rows import AMONG, read_values
from tenure.events.streams import CATALOGUE_STREAM, KEYS_STREAM, VENDOR_STREAM
from tenure.support.queries.lists import Listed, newest_first

_OF_THE_VENDOR: Final = {CATALOGUE_STREAM, KEYS_STREAM, VENDOR_STREAM}


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event with the name of whose it is (empty: the vendor's own), and of who did it."""

    event: Event
    organisation: str
    by: str

    @property
    def told(self) -> list[tuple[str, object]]:
        """What it tells, each by its name: amounts as money, several words as one text."""
        return [(name, _readable(value)) for name, value in self.event.data.items()]


def journal(
    *,
    kind: str = "",
    organisation: UUID | None = None,
    day: date | None = None,
    before: UUID | None = None,
) -> Listed[EventRow]:
    """Events, the last recorded first; ``kind`` is a type or how types begin (``order``).

    ``day`` is the UTC day on which they were recorded, whatever a test clock said: it is read off
    their ids. Three statements.
    """
    rows = Event.objects.all()
    if organisation is not None:
        rows = rows.filter(organisation_id=organisation)
    if kind:
        rows = rows.filter(Q(type=kind) | Q(type__startswith=f"{kind}."))
    if day is not None:
        rows = _recorded_on(rows, day)
    found = newest_first(rows, before)
    return Listed(named(found.rows), found.last)


_NAMES: Final = f"""
    SELECT id, name FROM organisations_organisation WHERE id {AMONG}
"""  # noqa: S608 - of constants


def named(events: Sequence[Event]) -> list[EventRow]:
    """Events with names in the place of ids; two statements for any number of them."""
    organisations = {event.organisation_id for event in events} - _OF_THE_VENDOR
    found = read_values(_NAMES, [list(organisations)])
    names: dict[UUID, str] = dict(row[:2] for row in found)
    return [
        EventRow(event, names.get(event.organisation_id, ""), by)
        for event, by in with_actors(events)
    ]


def with_actors(events: Sequence[Event]) -> list[tuple[Event, str]]:
    """Events, each with the name of who did it; one statement for any number of them."""
    actors = names_of_actors({event.by for event in events})
    return [(event, actors.get(event.by, event.by)) for event in events]


_CALLED: Final = f"""
    SELECT id, coalesce(nullif(name, ''), email) FROM organisations_member WHERE id {AMONG}
    UNION ALL
    SELECT id, coalesce(nullif(name, ''), email) FROM organisations_user WHERE id {AMONG}
    UNION ALL
    SELECT id, name FROM organisations_apikey WHERE id {AMONG}
"""  # noqa: S608 - of constants


def names_of_actors(by: Collection[str]) -> dict[str, str]:
    """The names of those who acted, by how the journal has them."""
    ids: dict[str, dict[UUID, str]] = {"mem": {}, "usr": {}, "key": {}}
    for word in by:
        _, _, text = word.partition(":")
        prefix = text.partition("_")[0]
        if prefix in ids:
            try:
                ids[prefix][parse_public_id(prefix, text)] = word
            except NotFound:
                continue
    words = ids["mem"] | ids["usr"] | ids["key"]
    found = read_values(_CALLED, [list(ids["mem"]), list(ids["usr"]), list(ids["key"])])
    return {words[id_]: name for id_, name in found}


def _readable(value: object) -> object:
    if isinstance(value, dict) and value.keys() == {"amount", "currency"}:
        return Money(value["amount"], value["currency"])
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def _recorded_on(rows: QuerySet[Event], day: date) -> QuerySet[Event]:
    begins = datetime.combine(day, time(), UTC)
    return rows.filter(id__gte=_first_id(begins), id__lt=_first_id(begins + timedelta(days=1)))


def _first_id(at: datetime) -> UUID:
    """The least UUIDv7 that can have been made at an instant: its first 48 bits are the time."""
    return UUID(int=int(at.timestamp() * 1000) << 80)
