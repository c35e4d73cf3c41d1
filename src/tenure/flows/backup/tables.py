"""Which tables, sequences, functions and types of a schema are Tenure's.

Those whose names begin like one of the apps whose migrations the database has had: whatever else
an operator keeps in the same schema is left alone. Known without Django, so that a backup can be
made of whatever schema is there, also an older or a newer one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import psycopg
from psycopg import sql

Connection = psycopg.Connection[tuple[Any, ...]]

MIGRATIONS: Final = "django_migrations"
_BESIDE: Final = ("django", "pgtrigger")
"""How names begin that belong to no app: those of Django's own tables, and of triggers."""

FLEETING: Final = frozenset(
    {
        "django_session",
        "usersessions_usersession",
        "web_cache",
        "procrastinate_jobs",
        "procrastinate_events",
        "procrastinate_periodic_defers",
        "procrastinate_workers",
    }
)
"""Tables whose rows are not kept: who is logged in, how often somebody tried to, and the wake-ups
of the worker, which finds what is due by itself."""

MADE_BY_ITSELF: Final = frozenset(
    {
        MIGRATIONS,
        "django_content_type",
        "auth_permission",
        "events_event",
        "events_stream",
        "notices_cursor",
        "orders_policyversion",
    }
)
"""Tables that hold rows also in an installation where nobody did anything yet."""

_OURS: Final = """
SELECT relname, pg_table_size(oid) FROM pg_class
WHERE relnamespace = %s::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
  AND relname ~ %s
  AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
ORDER BY relname
"""
_COLUMNS: Final = """
SELECT attname FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
ORDER BY attnum
"""
_SEQUENCES: Final = """
SELECT relname FROM pg_class
WHERE relnamespace = %s::regnamespace AND relkind = 'S' AND relname ~ %s ORDER BY relname
"""
_FREE_SEQUENCES: Final = """
SELECT relname FROM pg_class
WHERE relnamespace = %s::regnamespace AND relkind = 'S' AND relname ~ %s
  AND NOT EXISTS (
    SELECT FROM pg_depend
    WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype IN ('a', 'i')
  )
ORDER BY relname
"""
_FUNCTIONS: Final = """
SELECT proname, pg_get_function_identity_arguments(oid) FROM pg_proc
WHERE pronamespace = %s::regnamespace AND proname ~ %s
  AND (prorettype = 'trigger'::regtype) = %s
  AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
ORDER BY proname
"""
_TYPES: Final = """
SELECT typname FROM pg_type
LEFT JOIN pg_class ON pg_class.oid = pg_type.typrelid
WHERE typnamespace = %s::regnamespace AND typname ~ %s
  AND (typtype IN ('e', 'd') OR (typtype = 'c' AND relkind = 'c'))
  AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_type.oid AND deptype = 'e')
ORDER BY typname
"""


def schema_of(connection: Connection) -> str | None:
    """The schema in which the tables of this connection lie, or would be made."""
    ((schema,),) = connection.execute("SELECT current_schema()").fetchall()
    return schema  # type: ignore[no-any-return]  # rows are of any type


def applied(connection: Connection, schema: str) -> tuple[str, ...]:
    """The migrations that a schema has had, as ``app.name``; none where there is no Tenure."""
    table = sql.Identifier(schema, MIGRATIONS)
    ((there,),) = connection.execute("SELECT to_regclass(%s)", [table.as_string()]).fetchall()
    if there is None:
        return ()
    found = connection.execute(
        sql.SQL("SELECT app || '.' || name FROM {} ORDER BY id").format(table)
    )
    return tuple(name for (name,) in found)


def ours(migrations: Iterable[str]) -> str:
    """The pattern that the names of Tenure's tables and functions match."""
    apps = sorted({*(name.partition(".")[0] for name in migrations), *_BESIDE})
    return f"^({'|'.join(app for app in apps if app.isidentifier())})_"


def tables(connection: Connection, schema: str, pattern: str) -> dict[str, int]:
    """Tenure's tables by their names, with how many bytes they take."""
    return dict(connection.execute(_OURS, [_quoted(schema), pattern]).fetchall())


def columns(connection: Connection, schema: str, table: str) -> tuple[str, ...]:
    """The columns of a table that are written; those that the database computes are not."""
    name = sql.Identifier(schema, table).as_string()
    return tuple(column for (column,) in connection.execute(_COLUMNS, [name]))


def sequences(
    connection: Connection, schema: str, pattern: str, *, free: bool = False
) -> list[str]:
    """The sequences; with ``free`` those alone that no table takes along."""
    text = _FREE_SEQUENCES if free else _SEQUENCES
    return [name for (name,) in connection.execute(text, [_quoted(schema), pattern])]


def functions(
    connection: Connection, schema: str, pattern: str, *, of_triggers: bool
) -> list[tuple[str, str | None]]:
    """The functions, by name and arguments: those of triggers, or all others."""
    asked = [_quoted(schema), pattern, of_triggers]
    return connection.execute(_FUNCTIONS, asked).fetchall()


def types(connection: Connection, schema: str, pattern: str) -> list[str]:
    """The types that are not a table's."""
    return [name for (name,) in connection.execute(_TYPES, [_quoted(schema), pattern])]


def filled(connection: Connection, schema: str, names: Sequence[str]) -> list[str]:
    """Which of the tables hold rows that somebody made."""
    asked = [name for name in names if name not in FLEETING | MADE_BY_ITSELF]
    if not asked:
        return []
    text = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(
            sql.Literal(name), sql.Identifier(schema, name)
        )
        for name in asked
    )
    return [name for (name,) in connection.execute(text)]


def _quoted(schema: str) -> str:
    return sql.Identifier(schema).as_string()
