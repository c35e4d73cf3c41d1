"""What a process remembers of rows, forgotten when another state was put in the place of theirs.

A restore ends every session of the database, so that whoever goes on has to connect again; and the
tables are then other tables, also where their rows have the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.db.backends.signals import connection_created

_forget: Final[list[Callable[[], None]]] = []
_seen: Final[dict[str, object]] = {}


def forgotten_when_restored(forget: Callable[[], None]) -> None:
    """From now on call ``forget`` whenever a connection finds that the state was restored."""
    _forget.append(forget)


def _look(connection: Any, **_: Any) -> None:
    """The one thing that Django itself tells nobody but by a signal: there is a connection."""
    ((table,),) = connection.connection.execute(
        "SELECT to_regclass('events_stream')::oid"
    ).fetchall()
    before = _seen.get(connection.alias)
    _seen[connection.alias] = table
    if before is not None and before != table:
        for forget in _forget:
            forget()


connection_created.connect(_look)
