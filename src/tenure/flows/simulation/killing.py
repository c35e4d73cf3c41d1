"""Processes that are killed: a child does the work, and SIGKILL ends it at a point of it.

Nothing of it is pretended: the kernel ends the process, and PostgreSQL finds the connection gone,
maybe in the middle of a transaction. What the child had learnt goes with it.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from mmap import mmap
from typing import Final, NoReturn

from django.db import connection

from tenure.flows.simulation.faults import Died, Doom

_NAME: Final = "doomed"
_COUNTS: Final = 2


class ChildFailedError(Exception):
    """The child ended otherwise than by its work or by its kill."""


class _Killed(Doom):
    """Counts where the parent reads it, and ends the process as nothing can prevent."""

    def __init__(self, left: int, counts: mmap) -> None:
        self._counts = counts
        super().__init__(left)

    def dies(self) -> NoReturn:
        self._counts[0], self._counts[1] = self.committed, self.called
        os.kill(os.getpid(), signal.SIGKILL)
        raise Died


def killed_in(work: Callable[[], str], points: int, doom: Doom) -> str | None:
    """What ``work`` says in a child that is killed at its point ``points``, if it has so many.

    None if it was killed; ``doom`` is told how far it had come. Raises ``ChildFailedError``.
    """
    with mmap(-1, _COUNTS) as counts:
        out, into = os.pipe()
        child = os.fork()
        if child == 0:
            _be_killed(work, _Killed(points, counts), into)
        os.close(into)
        with os.fdopen(out, encoding="utf-8") as told:
            said = told.read()
        _, status = os.waitpid(child, 0)
        wait_for_the_dead()
        ended = os.waitstatus_to_exitcode(status)
        if ended == -signal.SIGKILL:
            doom.committed, doom.called = counts[0], counts[1]
            return None
    if ended != 0:
        raise ChildFailedError(said)
    return said


def _be_killed(work: Callable[[], str], doom: Doom, into: int) -> NoReturn:
    """In the child: never returns."""
    said, status = "", 1
    try:
        leave_connection()
        with connection.execute_wrapper(doom):
            said = work()
        status = 0
    finally:
        if (error := sys.exception()) is not None:
            said = f"{type(error).__name__}: {error}"
        os.write(into, said.encode())
        os._exit(status)


_left: list[object] = []


def leave_connection() -> None:
    """In a child: the parent's connection stays open, for the parent, and the child has its own,
    those of its threads too, with a name by which they are waited for."""
    _left.append(connection.connection)
    connection.connection = None
    options = connection.settings_dict["OPTIONS"]
    connection.settings_dict["OPTIONS"] = {**options, "application_name": _NAME}


def wait_for_the_dead() -> None:
    """Until the server has noticed that a child is gone: what it had locked is free then."""
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE application_name = %s AND datname = current_database()",
                [_NAME],
            )
            if cursor.fetchone() == (0,):
                return
