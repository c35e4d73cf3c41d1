"""The journal over all organisations, for staff: what happened, to whom, by whom."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf

from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id
from tenure.base.money import Money
from tenure.events.models import Event
from tenure.events.streams import CATALOGUE_STREAM, KEYS_STREAM, VENDOR_STREAM
from tenure.organisations.models import ApiKey, Member, Organisation, User
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


def named(events: Sequence[Event]) -> list[EventRow]:
    """Events with names in the place of ids; two statements for any number of them."""
    organisations = {event.organisation_id for event in events} - _OF_THE_VENDOR
    names = dict(Organisation.objects.filter(id__in=organisations).values_list("id", "name"))
    return [
        EventRow(event, names.get(event.organisation_id, ""), by)
        for event, by in with_actors(events)
    ]


def with_actors(events: Sequence[Event]) -> list[tuple[Event, str]]:
    """Events, each with the name of who did it; one statement for any number of them."""
    actors = _actors({event.by for event in events})
    return [(event, actors.get(event.by, event.by)) for event in events]


def _actors(by: Collection[str]) -> dict[str, str]:
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
    called = Coalesce(NullIf("name", Value("")), "email", output_field=CharField())
    people = Member.objects.filter(id__in=ids["mem"]).values_list("id", called)
    found = people.union(
        User.objects.filter(id__in=ids["usr"]).values_list("id", called),
        ApiKey.objects.filter(id__in=ids["key"]).values_list("id", "name"),
        all=True,
    )
    words = ids["mem"] | ids["usr"] | ids["key"]
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
