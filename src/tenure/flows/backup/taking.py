"""Takes a backup: all tables in one snapshot, while the installation runs.

A connection of its own, without Django: nothing is written, nobody waits, and whatever schema is
there is what is backed up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Final

import psycopg
from psycopg import errors as failures
from psycopg import sql

from tenure.base.errors import Refused
from tenure.flows.backup import errors, tables
from tenure.flows.backup.archive import PIECE, Told, Writing
from tenure.flows.backup.manifest import FORMAT, PRODUCT, Manifest, Sequence
from tenure.flows.backup.tables import FLEETING, Connection

ONE_AT_A_TIME: Final = 7_305_808_869_231_650_406
"""Any number that nobody else locks: backups hold it together, a restore alone."""
_ATTEMPTS: Final = 5
_PLAINLY: Final = {
    "bytea_output": "hex",
    "client_encoding": "UTF8",
    "datestyle": "ISO, MDY",
    "extra_float_digits": "3",
    "idle_in_transaction_session_timeout": "0",
    "intervalstyle": "postgres",
    "lock_timeout": "0",
    "row_security": "off",
    "statement_timeout": "0",
    "timezone": "UTC",
}
"""How values are written as text, the same whatever the server is set to; and nothing cuts us
short."""


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """A connection for long work, each statement of which is a transaction unless one is opened."""
    with psycopg.connect(url, autocommit=True, application_name="tenure backup") as connection:
        for name, value in _PLAINLY.items():
            connection.execute("SELECT set_config(%s, %s, false)", [name, value])
        yield connection


def take_backup(
    url: str,
    file: IO[bytes],
    *,
    now: datetime,
    version: str,
    files: Mapping[str, bytes],
    told: Told,
    sized: Told,
) -> Manifest:
    """Write all that an installation is to ``file``; returns what that says of itself.

    ``files`` are those of the data directory. ``sized`` hears of each table and about how many
    bytes it takes, ``told`` how many of them were written. Raises ``Refused``.
    """
    with connected(url) as connection:
        ((alone,),) = connection.execute(
            "SELECT pg_try_advisory_lock_shared(%s)", [ONE_AT_A_TIME]
        ).fetchall()
        if not alone:
            raise Refused(errors.BUSY)
        writing = Writing(file)
        try:
            with _snapshot(connection) as shape:
                _write_tables(connection, shape, writing, told, sized)
                for name, content in files.items():
                    writing.file(name, content)
                schema, migrations, _ = shape
                manifest = Manifest(
                    product=PRODUCT,
                    format=FORMAT,
                    version=version,
                    taken_at=now,
                    migrations=migrations,
                    sequences=tuple(_sequences(connection, schema, tables.ours(migrations))),
                    parts=tuple(writing.parts),
                    postgresql=connection.info.server_version,
                )
            writing.end(manifest)
        except BaseException:  # also Ctrl-C
            writing.give_up()
            raise
    return manifest


Shape = tuple[str, tuple[str, ...], dict[str, int]]
"""A schema's name, the migrations that it has had, and its tables with about their sizes."""


def _write_tables(
    connection: Connection, shape: Shape, writing: Writing, told: Told, sized: Told
) -> None:
    schema, _, found = shape
    kept = {table: size for table, size in found.items() if table not in FLEETING}
    for table, size in kept.items():
        sized(table, size)
    for table in kept:
        _write_table(connection, schema, table, writing, told)


@contextmanager
def _snapshot(connection: Connection) -> Iterator[Shape]:
    """A transaction that sees one state: its schema, migrations, and tables with their sizes.

    The tables are locked against other shapes before the snapshot is taken, so that it shows what
    the migrations say; if a migration came in between, it is looked at anew.
    """
    for _ in range(_ATTEMPTS):
        before = _shape(connection)
        try:
            with connection.transaction():
                connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                names = (sql.Identifier(before[0], table) for table in before[2])
                connection.execute(
                    sql.SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(sql.SQL(", ").join(names))
                )
                shape = _shape(connection)
                if (shape[1], set(shape[2])) == (before[1], set(before[2])):
                    yield shape
                    return
        except failures.UndefinedTable:
            continue
    raise Refused(errors.BUSY)


def _shape(connection: Connection) -> Shape:
    schema = tables.schema_of(connection)
    migrations = () if schema is None else tables.applied(connection, schema)
    if schema is None or not migrations:
        raise Refused(errors.NOTHING_TO_BACK_UP)
    return schema, migrations, tables.tables(connection, schema, tables.ours(migrations))


def _write_table(
    connection: Connection, schema: str, table: str, writing: Writing, told: Told
) -> None:
    columns = tables.columns(connection, schema, table)
    statement = sql.SQL("COPY {} ({}) TO STDOUT").format(
        sql.Identifier(schema, table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor:

        def pieces() -> Iterator[bytes]:
            with cursor.copy(statement) as copy:
                for piece in _together(copy):
                    told(table, len(piece))
                    yield piece

        writing.table(table, columns, pieces(), lambda: cursor.rowcount)


def _together(rows: psycopg.Copy) -> Iterator[bytes]:
    """The rows, which come one by one, in pieces that are worth the while."""
    waiting: list[bytes | bytearray | memoryview] = []
    size = 0
    for row in rows:
        waiting.append(row)
        size += len(row)
        if size >= PIECE:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)


def _sequences(connection: Connection, schema: str, pattern: str) -> Iterator[Sequence]:
    for name in tables.sequences(connection, schema, pattern):
        ((value, given),) = connection.execute(
            sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(schema, name))
        ).fetchall()
        yield Sequence(name, value, given)
