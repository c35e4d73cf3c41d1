"""Puts the restored state in the place of the present one: one transaction, all or nothing.

Whoever works in the database meanwhile waits for it. All other sessions are ended within it, so
that none has seen anything but what is there afterwards; what a process remembers of rows it
forgets when it connects again (``events.restored``, and the memory of decision nodes).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from psycopg import errors as failures
from psycopg import sql

from tenure.base.errors import Refused
from tenure.flows.backup import errors, tables
from tenure.flows.backup.staging import STAGING, refuse_data
from tenure.flows.backup.tables import Connection

_JOBS: Final = "procrastinate"
_PATIENCE: Final = 2
"""Seconds that others are given to finish what they are in the middle of, each time."""
_ATTEMPTS: Final = 10
_END_OTHERS: Final = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user
  AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
_END_HOLDERS: Final = """
SELECT count(pg_terminate_backend(activity.pid)) FROM pg_stat_activity AS activity
WHERE activity.datname = current_database() AND activity.usename = current_user
  AND activity.pid <> pg_backend_pid()
  AND EXISTS (
    SELECT FROM pg_locks JOIN pg_class ON pg_class.oid = relation
    WHERE pg_locks.pid = activity.pid AND granted AND relnamespace = %s::regnamespace
  )
"""


def swap(connection: Connection, schema: str, *, replace: bool, migrating: int) -> None:
    """Let what was built in the staging be the installation from now on.

    ``migrating`` is the number that is locked while migrations run. Raises ``Refused`` if others
    do not let go of the tables, or, unless told to ``replace``, have begun to fill them.
    """
    for _ in range(_ATTEMPTS):
        try:
            with connection.transaction():
                connection.execute(f"SET LOCAL lock_timeout = '{_PATIENCE}s'")
                connection.execute("SELECT pg_advisory_xact_lock(%s)", [migrating])
                _swap(connection, schema, replace=replace)
                connection.execute(_END_OTHERS)
        except (failures.LockNotAvailable, failures.DeadlockDetected):
            name = sql.Identifier(schema).as_string()
            connection.execute(_END_HOLDERS, [name])
        else:
            return
    raise Refused(errors.IN_USE, seconds=_PATIENCE * _ATTEMPTS)


def _swap(connection: Connection, schema: str, *, replace: bool) -> None:
    present, restored = tables.applied(connection, schema), tables.applied(connection, STAGING)
    pattern = tables.ours({*present, *restored})
    jobs = [[name for name in each if name.startswith(f"{_JOBS}.")] for each in (present, restored)]
    # Wake-ups and workers are not restored: where the tables are alike, those that run keep them.
    kept = f"{_JOBS}_" if sorted(jobs[0]) == sorted(jobs[1]) else None

    def leaves(name: str) -> bool:
        return kept is None or not name.startswith(kept)

    if present:
        names = sql.SQL(", ").join(
            sql.Identifier(schema, name)
            for name in tables.tables(connection, schema, pattern)
            if leaves(name)
        )
        connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(names))
        if not replace:
            refuse_data(connection, schema)
        of_rows = tables.functions(connection, schema, pattern, of_triggers=False)
        for signature in of_rows:  # what they return may be a table's rows
            if leaves(signature[0]):
                _run(connection, "DROP {} {}", "FUNCTION", schema, signature)
        connection.execute(sql.SQL("DROP TABLE {}").format(names))
    for kind, signature in _things(connection, schema, pattern):
        if leaves(signature[0]):
            _run(connection, "DROP {} {}", kind, schema, signature)
    for name in tables.tables(connection, STAGING, pattern):
        if leaves(name):
            _run(connection, "ALTER {} {} SET SCHEMA {}", "TABLE", STAGING, (name, None), schema)
    for kind, signature in _things(connection, STAGING, pattern):
        if leaves(signature[0]):
            _run(connection, "ALTER {} {} SET SCHEMA {}", kind, STAGING, signature, schema)


Signature = tuple[str, str | None]
"""A name, and for a function its arguments."""


def _things(connection: Connection, schema: str, pattern: str) -> Iterator[tuple[str, Signature]]:
    """What there is beside tables, in the order in which it can be dropped."""
    for of_triggers in (False, True):
        for each in tables.functions(connection, schema, pattern, of_triggers=of_triggers):
            yield "FUNCTION", each
    for name in tables.sequences(connection, schema, pattern, free=True):
        yield "SEQUENCE", (name, None)
    for name in tables.types(connection, schema, pattern):
        yield "TYPE", (name, None)


def _run(
    connection: Connection,
    text: str,
    kind: str,
    schema: str,
    signature: Signature,
    to: str | None = None,
) -> None:
    name, arguments = signature
    whole = sql.Identifier(schema, name).as_string()
    if arguments is not None:
        whole += f"({arguments})"
    last = [] if to is None else [sql.Identifier(to)]
    connection.execute(sql.SQL(text).format(sql.SQL(kind), sql.SQL(whole), *last))
