"""Where the embedded database lives: made once, found again by a pointer in the data directory.

An ordinary user has all of it in the data directory. PostgreSQL refuses to run as root, and the
user it runs as instead could enter neither a data directory of root's nor a virtual environment
under root's home: so there the data and a copy of the binaries lie in a directory of the system
(``TENURE_SERVER_DIR``), owned by a uid that belongs to nobody else.
"""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import secrets
import shutil
import signal
import stat
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tenure.host.binaries import Binaries, find_binaries, readable_copy
from tenure.host.errors import (
    DATA_DIR_NOT_YOURS,
    DATA_DIR_UNUSABLE,
    DATABASE_FAILED,
    DATABASE_LOST,
    HostError,
)
from tenure.host.private_files import private_directory, write_private
from tenure.host.processes import Pause, exit_status, spawn

POINTER: Final = "database.json"
ROLE: Final = "tenure"
NAME: Final = "tenure"
SOCKET: Final = ".s.PGSQL.5432"
_LONGEST_SOCKET: Final = 107
_OWN_UIDS: Final = range(60706, 61184)
"""Uids that neither distributions nor systemd give away."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """An initialised PostgreSQL, ready to be started."""

    home: Path
    """Holds ``data`` and the log, and belongs to ``user``."""
    sockets: Path
    binaries: Binaries
    user: int | None
    """The uid that it runs as, where that is not the caller's own."""
    password: str = field(repr=False)

    @property
    def data(self) -> Path:
        """PostgreSQL's own directory."""
        return self.home / "data"

    @property
    def log(self) -> Path:
        """What the server writes about itself."""
        return self.home / "postgres.log"


@dataclass(frozen=True, slots=True)
class _Pointer:
    """What the data directory keeps about its database, readable by its owner alone."""

    home: str | None
    """Where it lives; ``None``: in the data directory itself, which may be moved."""
    password: str
    superuser_password: str
    made: bool

    @classmethod
    def read(cls, path: Path) -> _Pointer:
        return cls(**json.loads(path.read_text(encoding="utf-8")))

    def write(self, path: Path) -> None:
        fields = {name: getattr(self, name) for name in self.__slots__}
        write_private(path, json.dumps(fields, indent=1))


def open_cluster(
    data_dir: Path, server_dir: Path, *, pause: Pause = time.sleep, durable: bool = True
) -> Cluster:
    """The embedded database of ``data_dir``, made if it does not exist yet.

    The caller holds the lock of ``data_dir``. ``durable=False`` makes it without waiting for the
    disk: for tests. Raises ``HostError`` if the data belong to somebody
    else, are missing where the pointer says, or cannot be made.
    """
    path = private_directory(data_dir) / POINTER
    if path.exists():
        _must_be_own(path)
        pointer = _Pointer.read(path)
    else:
        home = None if os.geteuid() else str(server_dir / secrets.token_hex(6))
        pointer = _Pointer(home, secrets.token_urlsafe(24), secrets.token_urlsafe(24), made=False)
        pointer.write(path)
    home_path = data_dir / "database" if pointer.home is None else Path(pointer.home)
    if not pointer.made:
        _make(home_path, pointer, pause, () if durable else ("--no-sync", "--wal-segsize=1"))
        pointer = _Pointer(pointer.home, pointer.password, pointer.superuser_password, made=True)
        pointer.write(path)
    return _cluster(home_path, pointer.password, path)


def discard_cluster(data_dir: Path) -> None:
    """Remove the stopped embedded database of ``data_dir`` for good, if there is one."""
    path = data_dir / POINTER
    if path.exists():
        home = _Pointer.read(path).home
        shutil.rmtree(data_dir / "database" if home is None else home, ignore_errors=True)
        path.unlink()


def _must_be_own(pointer: Path) -> None:
    owner = pointer.stat().st_uid
    if owner != os.geteuid():
        raise HostError(DATA_DIR_NOT_YOURS, path=pointer.parent, owner=_user_name(owner))


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _cluster(home: Path, password: str, pointer: Path) -> Cluster:
    version = home / "data" / "PG_VERSION"
    if not version.exists():
        raise HostError(DATABASE_LOST, pointer=pointer, path=home)
    binaries = find_binaries(major=int(version.read_text(encoding="utf-8")))
    owner = version.stat().st_uid
    user = None if owner == os.geteuid() else owner
    if user is not None:
        binaries = readable_copy(binaries, home.parent)
    return Cluster(home, _socket_directory(home, user), binaries, user, password)


def _socket_directory(home: Path, user: int | None) -> Path:
    """A directory for the socket that its owner alone can enter, in a path short enough."""
    directory = home / "run"
    if len(os.fsencode(directory / SOCKET)) > _LONGEST_SOCKET:
        owner = os.geteuid() if user is None else user
        digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
        directory = Path(tempfile.gettempdir()) / f"tenure-{owner}-{digest}"
    if not directory.exists():
        directory.mkdir(mode=0o700)
        if user is not None:
            os.chown(directory, user, user)
    found = directory.lstat()
    own = found.st_uid == (os.geteuid() if user is None else user)
    if not stat.S_ISDIR(found.st_mode) or not own or found.st_mode & 0o077:
        raise HostError(DATA_DIR_UNUSABLE, path=directory, why="it is open to others")
    return directory


def _make(home: Path, pointer: _Pointer, pause: Pause, options: tuple[str, ...]) -> None:
    """Initialise a database in ``home``, replacing what an interrupted attempt left there."""
    shutil.rmtree(home, ignore_errors=True)
    binaries = find_binaries()
    if pointer.home is None:
        private_directory(home)
        _initialise(home, binaries, None, pointer, pause, options)
        return
    home.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    binaries = readable_copy(binaries, home.parent)
    private_directory(home)
    # initdb looks its user up by name, which a uid of nobody's has not: another one does that
    # part, alone with a directory that nobody else knows yet.
    maker, owner = _named_user(), _free_uid(home.parent)
    os.chown(home, maker.pw_uid, maker.pw_gid)
    _initialise(home, binaries, maker.pw_uid, pointer, pause, options)
    for folder, _, files in os.walk(home):
        for name in (folder, *files):
            os.chown(Path(folder, name), owner, owner, follow_symlinks=False)


def _named_user() -> pwd.struct_passwd:
    """A user without privileges who has a name."""
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        return next(user for user in pwd.getpwall() if user.pw_uid != 0)


def _free_uid(server_dir: Path) -> int:
    """A uid that no account and no other installation uses, as long as there are such."""
    used = {path.stat().st_uid for path in server_dir.iterdir()}
    used |= {user.pw_uid for user in pwd.getpwall()}
    return next((uid for uid in _OWN_UIDS if uid not in used), _OWN_UIDS[0])


def _initialise(
    home: Path,
    binaries: Binaries,
    user: int | None,
    pointer: _Pointer,
    pause: Pause,
    further: tuple[str, ...],
) -> None:
    """Run initdb, then make the role and the database of Tenure without opening it to anybody.

    The role is no superuser: it owns its database and may make others, as with a hosted server.
    """
    draft = home / "data.new"
    secret, script = home / "superuser", home / "first.sql"
    statements = (
        f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{pointer.password}'",
        f"CREATE DATABASE {NAME} OWNER {ROLE}",
    )
    for path, text in ((secret, pointer.superuser_password), (script, "\n".join(statements))):
        write_private(path, text + "\n")
        if user is not None:
            os.chown(path, user, -1)
    options = ["--username=postgres", f"--pwfile={secret}", "--auth=scram-sha-256"]
    options += ["--encoding=UTF8", *_locale(binaries.major), "--no-instructions", *further]
    _run([binaries.directory / "initdb", f"--pgdata={draft}", *options], home, user, pause)
    single: list[str | Path] = [
        binaries.directory / "postgres",
        "--single",
        "-D",
        draft,
        "postgres",
    ]
    _run(single, home, user, pause, script)
    secret.unlink()
    script.unlink()
    draft.rename(home / "data")


def _locale(major: int) -> tuple[str, ...]:
    """Case folding for all of Unicode, and an order that no upgrade of the system changes."""
    if major >= 17:
        return ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    return ("--locale=C.UTF-8",)


def _run(
    program: list[str | Path],
    home: Path,
    user: int | None,
    pause: Pause,
    script: Path | None = None,
) -> None:
    """Run one of PostgreSQL's programs to its end, ``script`` as its input."""
    log = home / "making.log"
    with log.open("ab") as output, (script or Path(os.devnull)).open("rb") as text:
        child = spawn(
            program,
            death_signal=signal.SIGKILL,
            environ={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            user=user,
            input_=text.fileno(),
            output=output.fileno(),
            errors=output.fileno(),
        )
        while (status := exit_status(child)) is None:
            pause(0.01)
    if status != 0:
        raise HostError(DATABASE_FAILED, log=log, tail=log.read_text(errors="replace")[-2000:])
