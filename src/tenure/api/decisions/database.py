"""A connection to the database that comes back by itself and never keeps anybody waiting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import asyncpg
import structlog

from tenure.access.queries import decisions as sql

CONNECT_SECONDS: Final = 2.0
STATEMENT_SECONDS: Final = 2.0
_OURS: Final = frozenset({"connect_timeout", "keepalives", "keepalives_idle", "channel_binding"})
"""Options that libpq knows and asyncpg would hand to the server."""
_SESSION: Final = {
    "application_name": "tenure decide",
    "enable_seqscan": "off",  # where there is an index; a plan outlives the size of a table
    "jit": "off",
    "plan_cache_mode": "force_generic_plan",
    "synchronous_commit": "off",  # the little that is written can be told again
    "timezone": "UTC",
}
_SERVER: Final = "SELECT pg_postmaster_start_time(), pg_stat_get_bgwriter_stat_reset_time()"
"""What is another after a start; the second also after one that a crash made without us."""
_FAILURES: Final = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
_log = structlog.get_logger("tenure.decide")


class Unreachable(Exception):
    """The database did not answer, or not in time."""


def statement(text: str) -> str:
    """One of the statements of ``access.queries.decisions`` as asyncpg writes arguments."""
    return text.format("$1", "$2", "$3")


CHANGED: Final = statement(sql.CHANGED)
KEYS: Final = statement(sql.KEYS)
ORGANISATIONS: Final = statement(sql.ORGANISATIONS)
CATALOGUE: Final = statement(sql.CATALOGUE)
SUBJECTS: Final = statement(sql.SUBJECTS)
USED: Final = statement(sql.USED)
POLICY: Final = "SELECT source FROM orders_policyversion ORDER BY number DESC LIMIT 1"


class Link:
    """One connection, made when it is needed and made anew when it broke.

    ``connected`` is told of every connection, with what names its server since it was last started.
    """

    def __init__(self, url: str, connected: Callable[[object], None]) -> None:
        self._url = without_foreign_options(url)
        self._connected = connected
        self._connection: asyncpg.Connection | None = None
        self._prepared: dict[str, Any] = {}

    async def rows(self, text: str, *arguments: object) -> Sequence[Any]:
        """The rows of a statement that may be asked twice; raises ``Unreachable``.

        A connection that was lost while it was idle says so only when it is used; then a new one
        is tried at once. A statement that takes too long is not tried again.
        """
        fresh = self._connection is None
        try:
            return await self._ask(text, arguments)
        except TimeoutError as error:
            raise self._broken(error) from error
        except _FAILURES as error:
            if fresh:
                raise self._broken(error) from error
            self._drop()
        try:
            return await self._ask(text, arguments)
        except _FAILURES as error:
            raise self._broken(error) from error

    async def close(self) -> None:
        """End the connection, if there is one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                await connection.close(timeout=STATEMENT_SECONDS)
            except _FAILURES:
                connection.terminate()

    async def _ask(self, text: str, arguments: Sequence[object]) -> Sequence[Any]:
        if self._connection is None:
            await self._connect()
        prepared = self._prepared.get(text)
        if prepared is None:
            assert self._connection is not None  # noqa: S101 - made above
            name = f"tenure_{len(self._prepared)}"  # without one, it is planned every time
            prepared = await self._connection.prepare(text, name=name, timeout=STATEMENT_SECONDS)
            self._prepared[text] = prepared
        rows: Sequence[Any] = await prepared.fetch(*arguments, timeout=STATEMENT_SECONDS)
        return rows

    async def _connect(self) -> None:
        connection = await asyncpg.connect(
            self._url,
            timeout=CONNECT_SECONDS,
            command_timeout=STATEMENT_SECONDS,
            server_settings=_SESSION,
            statement_cache_size=0,
        )
        self._connection = connection
        self._connected(tuple(await connection.fetchrow(_SERVER)))

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        self._prepared = {}
        if connection is not None:
            connection.terminate()

    def _broken(self, error: BaseException) -> Unreachable:
        self._drop()
        _log.warning("database.unavailable", error=str(error) or type(error).__name__)
        return Unreachable()


def without_foreign_options(url: str) -> str:
    """``url`` without what only libpq understands."""
    parts = urlsplit(url)
    options = [(name, value) for name, value in parse_qsl(parts.query) if name not in _OURS]
    return urlunsplit(parts._replace(query=urlencode(options)))
