"""The embedded PostgreSQL server: started, watched, stopped; it dies with its parent."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Final
from urllib.parse import quote

from tenure.host.cluster import NAME, ROLE, SOCKET, Cluster
from tenure.host.errors import DATABASE_FAILED, LEFTOVERS, HostError
from tenure.host.processes import Pause, attempts, exit_status, is_alive, send, spawn, wait_for_exit

LEFTOVER_SECONDS: Final = 20
"""How long a start waits for what a killed predecessor left behind to die."""
_RECOVERY_SECONDS: Final = 300
_LOG_LIMIT: Final = 8_000_000
_OPTIONS: Final = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": "5432",
    "max_connections": "300",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "log_checkpoints": "off",
    "jit": "off",
    "random_page_cost": "1.1",
}
_FORGETFUL: Final = {"fsync": "off", "full_page_writes": "off"}
_STILL_HELD: Final = ("pre-existing shared memory block", "lock file")
"""What the server says when processes of an earlier one are still attached to its data."""


class Server:
    """One PostgreSQL on a cluster, listening on a Unix socket alone.

    ``durable=False`` trades what a crash of the machine would lose for speed: for tests.
    """

    def __init__(self, cluster: Cluster, *, durable: bool = True) -> None:
        self.cluster = cluster
        self.durable = durable
        self.pid = 0
        """The server's process; 0 while there is none."""

    @property
    def url(self) -> str:
        """The URL by which psycopg and asyncpg reach it; it holds the password."""
        password = quote(self.cluster.password, safe="")
        sockets = quote(str(self.cluster.sockets), safe="")
        return f"postgresql://{ROLE}:{password}@/{NAME}?host={sockets}&port=5432"

    def start(self, pause: Pause = time.sleep) -> None:
        """Start and wait until it answers, recovering from a crash if there was one.

        Raises ``HostError`` if it does not come up, or if an earlier one does not go away.
        """
        for _ in attempts(LEFTOVER_SECONDS, pause):
            if self._predecessor() is not None:
                continue
            tail = self._try(pause)
            if tail is None:
                return
            if not any(words in tail for words in _STILL_HELD):
                raise HostError(DATABASE_FAILED, log=self.cluster.log, tail=tail)
        raise HostError(
            LEFTOVERS, path=self.cluster.home, seconds=LEFTOVER_SECONDS, what="PostgreSQL"
        )

    def stop(self, pause: Pause = time.sleep, *, seconds: float = 20) -> None:
        """Stop cleanly; what has not ended after ``seconds`` is cut short, which loses nothing."""
        short = min(seconds, 5.0)
        steps = ((signal.SIGINT, seconds), (signal.SIGQUIT, short), (signal.SIGKILL, 5.0))
        for number, patience in steps:
            if self.pid == 0:
                return
            send(self.pid, number)
            if wait_for_exit(self.pid, seconds=patience, pause=pause) is not None:
                self.pid = 0

    def _try(self, pause: Pause) -> str | None:
        """Start once: ``None`` when it answers, or what it said before it gave up."""
        with _log(self.cluster.log).open("ab") as output:
            before = output.tell()
            self.pid = spawn(
                self._command(),
                death_signal=signal.SIGINT,
                environ={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                user=self.cluster.user,
                output=output.fileno(),
                errors=output.fileno(),
            )
        for _ in attempts(_RECOVERY_SECONDS, pause):
            if self._answers():
                return None
            if exit_status(self.pid) is not None:
                self.pid = 0
                break
        else:
            self.stop(pause)
        return self.cluster.log.read_bytes()[before:].decode(errors="replace")[-2000:]

    def _command(self) -> list[str | Path]:
        sockets = str(self.cluster.sockets).replace('"', '""')
        options = _OPTIONS | {"unix_socket_directories": f'"{sockets}"'}
        if not self.durable:
            options |= _FORGETFUL
        pairs = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        return [self.cluster.binaries.directory / "postgres", "-D", self.cluster.data, *pairs]

    def _answers(self) -> bool:
        lines = self._pid_file()
        return len(lines) > 7 and lines[0] == str(self.pid) and lines[7].startswith("ready")

    def _predecessor(self) -> int | None:
        """The pid of an earlier server that still runs on these data.

        The number in a stale file may meanwhile be somebody else's, which PostgreSQL would take
        for a server; its parent's number it does not mind. The file itself must stay: it is how
        PostgreSQL finds processes that outlived their server.
        """
        lines = self._pid_file()
        if not lines or not lines[0].isdigit():
            return None
        pid = int(lines[0])
        if is_alive(pid) and _works_in(pid, self.cluster.data):
            return pid
        path = self.cluster.data / "postmaster.pid"
        path.write_text("\n".join([str(os.getpid()), *lines[1:], ""]), encoding="utf-8")
        for name in (SOCKET, f"{SOCKET}.lock"):
            (self.cluster.sockets / name).unlink(missing_ok=True)
        return None

    def _pid_file(self) -> list[str]:
        try:
            text = (self.cluster.data / "postmaster.pid").read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        return text.splitlines()


def _works_in(pid: int, directory: Path) -> bool:
    """Whether a process has ``directory`` as its working directory, as a server has its data."""
    try:
        return Path(f"/proc/{pid}/cwd").samefile(directory)
    except OSError:  # gone meanwhile, or somebody else's: not a server of these data
        return False


def _log(path: Path) -> Path:
    """The log, after the one before was put aside if it had grown long."""
    if path.exists() and path.stat().st_size > _LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))
    return path
