"""Empties the database after a test that committed.

Most tests write few rows to few tables. To truncate them all, as Django does, takes PostgreSQL a
tenth of a second whatever they hold; to delete what is there takes a few milliseconds.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from django.db import connection, transaction

_KEPT: Final = {"django_content_type", "auth_permission"}
"""What Django itself makes with the tables, and nobody changes."""

_MANY: Final = 500
"""So many rows of a table are deleted; more are truncated, since each is looked for where it may
be referred to, by columns that have no index."""

_OPEN: Final = """
    SELECT set_config('pgtrigger.ignore', '{' || string_agg(DISTINCT tgname, ',') || '}', true)
    FROM pg_trigger WHERE tgname LIKE %s
"""
"""For this transaction: rows that may only be added may be deleted."""


def empty_tables() -> None:
    """Delete every row of every model. Foreign keys are looked at in the end, so in any order."""
    if connection.connection is not None and not connection.is_usable():
        connection.close()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_filled())
        filled = dict(cursor.fetchall())
        if max(filled.values(), default=0) >= _MANY:
            cursor.execute(f"TRUNCATE {', '.join(map(connection.ops.quote_name, _tables()))}")
        elif filled:
            cursor.execute(_OPEN, ["pgtrigger_%"])
            for table in filled:
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608 - a model's


@cache
def _tables() -> list[str]:
    """The tables of models."""
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return sorted(set(names) - _KEPT)


@cache
def _filled() -> str:
    """A statement that names the tables that hold rows, with how many, up to ``_MANY``."""
    return " UNION ALL ".join(
        f"SELECT * FROM (SELECT '{name}', count(*) FROM "  # noqa: S608 - names of models' tables
        f"(SELECT FROM {quoted} LIMIT {_MANY}) AS few) AS held (name, rows) WHERE rows > 0"
        for name, quoted in ((name, connection.ops.quote_name(name)) for name in _tables())
    )
