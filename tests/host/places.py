"""Directories for installations under test, and what still runs in them."""

from __future__ import annotations

import atexit
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from tenure.host.binaries import find_binaries, readable_copy
from tenure.host.cluster import Cluster, open_cluster
from tenure.host.postgres import Server
from tenure.host.private_files import write_private
from tenure.host.processes import attempts
from tests.installation import fast_directory
from tests.patience import PATIENCE

MARK = "TENURE_TEST_PLACE"


class Place:
    """A data directory and a server directory of their own, marked so that processes are found."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data_dir = path / "data"
        self.server_dir = path / "server"

    @property
    def environ(self) -> dict[str, str]:
        """For programs that work on this place."""
        unwanted = {"DATABASE_URL", "DATABASE_URL_FILE", "TENURE_PUBLIC_URL"}
        inherited = {name: value for name, value in os.environ.items() if name not in unwanted}
        return inherited | {
            MARK: str(self.path),
            "TENURE_DATA_DIR": str(self.data_dir),
            "TENURE_SERVER_DIR": str(self.server_dir),
            "LC_ALL": "C.UTF-8",
        }

    def cluster(self) -> Cluster:
        """Its embedded database, made if need be."""
        return open_cluster(self.data_dir, self.server_dir, durable=False)

    def server(self) -> Server:
        """A server of it, not started."""
        return Server(self.cluster(), durable=False)

    def python(self, *arguments: str) -> list[str]:
        """The command line of Python with ``arguments``."""
        return [sys.executable, *arguments]

    def popen(self, *arguments: str) -> subprocess.Popen[str]:
        """Start Python on this place."""
        return subprocess.Popen(
            self.python(*arguments),
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )

    def survivors(self) -> list[str]:
        """The command lines of processes that belong to this place."""
        return [_command(pid) for pid in self._pids()]

    def pids(self, words: str) -> list[int]:
        """The processes of this place whose command line holds ``words``."""
        return [pid for pid in self._pids() if words in _command(pid)]

    def is_deserted(self, seconds: float = PATIENCE) -> bool:
        """Whether nothing of this place runs, at the latest after ``seconds``."""
        return eventually(lambda: not self.survivors(), seconds)

    def furnish(self) -> None:
        """Put a database there as if it had been made there, which takes longer."""
        model = _model()
        pointer = json.loads((model.data_dir / "database.json").read_text())
        self.data_dir.mkdir(mode=0o700)
        home = self.data_dir / "database"
        if os.geteuid() == 0:
            home = self.server_dir / "home"
            pointer["home"] = str(home)
        subprocess.run(["cp", "-a", model.cluster().home, home], check=True)
        write_private(self.data_dir / "database.json", json.dumps(pointer))

    def end(self) -> None:
        """Kill what runs, and remove everything."""
        for pid in self._pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.is_deserted()
        shutil.rmtree(self.path, ignore_errors=True)

    def _pids(self) -> list[int]:
        numbers = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
        return [pid for pid in numbers if pid != os.getpid() and self._owns(pid)]

    def _owns(self, pid: int) -> bool:
        """By its environment, or, for PostgreSQL, which gets none of it, by where it works."""
        mark = f"{MARK}={self.path}\0".encode()
        try:
            if mark in Path(f"/proc/{pid}/environ").read_bytes():
                return True
            return Path(f"/proc/{pid}/cwd").readlink().is_relative_to(self.path)
        except OSError:
            return False


@contextmanager
def new_place(name: str = "", *, furnished: bool = False) -> Iterator[Place]:
    """A place of its own, emptied in the end; ``name`` lengthens its path."""
    base = Path(fast_directory()) / f"tenure-host-{secrets.token_hex(4)}"
    path = base / name
    path.mkdir(parents=True)
    for directory in (base, path):
        directory.chmod(0o711)  # as root the server runs as another user, who must get through
    place = Place(path)
    if os.geteuid() == 0:
        place.server_dir.mkdir()
        (place.server_dir / _programs().name).symlink_to(_programs())
    if furnished:
        place.furnish()
    try:
        yield place
    finally:
        place.end()
        shutil.rmtree(base, ignore_errors=True)


@cache
def _programs() -> Path:
    """One copy of the server's programs for all places of this run."""
    directory = Path(tempfile.mkdtemp(prefix="tenure-host-programs-", dir=fast_directory()))
    directory.chmod(0o711)
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    copy = readable_copy(find_binaries(), directory)
    return next(parent for parent in copy.directory.parents if parent.parent == directory)


@cache
def _model() -> Place:
    """A place with a database, for all furnished ones of this run."""
    opened = new_place()
    place = opened.__enter__()
    atexit.register(opened.__exit__, None, None, None)
    place.cluster()
    return place


def eventually(holds: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Whether ``holds`` comes true within ``seconds``."""
    return any(holds() for _ in attempts(seconds))


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    except OSError:
        return ""
