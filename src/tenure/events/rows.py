"""Rows of a model by statements that are written once.

Django builds a statement anew each time it is asked for one, and a cursor for it, which costs
several times what PostgreSQL needs to answer it. Where a checkout reads and writes a few rows
again and again, both are made once instead; everywhere else querysets are the way.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import cache
from itertools import count
from typing import Any, Final, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model
from psycopg import Connection, RawCursor, sql

Row = TypeVar("Row", bound=Model)
Values = tuple[Any, ...]

AMONG: Final = "= ANY((SELECT %s::uuid[])::uuid[])"
"""``WHERE id`` followed by this finds many rows by a list of keys.

The list stands in a SELECT of its own so that its length says nothing to the planner: by a plain
``= ANY(%s)`` PostgreSQL finds each list shorter than lists usually are, and plans the statement
anew each time instead of keeping the plan.
"""

_MOST_KEPT: Final = 100
"""As many cursors a connection keeps: as psycopg keeps prepared statements."""


def read_rows(model: type[Row], rest: str, parameters: Sequence[Any]) -> list[Row]:
    """The rows of ``SELECT … FROM <the model's table> <rest>``, as instances of ``model``.

    ``rest`` is a constant of the calling module; values go through ``parameters``. For models
    whose columns come from psycopg as they are: none of JSON.
    """
    statement, names = _selection(model, rest)
    found = run(statement, parameters)
    return [model.from_db(DEFAULT_DB_ALIAS, names, row) for row in found]


def read_joined(
    model: type[Row], more: tuple[str, ...], rest: str, parameters: Sequence[Any]
) -> list[tuple[Row, Values]]:
    """As ``read_rows``, each row with the columns ``more`` of what ``rest`` joins to it."""
    statement, names = _selection(model, rest, more)
    width = len(names)
    found = run(statement, parameters)
    return [(model.from_db(DEFAULT_DB_ALIAS, names, row), row[width:]) for row in found]


def read_values(statement: str, parameters: Sequence[Any]) -> list[Values]:
    """What a statement answers; it is a constant of the calling module."""
    return run(statement, parameters)


def run(statement: str, parameters: Sequence[Any]) -> list[Values]:
    """Run a statement, a constant of some module; returns the rows that it answers, if any.

    It goes by a cursor kept for it, past Django's: what psycopg found out about its parameters
    and its answer then stands there the next time. Only where somebody watches what is run (a
    test, or ``DEBUG``) does it go by Django's own.
    """
    database = connections[DEFAULT_DB_ALIAS]
    if database.execute_wrappers or database.queries_logged:
        with database.cursor() as watched:
            watched.execute(statement, parameters)
            return watched.fetchall() if watched.description else []
    database.ensure_connection()
    database.validate_no_broken_transaction()
    with database.wrap_database_errors:
        numbered, cursor = _kept.cursor_for(statement, database.connection)
        cursor.execute(numbered, parameters, prepare=True, binary=True)
        return cursor.fetchall() if cursor.pgresult and cursor.pgresult.nfields else []


def column_names(model: type[Model]) -> tuple[str, ...]:
    """The columns of a model's table, in the order of its fields."""
    return tuple(str(field.column) for field in model._meta.concrete_fields)


class _Kept(threading.local):
    """The cursors of this thread's connection by their statements, those last used at the end."""

    def __init__(self) -> None:
        self._connection: Connection[Values] | None = None
        self._cursors: OrderedDict[str, tuple[bytes, RawCursor[Values]]] = OrderedDict()

    def cursor_for(
        self, statement: str, connection: Connection[Values]
    ) -> tuple[bytes, RawCursor[Values]]:
        """The statement as PostgreSQL numbers its parameters, and the cursor that runs it."""
        if connection is not self._connection:
            self._connection = connection
            self._cursors.clear()
        kept = self._cursors.get(statement)
        if kept is None:
            kept = (_numbered(statement), RawCursor(connection))
            self._cursors[statement] = kept
            if len(self._cursors) > _MOST_KEPT:
                self._cursors.popitem(last=False)
        else:
            self._cursors.move_to_end(statement)
        return kept


_kept = _Kept()


def _numbered(statement: str) -> bytes:
    """``$1``, ``$2`` … for each ``%s``, so that psycopg has nothing left to convert."""
    first, *rest = statement.split("%s")
    numbers = count(1)
    return "".join([first, *(f"${next(numbers)}{text}" for text in rest)]).encode()


@cache
def _selection(
    model: type[Model], rest: str, more: tuple[str, ...] = ()
) -> tuple[str, tuple[str, ...]]:
    fields = model._meta.concrete_fields
    table = sql.Identifier(model._meta.db_table)
    own = [sql.Identifier(model._meta.db_table, name) for name in column_names(model)]
    joined = [sql.Identifier(*name.split(".")) for name in more]
    columns = sql.SQL(", ").join([*own, *joined])
    statement = sql.SQL("SELECT {} FROM {} ").format(columns, table).as_string()
    return statement + rest, tuple(field.attname for field in fields)
