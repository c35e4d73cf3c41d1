"""Where simulations are played: one database for each, cloned from one that was made ready once."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection, connections
from psycopg import sql

READY = "simulation_ready"
PLAYED = "simulation_played"


class Stage:
    """Databases on the server that Django is connected to, whose own database stays as it is.

    ``make_ready`` fills an empty one, once for each server.
    """

    def __init__(self, make_ready: Callable[[], None]) -> None:
        self._home = str(connection.settings_dict["NAME"])
        self._make_ready = make_ready

    def __enter__(self) -> Stage:
        if not self._exists(READY):
            draft = f"{READY}_draft"
            self._sql("DROP DATABASE IF EXISTS {}", draft)
            self._sql("CREATE DATABASE {}", draft)
            self._use(draft)
            self._make_ready()
            self._use(self._home)
            self._sql("ALTER DATABASE {} RENAME TO {}", draft, READY)
        return self

    def __exit__(self, *_: object) -> None:
        self._use(self._home)
        self._sql("DROP DATABASE IF EXISTS {}", PLAYED)

    def clear(self) -> None:
        """Be in a database that is as if nothing had happened yet."""
        self._use(self._home)
        self._sql("DROP DATABASE IF EXISTS {}", PLAYED)
        self._sql("CREATE DATABASE {} TEMPLATE {}", PLAYED, READY)
        self._use(PLAYED)

    def _exists(self, name: str) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            return cursor.fetchone() is not None

    def _use(self, name: str) -> None:
        connections.close_all()
        connection.settings_dict["NAME"] = name

    def _sql(self, text: str, *names: str) -> None:
        statement = sql.SQL(text).format(*map(sql.Identifier, names))
        with connection.cursor() as cursor:
            cursor.execute(statement)
