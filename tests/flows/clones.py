"""Databases that begin as a copy of the tests' own, and Django over them for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection, connections
from psycopg import errors, sql

from tenure.host.processes import attempts
from tests.api.decisions.ports import database_url
from tests.patience import PATIENCE

_ALONE = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = %s AND usename = current_user AND pid <> pg_backend_pid()
"""


@contextmanager
def clone(name: str) -> Iterator[str]:
    """A copy of the database that Django uses now; gives the name, and drops it in the end.

    Nobody may be in a database that is copied: whoever is, a node of other tests, comes back.
    """
    source = str(connection.settings_dict["NAME"])
    made = f"{source}_{name}"
    home = database_url().rpartition("/")[2].partition("?")[0]
    connections.close_all()
    url = database_url().replace(f"/{home}", "/postgres", 1)
    with psycopg.connect(url, autocommit=True) as server:
        for _ in attempts(PATIENCE):
            server.execute(_ALONE, [source])
            try:
                server.execute(
                    sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                        sql.Identifier(made), sql.Identifier(source)
                    )
                )
                break
            except errors.ObjectInUse:
                continue
        try:
            yield made
        finally:
            connections.close_all()
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(made)))


@contextmanager
def django_over(name: str) -> Iterator[str]:
    """Django's connections lead to the database ``name``; gives its URL."""
    before = connection.settings_dict["NAME"]
    connections.close_all()
    connection.settings_dict["NAME"] = name
    try:
        yield database_url()
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = before
