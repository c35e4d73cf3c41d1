"""The journal: what happened, recorded in the transaction that made it true.

``transaction`` is the one way by which a flow opens its transaction: it tells the database for
whom it works, collects the events that commands record, and writes them last, so that the
streams' rows are locked for the shortest time and always in the same order.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, ClassVar, Protocol, runtime_checkable
from uuid import UUID

from django.db import connection
from django.db import transaction as database

from tenure.base.clock import machine_now
from tenure.base.ids import new_id, public_id
from tenure.base.money import Money
from tenure.events.asked import Asked
from tenure.events.models import CATALOGUE_STREAM, KEYS_STREAM, Event, IdempotencyKey
from tenure.events.rows import insert_rows


@runtime_checkable
class Fact(Protocol):
    """A past-tense fact: a frozen dataclass with a ``type`` such as ``order.paid``.

    A field of type ``UUID`` is written in its outside form, with the prefix that ``prefixes``
    gives for it, or by the field's own name.
    """

    type: ClassVar[str]


PREFIXES: Mapping[str, str] = {
    "organisation": "org",
    "member": "mem",
    "invitation": "inv",
    "cart": "cart",
    "order": "ord",
    "payment": "pay",
    "subscription": "sub",
    "seat": "seat",
    "api_key": "key",
    "staff": "usr",
    "giver": "mem",
    "ownership_offer": "own",
    "intervention": "itv",
    "proof": "prf",
    "request": "req",
    "message": "msg",
    "role_request": "ask",
}
"""Which prefix the identifier in a field of that name carries outside."""


def _outside(name: str, value: object) -> Any:
    if isinstance(value, UUID):
        return public_id(PREFIXES[name], value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Money):
        return {"amount": value.amount, "currency": value.currency}
    if isinstance(value, tuple | list):
        return [_outside(name.removesuffix("s"), each) for each in value]
    return value


def event_data(fact: Fact) -> dict[str, Any]:
    """The fact's fields in the form that the journal stores and the API shows."""
    fields = dataclasses.fields(fact)  # type: ignore[arg-type]  # Fact is a dataclass by contract
    return {field.name: _outside(field.name, getattr(fact, field.name)) for field in fields}


class Journal:
    """What one transaction records. ``at`` is the instant of the change, ``by`` who made it."""

    def __init__(self, *, at: datetime, by: str) -> None:
        self.at = at
        self.by = by
        self.revisions: dict[UUID, int] = {}
        """After the transaction: the revision of every stream that it changed."""
        self.recorded: list[Event] = []
        """After the transaction: the events, in order."""
        self.made: UUID | None = None
        """What the transaction made; kept with the caller's key, so that a repeat finds it."""
        self._pending: list[tuple[UUID, Fact, datetime]] = []
        self._touched: set[UUID] = set()

    def record(self, organisation: UUID, *facts: Fact, at: datetime | None = None) -> None:
        """Record facts of one organisation, at the journal's instant unless told."""
        self._touched.add(organisation)
        self._pending.extend((organisation, fact, at or self.at) for fact in facts)

    def record_for_vendor(self, *facts: Fact) -> None:
        """Record facts of the vendor's own: its catalogue, its policy."""
        self.record(CATALOGUE_STREAM, *facts)

    def touch(self, organisation: UUID) -> None:
        """Raise an organisation's revision without a fact, because an answer may change."""
        self._touched.add(organisation)

    def touch_catalogue(self) -> None:
        """Raise the catalogue's revision, so that no decision rests on the old one."""
        self._touched.add(CATALOGUE_STREAM)

    def touch_keys(self) -> None:
        """Raise the keys' revision, so that no decision accepts a withdrawn key."""
        self._touched.add(KEYS_STREAM)

    def flush(self) -> None:
        """Write what was recorded: the streams are locked in the order of their ids."""
        if not self._touched:
            return
        counts = dict.fromkeys(sorted(self._touched), 0)
        for organisation, _, _ in self._pending:
            counts[organisation] += 1
        numbers = self._number(counts)
        for organisation, fact, at in self._pending:
            numbers[organisation] += 1
            self.recorded.append(
                Event(
                    id=new_id(),
                    organisation_id=organisation,
                    sequence=numbers[organisation],
                    type=fact.type,
                    at=at,
                    by=self.by,
                    data=event_data(fact),
                )
            )
        if self._pending:
            insert_rows(self.recorded[-len(self._pending) :])
        self._pending.clear()
        self._touched.clear()

    def _number(self, counts: Mapping[UUID, int]) -> dict[UUID, int]:
        """Raise the streams; returns each one's last number before these events.

        An upsert locks rows in the order in which it gets them, which is that of the ids; one
        statement for any number of streams.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO events_stream AS stream (organisation_id, sequence, revision)
                SELECT organisation_id, count, 1
                FROM unnest(%s::uuid[], %s::bigint[]) AS given (organisation_id, count)
                ORDER BY organisation_id
                ON CONFLICT (organisation_id) DO UPDATE
                SET sequence = stream.sequence + excluded.sequence,
                    revision = stream.revision + 1
                RETURNING organisation_id, sequence, revision
                """,
                [list(counts), list(counts.values())],
            )
            rows = cursor.fetchall()
        self.revisions.update({organisation: revision for organisation, _, revision in rows})
        return {organisation: sequence - counts[organisation] for organisation, sequence, _ in rows}


def work_for(organisation: UUID | None) -> None:
    """Tell the database for whom this transaction works, so that row-level security can judge."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('tenure.organisation', %s, true)",
            [str(organisation) if organisation else ""],
        )


def keep_asked(asked: Asked | None, *, made: UUID | None) -> None:
    """Write the caller's key with what was made, in the transaction that makes it."""
    if asked is None:
        return
    row = IdempotencyKey(
        scope=asked.scope,
        key=asked.key,
        call=asked.call,
        body_hash=asked.body_hash,
        made=made,
        created_at=machine_now(),
    )
    insert_rows([row])


@contextmanager
def transaction(
    *, now: datetime, by: str, organisation: UUID | None = None, asked: Asked | None = None
) -> Iterator[Journal]:
    """A flow's transaction: the outermost, durable, with the journal it writes.

    ``now`` is the UTC instant by the organisation's clock; ``asked`` the caller's key, written
    with what was made. Raises ``RuntimeError`` inside another transaction: a flow never calls a
    flow.
    """
    journal = Journal(at=now, by=by)
    with database.atomic(durable=True):
        work_for(organisation)
        yield journal
        keep_asked(asked, made=journal.made)
        journal.flush()
