"""Finding the running installation by its data directory, or being it for a while.

Who holds ``lock`` in the data directory is the installation: ``tenure serve``, or a command that
started the database for its own duration. It says in ``running.json`` where the database is, and
since the lock goes with its holder, nobody mistakes what a dead one said for the truth. Other
commands use that database and hold ``users`` together meanwhile; a command that owns the database
and is done before them waits for them.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final, Literal, Self

from tenure.host.cluster import POINTER, open_cluster
from tenure.host.errors import DATA_DIR_IN_USE, NOTHING_INSTALLED, HostError
from tenure.host.locks import FileLock
from tenure.host.postgres import LEFTOVER_SECONDS, Server
from tenure.host.private_files import private_directory, write_private
from tenure.host.processes import Pause, attempts
from tenure.host.settings import Settings

Kind = Literal["serve", "command"]
_STATE: Final = "running.json"
BEGIN_ANEW: Final = signal.SIGUSR1
"""Asks who serves to start its parts anew."""


@dataclass(frozen=True, slots=True)
class Running:
    """What the holder of a data directory tells others about itself."""

    kind: Kind
    pid: int
    database_url: str | None = field(default=None, repr=False)
    """``None`` until the database answers."""
    public_url: str | None = None
    decide_url: str | None = None


class Hold:
    """A data directory, held by this process from ``take`` until the block ends."""

    def __init__(self, data_dir: Path, kind: Kind) -> None:
        self._kind = kind
        self._state = private_directory(data_dir) / _STATE
        self._lock = FileLock(data_dir / "lock")
        self._users = FileLock(data_dir / "users")
        self._taken = False
        self.after_a_kill = False
        """Whether the holder before could not tidy up; some of it may still be dying."""

    def take(self) -> bool:
        """Take hold if nobody else has it; what a dead holder said about itself is forgotten."""
        self._taken = self._lock.take()
        if self._taken:
            self.after_a_kill = self._state.exists()
            self.tell()
        return self._taken

    def tell(
        self,
        *,
        database_url: str | None = None,
        public_url: str | None = None,
        decide_url: str | None = None,
    ) -> None:
        """Say where things are, from now on."""
        running = Running(self._kind, os.getpid(), database_url, public_url, decide_url)
        write_private(self._state, json.dumps(asdict(running), indent=1))

    def wait_for_users(self) -> None:
        """Wait until no other command uses the database, and let no new one begin."""
        self._users.take(wait=True)
        self.tell()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._taken:
            self._state.unlink(missing_ok=True)
        self._lock.release()
        self._users.release()


def hold_for_serving(held: Hold, data_dir: Path, *, pause: Pause = time.sleep) -> None:
    """Take hold of ``data_dir`` for ``tenure serve``.

    Another one that serves stays, so there is no waiting for it; a command will soon be done.
    Raises ``HostError``, naming the holder.
    """
    holder: Running | None = None
    for _ in attempts(LEFTOVER_SECONDS, pause):
        if held.take():
            return
        holder = _read_state(data_dir)
        if holder is not None and holder.kind == "serve":
            break
    raise HostError(DATA_DIR_IN_USE, path=data_dir, pid=holder.pid if holder else "?")


def find_running(data_dir: Path) -> Running | None:
    """What runs on ``data_dir`` at this moment, if anything does."""
    if not data_dir.exists():
        return None
    with FileLock(data_dir / "lock") as lock:
        return None if lock.take(shared=True) else _read_state(data_dir)


def begin_anew(data_dir: Path) -> bool:
    """Let the parts of what serves ``data_dir`` start anew; whether anything serves it."""
    running = find_running(data_dir)
    if running is None or running.kind != "serve":
        return False
    os.kill(running.pid, BEGIN_ANEW)
    return True


@contextmanager
def database(
    settings: Settings, *, must_exist: bool = False, pause: Pause = time.sleep
) -> Iterator[str]:
    """The URL of the installation's database, for as long as the block lasts.

    That is ``DATABASE_URL`` if it is set, else the database of what runs on the data directory,
    else the embedded one, started here and stopped in the end; it is made if there was none,
    unless it ``must_exist``. Raises ``HostError``.
    """
    if settings.database_url is not None:
        yield settings.database_url
        return
    if must_exist and not (settings.data_dir / POINTER).exists():
        raise HostError(NOTHING_INSTALLED, path=settings.data_dir)
    with (
        Hold(settings.data_dir, "command") as held,
        FileLock(settings.data_dir / "users") as users,
    ):
        url = _take_or_join(held, users, settings.data_dir, pause)
        if url is not None:
            yield url
        else:
            yield from _own_database(held, settings, pause)


def _take_or_join(held: Hold, users: FileLock, data_dir: Path, pause: Pause) -> str | None:
    """The URL of a database that runs already, or ``None`` with hold taken to start it."""
    for _ in attempts(LEFTOVER_SECONDS, pause):
        if held.take():
            return None
        users.take(shared=True, wait=True)
        running = _read_state(data_dir)
        if running is not None and running.database_url is not None:
            return running.database_url
        users.release()  # it is coming up, or going down
    raise HostError(DATA_DIR_IN_USE, path=data_dir, pid=running.pid if running else "?")


def _own_database(held: Hold, settings: Settings, pause: Pause) -> Iterator[str]:
    """Start the embedded database; stop it when neither this command nor another needs it."""
    server = Server(open_cluster(settings.data_dir, settings.server_dir, pause=pause))
    server.start(pause)
    try:
        held.tell(database_url=server.url)
        try:
            yield server.url
        finally:
            held.wait_for_users()
    finally:
        server.stop(pause)


def _read_state(data_dir: Path) -> Running | None:
    try:
        return Running(**json.loads((data_dir / _STATE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
