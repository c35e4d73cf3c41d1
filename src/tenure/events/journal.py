"""The journal: what happened, recorded in the transaction that made it true.

``transaction`` is the one way by which a flow opens its transaction: it tells the database for
whom it works, collects the events that commands record, and writes them last, so that the
streams' rows are locked for the shortest time and always in the same order.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from typing import Any, ClassVar, Final, Protocol, runtime_checkable
from uuid import UUID

import msgspec
from django.db import transaction as database
from django.db.models import Model

from tenure.base.clock import machine_now
from tenure.base.ids import new_id, public_id
from tenure.base.money import Money
from tenure.events.asked import Asked
from tenure.events.copying import as_jsonb, copy_rows
from tenure.events.models import CATALOGUE_STREAM, KEYS_STREAM, Event, IdempotencyKey
from tenure.events.rows import foresee, run
from tenure.events.sending import Question
from tenure.events.writing import MANY, WORTH_IT, Writing, as_json, told_plainly


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
    "refund": "ref",
    "allocation": "alc",
    "statement": "stm",
    "line": "bln",
    "file": "pof",
    "payment_method": "pm",
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
    "document": "doc",
    "quote": "quo",
    "webhook": "hook",
    "export": "exp",
}
"""Which prefix the identifier in a field of that name carries outside."""


_AS_THEY_ARE: Final = frozenset({str, int, bool, type(None)})


def _outside(name: str, value: object) -> Any:
    if type(value) in _AS_THEY_ARE:
        return value
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
    data = {}
    for name in _fields(type(fact)):
        value = getattr(fact, name)
        data[name] = value if type(value) in _AS_THEY_ARE else _outside(name, value)
    return data


@cache
def _fields(fact: type[Fact]) -> tuple[str, ...]:
    fields = dataclasses.fields(fact)  # type: ignore[arg-type]  # Fact is a dataclass by contract
    return tuple(field.name for field in fields)


WriteMany = Callable[[Sequence[Any]], None]
"""Writes rows of one model, now."""


class Journal:
    """What one transaction records. ``at`` is the instant of the change, ``by`` who made it."""

    def __init__(self, *, at: datetime, by: str) -> None:
        self.at = at
        self.by = by
        self.revisions: dict[UUID, int] = {}
        """After the transaction: the revision of every stream that it changed."""
        self.sequences: dict[UUID, int] = {}
        """After the transaction: the number of the last event of every such stream."""
        self.made: UUID | None = None
        """What the transaction made; kept with the caller's key, so that a repeat finds it."""
        self._writing = Writing()
        self._pending: list[tuple[UUID, Fact, datetime]] = []
        self._touched: set[UUID] = set()
        self._last: dict[str, tuple[list[Model], WriteMany]] = {}

    def insert(self, rows: Iterable[Model]) -> None:
        """New rows, to be written with the journal; ``write`` them first to read them again."""
        self._writing.insert(rows)

    def change(self, statement: str, parameters: Sequence[Any]) -> None:
        """Another write that can wait as well; the statement is a constant of its module."""
        self._writing.change(statement, parameters)

    def insert_last(self, rows: Iterable[Model], statement: str, many: WriteMany) -> None:
        """New rows whose ``statement``, given them as JSON, locks what many wait for.

        It is sent once for all rows, with the journal, and may read ``stream`` so as to come
        after the streams. It is a constant of its module; whoever asks for it records a fact.
        ``many`` does the same where there are so many that statements of their own cost less.
        """
        self._last.setdefault(statement, ([], many))[0].extend(rows)

    def write(self) -> None:
        """Write what waits, but for the journal itself, which is always the last."""
        self._writing.send()

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
        """Write what waits, and what was recorded: the streams are locked in the order of ids.

        Nothing comes after it in its transaction, which may be committed with it.
        """
        if not self._touched:
            self._writing.send(ending=True)
            return
        self._writing.send_many()
        is_told = self._tell()
        if is_told and self._last:
            self._writing.change(_RAISED, [], name="stream")
        for statement, (rows, write_many) in self._last.items():
            if is_told and len(rows) >= WORTH_IT:
                write_many(rows)
            else:
                self._writing.change(statement, [as_json(rows)])
        numbers = self._writing.send("SELECT 1" if is_told else _NUMBERS, ending=True)
        if not is_told:
            self._note(numbers)
        self._pending.clear()
        self._touched.clear()
        self._last.clear()

    def _note(self, numbers: Iterable[Sequence[Any]]) -> None:
        for organisation, sequence, revision in numbers:
            self.sequences[organisation] = sequence
            self.revisions[organisation] = revision

    def _tell(self) -> bool:
        """Raise the streams, and number the events by what they came to; whether that is sent.

        An event says how many of its organisation come after it, since its number is known only
        once the stream's row is locked, and that is in the same statement.
        """
        after = dict.fromkeys(sorted(self._touched), 0)
        told = []
        for organisation, fact, at in reversed(self._pending):
            data = event_data(fact)
            told.append((new_id(), organisation, after[organisation], fact.type, at, data))
            after[organisation] += 1
        counts = [{"organisation_id": each, "count": count} for each, count in after.items()]
        self._writing.change(_RAISE, [_json(counts)], name="stream")
        if len(told) >= MANY:
            self._tell_many(told)
            return True
        if told:
            named = [dict(zip(_TOLD, each, strict=True)) for each in told]
            self._writing.change(_TELL, [self.by, _json(named)])
        return False

    def _tell_many(self, told: Sequence[tuple[UUID, UUID, int, str, datetime, Any]]) -> None:
        """Raise the streams now, and write the events by the numbers that these came to."""
        self._note(self._writing.send(_NUMBERS))
        copy_rows(
            Event._meta.db_table,
            Event._meta.concrete_fields,
            [
                (id_, whose, self.sequences[whose] - after, type_, at, self.by, as_jsonb(data))
                for id_, whose, after, type_, at, data in told
            ],
        )


_RAISE: Final = """
    INSERT INTO events_stream AS stream (organisation_id, sequence, revision)
    SELECT organisation_id, count, 1
    FROM json_to_recordset(%s::json) AS given (organisation_id uuid, count bigint)
    ORDER BY organisation_id
    ON CONFLICT (organisation_id) DO UPDATE
    SET sequence = stream.sequence + excluded.sequence, revision = stream.revision + 1
    RETURNING organisation_id, sequence, revision
"""
"""An upsert locks rows in the order in which it gets them, which is that of the ids."""

_TELL: Final = """
    INSERT INTO events_event (id, organisation_id, sequence, type, at, by, data)
    SELECT given.id, organisation_id, stream.sequence - given.after, given.type, given.at, %s,
           given.data
    FROM json_to_recordset(%s::json) AS given
        (id uuid, organisation_id uuid, after bigint, type text, at timestamptz, data jsonb)
    JOIN stream USING (organisation_id)
"""
_TOLD: Final = ("id", "organisation_id", "after", "type", "at", "data")
_RAISED: Final = "SELECT organisation_id FROM events_stream WHERE false"
"""What stands for the streams in a statement after the one that raised them."""
_NUMBERS: Final = "SELECT organisation_id, sequence, revision FROM stream"


def _json(value: Sequence[Mapping[str, Any]]) -> str:
    return msgspec.json.encode(value, enc_hook=told_plainly).decode()


def work_for(organisation: UUID | None, foreseen: Sequence[Question] = ()) -> None:
    """Tell the database for whom this transaction works, so that row-level security can judge.

    What is ``foreseen`` goes along.
    """
    named = str(organisation) if organisation else ""
    told = ("SELECT set_config('tenure.organisation', %s, true)", [named])
    if foreseen:
        foresee([told, *foreseen])
    run(*told)


def asked_rows(asked: Asked | None, *, made: UUID | None) -> list[IdempotencyKey]:
    """The caller's key with what was made, to be written in the transaction that makes it."""
    if asked is None:
        return []
    return [
        IdempotencyKey(
            scope=asked.scope,
            key=asked.key,
            call=asked.call,
            body_hash=asked.body_hash,
            made=made,
            created_at=machine_now(),
        )
    ]


@contextmanager
def transaction(
    *,
    now: datetime,
    by: str,
    organisation: UUID | None = None,
    asked: Asked | None = None,
    snapshot: bool = False,
    foreseen: Sequence[Question] = (),
) -> Iterator[Journal]:
    """A flow's transaction: the outermost, durable, with the journal it writes.

    ``now`` is the UTC instant by the organisation's clock; ``asked`` the caller's key, written
    with what was made. What it is sure to ask first, in that order, can be ``foreseen``, and is
    then sent together. With ``snapshot`` it sees the database as it was when it began, throughout;
    it records nothing then, since streams move meanwhile. Raises ``RuntimeError`` inside another
    transaction: a flow never calls a flow.
    """
    journal = Journal(at=now, by=by)
    with database.atomic(durable=True):
        if snapshot:
            run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", [])
        work_for(organisation, foreseen)
        yield journal
        journal.insert(asked_rows(asked, made=journal.made))
        journal.flush()
