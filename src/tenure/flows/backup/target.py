"""Where a backup is written: beside its name first, and under it when it is whole."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from zipfile import is_zipfile

from tenure.base.errors import Refused
from tenure.flows.backup import errors


@contextmanager
def written_whole(path: Path, *, overwrite: bool) -> Iterator[IO[bytes]]:
    """A file to write, which becomes ``path`` if the block ends well, and else is gone.

    Only its owner may read it. Until then it is ``path`` with ``.part``; what a killed backup left
    there is taken away, what another one is writing is not. Raises ``Refused``.
    """
    _refuse_what_is_there(path, overwrite=overwrite)
    aside = path.with_name(path.name + ".part")
    try:
        descriptor = _open_alone(aside)
    except OSError as error:
        raise _not_written(path, error) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _refuse_what_is_there(path, overwrite=overwrite)
        aside.replace(path)
        _keep_names(path.parent)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise _not_written(path, error) from error
    except BaseException:  # also Ctrl-C: nobody is to find half of it
        aside.unlink(missing_ok=True)
        raise


def _open_alone(aside: Path) -> int:
    """A new file that nobody else writes; never one that a link leads to."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        descriptor = os.open(aside, flags | os.O_EXCL, 0o600)
    except FileExistsError:
        with os.fdopen(os.open(aside, flags), "ab") as left:
            _lock(left.fileno(), aside)
            aside.unlink()
        descriptor = os.open(aside, flags | os.O_EXCL, 0o600)
    try:
        _lock(descriptor, aside)
    except Refused:
        os.close(descriptor)
        raise
    return descriptor


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Refused(errors.FILE_BUSY, file=str(path)) from error


def _refuse_what_is_there(path: Path, *, overwrite: bool) -> None:
    if not os.path.lexists(path):
        return
    if not overwrite:
        raise Refused(errors.FILE_EXISTS, file=str(path))
    if path.is_symlink() or not path.is_file() or not (_is_empty(path) or is_zipfile(path)):
        raise Refused(errors.FILE_IS_OTHER, file=str(path))


def _is_empty(path: Path) -> bool:
    return path.stat().st_size == 0


def _keep_names(folder: Path) -> None:
    """The new name outlives a crash of the machine."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _not_written(path: Path, error: OSError) -> Refused:
    return Refused(errors.NOT_WRITTEN, file=str(path), why=error.strerror or str(error))
