"""Rows of a model by statements that are written once.

Django builds a statement anew each time it is asked for one, which costs several times what
PostgreSQL needs to answer it. Where a checkout reads and writes a few rows again and again, the
statement is made once instead; everywhere else querysets are the way.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, Final, TypeVar

from django.db import connection
from django.db.models import Model
from psycopg import sql

Row = TypeVar("Row", bound=Model)

_FEW: Final = 50
"""Up to so many rows go into one statement as values; more go the way of ``bulk_create``."""


def read_rows(model: type[Row], rest: str, parameters: Sequence[Any]) -> list[Row]:
    """The rows of ``SELECT … FROM <the model's table> <rest>``, as instances of ``model``.

    ``rest`` is a constant of the calling module; values go through ``parameters``. For models
    whose columns come from psycopg as they are: none of JSON.
    """
    statement, names = _selection(model, rest)
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [model.from_db(connection.alias, names, row) for row in cursor.fetchall()]


def read_values(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """What a statement answers; it is a constant of the calling module."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def write(statement: str, parameters: Sequence[Any]) -> int:
    """Run a statement, a constant of the calling module; returns how many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def insert_rows(rows: Collection[Row]) -> None:
    """Insert new rows of one model, whose keys are set; one statement for any number of them."""
    if not rows:
        return
    model = type(next(iter(rows)))
    if len(rows) > _FEW:
        model._default_manager.bulk_create(rows)
        return
    fields = model._meta.concrete_fields
    values = [
        field.get_db_prep_save(getattr(row, field.attname), connection)
        for row in rows
        for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(_insertion(model, len(rows)), values)
    for row in rows:
        row._state.adding = False
        row._state.db = connection.alias


@cache
def _selection(model: type[Model], rest: str) -> tuple[str, tuple[str, ...]]:
    fields = model._meta.concrete_fields
    table = sql.Identifier(model._meta.db_table)
    columns = sql.SQL(", ").join(
        sql.Identifier(model._meta.db_table, str(field.column)) for field in fields
    )
    statement = sql.SQL("SELECT {} FROM {} ").format(columns, table).as_string()
    return statement + rest, tuple(field.attname for field in fields)


@cache
def _insertion(model: type[Model], count: int) -> str:
    fields = model._meta.concrete_fields
    row = sql.SQL("({})").format(sql.SQL(", ").join([sql.Placeholder()] * len(fields)))
    return (
        sql.SQL("INSERT INTO {} ({}) VALUES {}")
        .format(
            sql.Identifier(model._meta.db_table),
            sql.SQL(", ").join(sql.Identifier(str(field.column)) for field in fields),
            sql.SQL(", ").join([row] * count),
        )
        .as_string()
    )
