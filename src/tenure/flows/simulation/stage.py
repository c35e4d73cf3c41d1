"""Where simulations are played: one database for each, cloned from one that was made ready once."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Final, Self

from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from tenure.flows.simulation.rulebook.goods import catalogue_text

PLAYED: Final = "simulation_played"


def _ready() -> str:
    """The name of a database made ready by these migrations and this catalogue."""
    leaves = sorted(MigrationLoader(None).graph.leaf_nodes())
    return f"simulation_{sha256(f'{leaves}{catalogue_text()}'.encode()).hexdigest()[:16]}"


class Stage:
    """Databases on the server that Django is connected to, whose own database stays as it is.

    ``make_ready`` fills an empty one, once for each server.
    """

    def __init__(self, make_ready: Callable[[], None]) -> None:
        self._home = str(connection.settings_dict["NAME"])
        self._make_ready = make_ready
        self._ready = _ready()
        self._sets = 0

    def __enter__(self) -> Self:
        if not self._exists(self._ready):
            draft = f"{self._ready}_draft"
            self._sql("DROP DATABASE IF EXISTS {}", draft)
            self._sql("CREATE DATABASE {}", draft)
            self._use(draft)
            self._make_ready()
            self._use(self._home)
            self._sql("ALTER DATABASE {} RENAME TO {}", draft, self._ready)
        return self

    def __exit__(self, *_: object) -> None:
        self._use(self._home)
        for number in range(self._sets):
            self._sql("DROP DATABASE IF EXISTS {}", f"{PLAYED}_{number}")

    def set_up(self, sets: int) -> None:
        """So many databases, in each of which nothing has happened yet; in none of them now."""
        self._use(self._home)
        self._sets = max(self._sets, sets)
        for number in range(sets):
            self._sql("DROP DATABASE IF EXISTS {}", f"{PLAYED}_{number}")
            self._sql("CREATE DATABASE {} TEMPLATE {}", f"{PLAYED}_{number}", self._ready)
        connections.close_all()

    def enter(self, number: int) -> None:
        """Be in one of them."""
        self._use(f"{PLAYED}_{number}")

    def clear(self) -> None:
        """Be in one in which nothing has happened yet."""
        self.set_up(1)
        self.enter(0)

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
