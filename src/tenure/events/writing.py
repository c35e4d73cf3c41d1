"""What a transaction writes, sent as one statement when all of it is known.

A checkout writes to a dozen tables. Statement by statement, most of the time would go into
sending each, and not into writing; so new rows are collected, and go together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any, Final, NamedTuple

import msgspec
from django.db import DEFAULT_DB_ALIAS
from django.db.models import BinaryField, Field, JSONField, Model
from psycopg import sql

from tenure.events.copying import copy_rows
from tenure.events.rows import run
from tenure.events.sending import Values

MANY: Final = 500
"""So many rows are written table by table: each costs less, and a statement more is nothing."""
WORTH_IT: Final = 100
"""So many rows of one table are worth a statement of their own."""


class Writing:
    """Rows to insert and changes to make, none of which is there before ``send``.

    The parts of one statement see the database as it was before all of them: what changes or
    reads a row that is still to be inserted has to wait until that was sent.
    """

    def __init__(self) -> None:
        self._rows: dict[type[Model], list[Model]] = {}
        self._changes: list[tuple[str, str, Sequence[Any]]] = []

    def insert(self, rows: Iterable[Model]) -> None:
        """New rows, whose keys are set; as they are when they are sent."""
        for row in rows:
            self._rows.setdefault(type(row), []).append(row)

    def change(self, statement: str, parameters: Sequence[Any], *, name: str = "") -> None:
        """Another statement that writes, a constant of the calling module.

        By its ``name`` other parts can read what it returns.
        """
        self._changes.append((name or f"change_{len(self._changes)}", statement, parameters))

    def send(self, answer: str = "SELECT 1", *, ending: bool = False) -> list[Values]:
        """Write all of it; returns what ``answer``, a constant SELECT, finds in its parts.

        ``ending`` says that nothing comes after it in its transaction.
        """
        parts: list[tuple[str, str, Sequence[Any]]] = [
            (f"new_{model._meta.db_table}", _insertion(model), [as_json(rows)])
            for model, rows in self._rows.items()
        ]
        parts += self._changes
        if not parts:
            return []
        whole = _whole(tuple((name, part) for name, part, _ in parts), answer)
        values = [each for _, _, given in parts for each in given]
        found = run(whole, values, ending=ending)
        for rows in self._rows.values():
            _note_written(rows)
        self._rows.clear()
        self._changes.clear()
        return found

    def send_many(self) -> None:
        """Write what waits now, if that is so much that tables are better written one by one."""
        if sum(len(rows) for rows in self._rows.values()) < MANY:
            return
        many = {
            model: rows
            for model, rows in self._rows.items()
            if len(rows) >= WORTH_IT and not _shape(model).has_json
        }
        for model in many:
            del self._rows[model]
        self.send()
        for rows in many.values():
            write_now(rows)


def write_now(rows: Sequence[Model]) -> None:
    """Write many new rows of one model, which has no column of JSON, at once."""
    model = type(rows[0])
    shape = _shape(model)
    copy_rows(model._meta.db_table, shape.fields, (shape.values(row.__dict__) for row in rows))
    _note_written(rows)


def insert_once(rows: Sequence[Model]) -> None:
    """Write new rows at once, but for those whose unique values are there already."""
    model = type(rows[0])
    run(f"{_insertion(model)} ON CONFLICT DO NOTHING", [as_json(rows)])


def _note_written(rows: Iterable[Model]) -> None:
    for row in rows:
        row._state.adding = False
        row._state.db = DEFAULT_DB_ALIAS


def as_json(rows: Sequence[Model]) -> str:
    """Rows as one JSON document, so that one statement serves for any number of them."""
    told = [_told(row) for row in rows]
    return msgspec.json.encode(told, enc_hook=told_plainly).decode()


def told_plainly(value: Any) -> str:
    """A text of a class of its own, such as a page marks as safe, as the plain text that it is."""
    if isinstance(value, str):
        return str.__str__(value)
    raise NotImplementedError


def _told(row: Model) -> dict[str, Any]:
    """A row by its columns; bytes in the form that ``bytea`` reads."""
    shape = _shape(type(row))
    told = dict(zip(shape.columns, shape.values(row.__dict__), strict=True))
    for column in shape.binary:
        if told[column] is not None:
            told[column] = "\\x" + bytes(told[column]).hex()
    return told


class _Shape(NamedTuple):
    """How rows of a model are told: the columns that are ours to write, and their values."""

    fields: tuple[Field[Any, Any], ...]
    columns: tuple[str, ...]
    values: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    binary: tuple[str, ...]
    has_json: bool


@cache
def _shape(model: type[Model]) -> _Shape:
    names = _names(model)
    binary = {field.attname for field in model._meta.concrete_fields if _is_binary(field)}
    return _Shape(
        tuple(field for field in model._meta.concrete_fields if not field.generated),
        tuple(column for column, _ in names),
        itemgetter(*(name for _, name in names)),
        tuple(column for column, name in names if name in binary),
        any(isinstance(field, JSONField) for field in model._meta.concrete_fields),
    )


def _is_binary(field: Field[Any, Any]) -> bool:
    return isinstance(field, BinaryField)


@cache
def _names(model: type[Model]) -> tuple[tuple[str, str], ...]:
    """Each column of a model that is ours to write, with its attribute."""
    return tuple(
        (str(field.column), field.attname)
        for field in model._meta.concrete_fields
        if not field.generated
    )


@cache
def _insertion(model: type[Model]) -> str:
    table = sql.Identifier(model._meta.db_table)
    columns = sql.SQL(", ").join(sql.Identifier(column) for column, _ in _names(model))
    return (
        sql.SQL(
            "INSERT INTO {table} ({columns}) SELECT {columns} "
            "FROM json_populate_recordset(NULL::{table}, %s::json)"
        )
        .format(table=table, columns=columns)
        .as_string()
    )


@lru_cache(maxsize=256)
def _whole(parts: tuple[tuple[str, str], ...], answer: str) -> str:
    return f"WITH {', '.join(f'{name} AS ({part})' for name, part in parts)} {answer}"
