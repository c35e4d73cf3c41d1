"""Rows of a model by statements that are written once.

Django builds a statement anew each time it is asked for one, and a cursor for it, which costs
several times what PostgreSQL needs to answer it. Where a checkout reads and writes a few rows
again and again, it is written once and prepared once; everywhere else querysets are the way.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final, NamedTuple, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model
from django.db.models.base import ModelState
from psycopg import sql

from tenure.events.sending import Line, Question, Values

Row = TypeVar("Row", bound=Model)

AMONG: Final = "= ANY((SELECT %s::uuid[])::uuid[])"
"""``WHERE id`` followed by this finds many rows by a list of keys.

The list stands in a SELECT of its own so that its length says nothing to the planner: by a plain
``= ANY(%s)`` PostgreSQL finds each list shorter than lists usually are, and plans the statement
anew each time instead of keeping the plan.
"""


def read_rows(model: type[Row], rest: str, parameters: Sequence[Any]) -> list[Row]:
    """The rows of ``SELECT … FROM <the model's table> <rest>``, as instances of ``model``.

    ``rest`` is a constant of the calling module; values go through ``parameters``. For models
    whose columns come from psycopg as they are: none of JSON.
    """
    statement, names = _selection(model, rest)
    found = run(statement, parameters)
    return [_instance(model, names, row) for row in found]


def read_joined(
    model: type[Row], more: tuple[str, ...], rest: str, parameters: Sequence[Any]
) -> list[tuple[Row, Values]]:
    """As ``read_rows``, each row with the columns ``more`` of what ``rest`` joins to it."""
    statement, names = _selection(model, rest, more)
    width = len(names)
    found = run(statement, parameters)
    return [(_instance(model, names, row[:width]), row[width:]) for row in found]


def to_read(model: type[Model], rest: str, parameters: Sequence[Any]) -> Question:
    """What ``read_rows`` asks, to be foreseen."""
    return _selection(model, rest)[0], parameters


def to_read_joined(
    model: type[Model], more: tuple[str, ...], rest: str, parameters: Sequence[Any]
) -> Question:
    """What ``read_joined`` asks, to be foreseen."""
    return _selection(model, rest, more)[0], parameters


def row_of(model: type[Row], values: Values) -> Row:
    """A row that was read beside another, by the values of its columns in the fields' order."""
    return _instance(model, _attributes(model), values)


@cache
def _attributes(model: type[Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields)


def _instance(model: type[Row], names: tuple[str, ...], row: Values) -> Row:
    """A row as ``Model.from_db`` makes it, without asking of each field whether it was given."""
    instance = model.__new__(model)
    instance.__dict__.update(zip(names, row, strict=True))
    instance._state = ModelState()
    instance._state.adding, instance._state.db = False, DEFAULT_DB_ALIAS
    return instance


def keep_related(row: Model, name: str, other: Model) -> None:
    """Let ``row.name`` be ``other``, whose key the row has already, as setting it would.

    For what was read beside it: Django looks anew at each such value and at what it may belong to.
    """
    row._state.fields_cache[name] = other


def new_row(model: type[Row], /, **values: Any) -> Row:
    """A row yet to be written, as ``model(**values)`` makes it, at a fraction of the cost.

    What is not given has its default. A related row can be given by the field's name, and is kept;
    by that of its column (``order_id``) its key is. Raises ``TypeError`` for what is no field.
    """
    blank = _blank(model)
    given = {**blank.values, **values}
    for attribute, make in blank.made:
        if attribute not in values:
            given[attribute] = make()
    state = given["_state"] = ModelState()
    for name, attribute in blank.related:
        if name in values:
            row = given.pop(name)
            given[attribute] = None if row is None else row.pk
            state.fields_cache[name] = row
    if len(given) != blank.size:
        unknown = given.keys() - blank.values.keys() - {"_state"}
        raise TypeError(f"{model.__name__} has no {', '.join(sorted(unknown))}.")
    instance = model.__new__(model)
    instance.__dict__ = given
    return instance


class _Blank(NamedTuple):
    """A row without any values: its defaults, and what can be given by another name."""

    values: dict[str, Any]
    made: tuple[tuple[str, Callable[[], Any]], ...]
    related: tuple[tuple[str, str], ...]
    size: int


@cache
def _blank(model: type[Model]) -> _Blank:
    fields = model._meta.concrete_fields
    made = {f.attname: f.default for f in fields if f.has_default() and callable(f.default)}
    values = {f.attname: None if f.attname in made else f.get_default() for f in fields}
    related = tuple((f.name, f.attname) for f in fields if f.name != f.attname)
    return _Blank(values, tuple(made.items()), related, len(values) + 1)


def read_values(statement: str, parameters: Sequence[Any]) -> list[Values]:
    """What a statement answers; it is a constant of the calling module."""
    return run(statement, parameters)


def run(statement: str, parameters: Sequence[Any], *, ending: bool = False) -> list[Values]:
    """Run a statement, a constant of some module; returns the rows that it answers, if any.

    ``ending`` says that nothing comes after it in its transaction, which is then committed on
    the same way. It goes past Django's cursors; only where somebody watches what is run (a test,
    or ``DEBUG``), or where Django or psycopg began the transaction, does it go by them.
    """
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    database.validate_no_broken_transaction()
    line = _lines.of(database)
    if line is None:
        return _run_watched(database, statement, parameters)
    with database.wrap_database_errors:
        begin = database.in_atomic_block and line.is_idle
        commit = ending and database.in_atomic_block
        return line.run(statement, parameters, begin=begin, commit=commit)


def foresee(questions: Sequence[Question]) -> None:
    """Ask what a transaction is about to ask, in that order, all on one way to the database.

    Each is answered by ``run`` as if it were sent then. Where anything else is asked, also by
    Django's own cursors, the rest is forgotten, so that what was foreseen wrongly costs time and
    nothing more.
    """
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    line = _lines.of(database)
    if line is None or not database.in_atomic_block:
        return
    if not database.execute_wrappers:
        database.execute_wrappers.append(_forgetting)
    with database.wrap_database_errors:
        line.run_ahead(questions, begin=line.is_idle)


def forget_foreseen() -> None:
    """What follows may change what was foreseen: all of that is asked anew."""
    _lines.forget_foreseen(connections[DEFAULT_DB_ALIAS])


def _forgetting(
    execute: Callable[..., Any], statement: str, parameters: Any, many: bool, context: Any
) -> Any:
    """Around what goes by Django's cursors, from the first time on that anything is foreseen."""
    _lines.forget_foreseen(context["connection"])
    return execute(statement, parameters, many, context)


def run_apart(parts: Sequence[Question]) -> list[list[Values]]:
    """Run statements, constants of some module, one after the other, outside of a transaction.

    Each is committed by itself, and sees what those before it did; all are sent together.
    """
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    line = _lines.of(database)
    if line is None or database.in_atomic_block:
        return [_run_watched(database, statement, values) for statement, values in parts]
    with database.wrap_database_errors:
        return line.run_apart(parts)


def _run_watched(database: Any, statement: str, parameters: Sequence[Any]) -> list[Values]:
    with database.cursor() as watched:
        watched.execute(statement, parameters)
        return watched.fetchall() if watched.description else []


def column_names(model: type[Model]) -> tuple[str, ...]:
    """The columns of a model's table, in the order of its fields."""
    return tuple(str(field.column) for field in model._meta.concrete_fields)


class _Lines(threading.local):
    """The lines of this thread's connections, each with the transaction that it last began.

    Mostly there is one; but what is run in another context of the same thread has a connection of
    its own, and a line made anew would give names that its session knows already. From a savepoint
    on a transaction is left to cursors, since what is prepared may be forgotten with it.
    """

    def __init__(self) -> None:
        self._of: dict[int, tuple[Line, object, int]] = {}

    def of(self, database: Any) -> Line | None:
        """The line, unless it must not be used now."""
        if database.execute_wrappers not in _UNWATCHED:
            return None
        if database.queries_logged or database.savepoint_ids:
            return None
        key = id(database.connection)
        line, began, savepoints = self._of.get(key, (None, None, 0))
        if line is None or line.connection is not database.connection:
            self._of = {
                known: each for known, each in self._of.items() if not each[0].connection.closed
            }
            line, began = Line(database.connection), None
            self._of[key] = line, None, 0
        if not database.in_atomic_block:
            return line if line.is_idle else None
        outermost = database.atomic_blocks[0]
        if line.is_idle:
            began, savepoints = outermost, database.savepoint_state
            self._of[key] = line, began, savepoints
        is_its_own = began is outermost and savepoints == database.savepoint_state
        return line if is_its_own else None

    def forget_foreseen(self, database: Any) -> None:
        """Have what is run next asked, whatever was foreseen."""
        line, _, _ = self._of.get(id(database.connection), (None, None, 0))
        if line is not None:
            line.forget_foreseen()


_lines = _Lines()
_UNWATCHED: Final[tuple[list[Any], ...]] = ([], [_forgetting])
"""What Django runs statements through while nobody looks at them."""


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
