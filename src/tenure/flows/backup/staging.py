"""Builds the restored state beside the present one, in a schema of its own.

There it is made as its migrations left it, filled, brought up to date and checked, with as many
transactions as that takes; the present state is not touched meanwhile, and whoever is killed here
leaves only a schema that the next restore drops.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db import connection as django_connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.graph import MigrationGraph
from psycopg import errors as failures
from psycopg import sql

from tenure.base.errors import Refused
from tenure.flows.backup import errors, tables
from tenure.flows.backup.archive import Backup, Told
from tenure.flows.backup.manifest import Manifest, Part
from tenure.flows.backup.tables import FLEETING, Connection
from tenure.flows.backup.taking import ONE_AT_A_TIME
from tenure.host.garbage import FOR_BATCHES

STAGING: Final = "tenure_restoring"
_STREAMS: Final = "events_stream"
"""Its trigger alone stays on: who wrote a stream is a number of this server's, not of that one's
on which the backup was made."""
_FOREIGN_KEYS: Final = """
SELECT relname, conname, pg_get_constraintdef(pg_constraint.oid)
FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
WHERE contype = 'f' AND relnamespace = %s::regnamespace
"""


def lock_alone(connection: Connection) -> None:
    """Be the one restore, without a backup at the same time, until the connection ends."""
    ((alone,),) = connection.execute("SELECT pg_try_advisory_lock(%s)", [ONE_AT_A_TIME]).fetchall()
    if not alone:
        raise Refused(errors.BUSY)


def refuse_data(connection: Connection, schema: str) -> None:
    """Raises ``Refused`` where the installation holds what somebody made."""
    pattern = tables.ours(tables.applied(connection, schema))
    found = tables.filled(connection, schema, list(tables.tables(connection, schema, pattern)))
    if found:
        few = ", ".join(found[:3])
        raise Refused(errors.HAS_DATA, what=few + (", …" if len(found) > 3 else ""))


@contextmanager
def staging(connection: Connection, backup: Backup) -> Iterator[None]:
    """An empty schema to build in; it is gone after the block, as one is that was left over.

    What the database says no to within the block is raised as ``Refused``.
    """
    with _refusals(backup):
        _drop(connection)
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(STAGING)))
    try:
        with _refusals(backup):
            yield
    finally:
        if not connection.broken:
            _drop(connection)


@contextmanager
def django_in_staging() -> Iterator[None]:
    """Whatever Django does within the block it does to the state that is built.

    Every connection that it makes, in any thread, knows the one schema alone.
    """
    options = connections.settings[DEFAULT_DB_ALIAS]["OPTIONS"]
    before = options.get("options", "")
    connections.close_all()
    options["options"] = f"{before} -c search_path={STAGING}"
    try:
        with django_connection.cursor() as cursor:
            cursor.execute("SELECT current_schema()")
            if cursor.fetchone() != (STAGING,):  # a pooler that drops what a session is set to
                raise Refused(errors.NO_RIGHT, why="search_path")
        yield
    finally:
        connections.close_all()
        options["options"] = before


def build(manifest: Manifest, *, file: str, ours: str) -> None:
    """Make the schema as the backup's migrations left it; within ``django_in_staging``.

    Raises ``Refused`` where a migration is not known: then the backup is a newer Tenure's.
    """
    executor = MigrationExecutor(django_connection)
    graph = executor.loader.graph
    instead = {
        old: new
        for new, migration in executor.loader.disk_migrations.items()
        for old in migration.replaces
    }
    had = {(app, name) for app, _, name in (each.partition(".") for each in manifest.migrations)}
    unknown = sorted(had - set(graph.nodes) - set(instead))
    if unknown:
        what = ".".join(unknown[0])
        raise Refused(errors.OF_NEWER, file=file, made_by=manifest.version, ours=ours, what=what)
    wanted = {node if node in graph.nodes else instead[node] for node in had}
    with _looking_seldom():
        executor.migrate([node for node in sorted(wanted) if not wanted & set(_next(graph, node))])
    done = set(MigrationExecutor(django_connection).loader.applied_migrations)
    if strange := sorted(done - wanted - had):
        raise Refused(errors.NOT_FITTING, file=file, what=".".join(strange[0]))


@contextmanager
def _looking_seldom() -> Iterator[None]:
    """Migrations make classes by the thousand, which Python would count again and again."""
    before = gc.get_threshold()
    gc.set_threshold(*FOR_BATCHES)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _next(graph: MigrationGraph, node: tuple[str, str]) -> Iterator[tuple[str, str]]:
    """The migrations that build upon one."""
    return (child.key for child in graph.node_map[node].children)


def fill(connection: Connection, backup: Backup, told: Told) -> list[str]:
    """Load every table, and hold what belongs together against each other.

    Returns the tables that are none of Tenure's and were left out. Raises ``Refused``.
    """
    manifest = backup.manifest
    pattern = tables.ours(manifest.migrations)
    there = list(tables.tables(connection, STAGING, pattern))
    parts = {part.table: part for part in manifest.tables if part.table is not None}
    if missing := [name for name in there if name not in parts and name not in FLEETING]:
        raise Refused(errors.NOT_FITTING, file=str(backup.path), what=missing[0])
    with connection.transaction():
        connection.execute(sql.SQL("SET LOCAL search_path = {}").format(sql.Identifier(STAGING)))
        with _nothing_in_the_way(connection, there):
            for name in there:
                if name in parts and name not in FLEETING:
                    _load(connection, backup, parts[name], told)
        _set_sequences(connection, manifest)
    names = sql.SQL(", ").join(sql.Identifier(STAGING, name) for name in there)
    connection.execute(sql.SQL("ANALYZE {}").format(names))
    return [name for name in parts if name not in there]


@contextmanager
def _nothing_in_the_way(connection: Connection, there: Sequence[str]) -> Iterator[None]:
    """No foreign key and no trigger within the block, and empty tables to begin with.

    Keys are made anew in the end, which looks at all rows at once.
    """
    keys = connection.execute(_FOREIGN_KEYS, [STAGING]).fetchall()
    for table, name, _ in keys:
        _alter(connection, table, sql.SQL("DROP CONSTRAINT {}").format(sql.Identifier(name)))
    quiet = [name for name in there if name != _STREAMS]
    for table in quiet:
        _alter(connection, table, sql.SQL("DISABLE TRIGGER USER"))
    connection.execute(
        sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(map(sql.Identifier, there)))
    )
    yield
    for table in quiet:
        _alter(connection, table, sql.SQL("ENABLE TRIGGER USER"))
    for table, name, definition in keys:
        key = sql.SQL("ADD CONSTRAINT {} {}").format(sql.Identifier(name), sql.SQL(definition))
        _alter(connection, table, key)


def _alter(connection: Connection, table: str, change: sql.Composable) -> None:
    connection.execute(sql.SQL("ALTER TABLE {} {}").format(sql.Identifier(table), change))


def _load(connection: Connection, backup: Backup, part: Part, told: Told) -> None:
    name = str(part.table)
    if sorted(part.columns) != sorted(tables.columns(connection, STAGING, name)):
        raise Refused(errors.NOT_FITTING, file=str(backup.path), what=name)
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FREEZE)").format(
        sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, part.columns))
    )
    with connection.cursor() as cursor:
        with cursor.copy(statement) as copy:
            for piece in backup.pieces(part):
                copy.write(piece)
                told(name, len(piece))
        if cursor.rowcount != part.rows:
            raise Refused(errors.NOT_FITTING, file=str(backup.path), what=name)


def _set_sequences(connection: Connection, manifest: Manifest) -> None:
    there = set(tables.sequences(connection, STAGING, tables.ours(manifest.migrations)))
    for sequence in manifest.sequences:
        if sequence.name in there:
            connection.execute(
                "SELECT setval(%s::regclass, %s, %s)",
                [sql.Identifier(sequence.name).as_string(), sequence.value, sequence.given],
            )


def _drop(connection: Connection) -> None:
    name = sql.Identifier(STAGING)
    connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(name))


@contextmanager
def _refusals(backup: Backup) -> Iterator[None]:
    """What the database says no to, said so that it helps."""
    try:
        yield
    except (failures.InsufficientPrivilege, failures.InvalidSchemaName) as error:
        raise Refused(errors.NO_RIGHT, why=_first_line(error)) from error
    except (failures.DiskFull, failures.OutOfMemory) as error:
        raise Refused(errors.DISK_FULL, why=_first_line(error)) from error
    except failures.DependentObjectsStillExist as error:
        detail = error.diag.message_detail or _first_line(error)
        raise Refused(errors.DEPENDED_ON, what=detail.splitlines()[0]) from error
    except (psycopg.IntegrityError, psycopg.DataError) as error:
        raise Refused(errors.NOT_FITTING, file=str(backup.path), what=_first_line(error)) from error


def _first_line(error: psycopg.Error) -> str:
    return str(error).strip().splitlines()[0].rstrip(".")
