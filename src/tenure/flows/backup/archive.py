"""The file of a backup: a ZIP archive that is written in one go and read part by part.

The manifest comes last, when it is known what was written, and the archive's own directory after
it: a file that was cut off has neither. Nothing in it is ever taken for a path. Parts are read and
written piece by piece, however long they are.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from tenure.base.errors import Refused
from tenure.flows.backup import errors
from tenure.flows.backup.manifest import (
    FORMAT,
    MOST_BYTES,
    NAME,
    Manifest,
    Part,
    read_heading,
    read_manifest,
    written,
)

PIECE: Final = 1 << 18
_QUICKLY: Final = 1
"""The level of compression: rows shrink to a quarter, and higher levels take much longer."""
_MOST_PARTS: Final = 10_000
_DAMAGE: Final = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
"""What reading a ZIP archive raises that is damaged, encrypted, or packed in ways unknown."""

Told = Callable[[str, int], None]
"""Hears the name of what is worked on, and how many bytes of it went by."""


class Writing:
    """A backup that is being written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = ZipFile(file, "w", ZIP_DEFLATED, compresslevel=_QUICKLY)
        self.parts: list[Part] = []
        """What was written so far."""

    def table(
        self, name: str, columns: tuple[str, ...], pieces: Iterator[bytes], rows: Callable[[], int]
    ) -> Part:
        """Write a table's rows; ``rows`` says afterwards how many there were."""
        part_name = f"tables/{name}.copy"
        size, digest = self._write(part_name, pieces)
        part = Part(part_name, size, digest, table=name, columns=columns, rows=rows())
        self.parts.append(part)
        return part

    def file(self, name: str, content: bytes) -> None:
        """Write a small file of the data directory."""
        size, digest = self._write(f"files/{name}", iter([content]))
        self.parts.append(Part(f"files/{name}", size, digest))

    def end(self, manifest: Manifest) -> None:
        """Write what it says of itself; it is whole after that."""
        self._write(NAME, iter([written(manifest)]))
        self._zip.close()

    def give_up(self) -> None:
        """Write no more: what there is is none, and is not to look like one."""
        self._zip.fp = None

    def _write(self, name: str, pieces: Iterator[bytes]) -> tuple[int, str]:
        size, hashed = 0, hashlib.sha256()
        with self._zip.open(name, "w", force_zip64=True) as member:
            for piece in pieces:
                size += len(piece)
                hashed.update(piece)
                member.write(piece)
        return size, hashed.hexdigest()


class Backup:
    """A backup that is read; every reading is held against the manifest."""

    def __init__(self, path: Path, archive: ZipFile, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest
        self._zip = archive

    def pieces(self, part: Part) -> Iterator[bytes]:
        """A part, piece by piece; raises ``Refused`` in the end if it is not what it was."""
        size, hashed = 0, hashlib.sha256()
        try:
            with self._zip.open(part.name) as member:
                while size <= part.bytes and (piece := member.read(PIECE)):
                    size += len(piece)
                    hashed.update(piece)
                    yield piece
        except _DAMAGE as error:
            raise damaged(self.path, part.name) from error
        except OSError as error:
            raise unreadable(self.path, error) from error
        if size != part.bytes or hashed.hexdigest() != part.sha256:
            raise damaged(self.path, part.name)

    def content(self, part: Part) -> bytes:
        """A small part as a whole."""
        if part.bytes > PIECE:
            raise damaged(self.path, part.name)
        return b"".join(self.pieces(part))

    def check(self, told: Told) -> None:
        """Read everything once; raises ``Refused`` for whatever is not as the manifest says."""
        for part in self.manifest.parts:
            rows = 0
            for piece in self.pieces(part):
                rows += piece.count(b"\n")
                told(part.table or part.name, len(piece))
            if part.table is not None and rows != part.rows:
                raise damaged(self.path, part.name)


@contextmanager
def open_backup(path: Path, *, ours: str) -> Iterator[Backup]:
    """The backup in ``path``, for as long as the block lasts; ``ours`` is this Tenure's version.

    Raises ``Refused`` for what is none, is cut off, or is of a format that is not known yet.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise unreadable(path, error) from error
    with file:
        try:
            archive = ZipFile(file)
            _refuse_strange_packing(archive)
            manifest = _manifest(path, archive, ours)
            _refuse_strange_parts(archive, manifest)
        except _DAMAGE as error:
            raise damaged(path, str(error)[:80] or type(error).__name__) from error
        except KeyError as error:
            raise damaged(path, NAME) from error
        except OSError as error:
            raise unreadable(path, error) from error
        yield Backup(path, archive, manifest)


def _manifest(path: Path, archive: ZipFile, ours: str) -> Manifest:
    found = archive.getinfo(NAME)
    if found.file_size > MOST_BYTES:
        raise ValueError(NAME)
    with archive.open(found) as member:
        content = member.read(MOST_BYTES + 1)
    heading = read_heading(content)
    if heading.format > FORMAT:
        raise Refused(
            errors.OF_NEWER,
            file=str(path),
            made_by=heading.version,
            ours=ours,
            what=f"format {heading.format} > {FORMAT}",
        )
    return read_manifest(content)


def _refuse_strange_parts(archive: ZipFile, manifest: Manifest) -> None:
    """What the file holds is what the manifest names, each once."""
    found = archive.infolist()
    named = {NAME, *(part.name for part in manifest.parts)}
    if len(found) > _MOST_PARTS or len(found) != len(named):
        raise ValueError(f"{len(found)} != {len(named)}")
    for each in found:
        if each.filename not in named:
            raise ValueError(f"{each.filename!r:.60}")


def _refuse_strange_packing(archive: ZipFile) -> None:
    """Nothing is unpacked that is not packed as we pack: other ways know no bound of memory."""
    for each in archive.infolist():
        if each.compress_type not in {ZIP_DEFLATED, ZIP_STORED} or each.flag_bits & 1:
            raise ValueError(f"{each.filename!r:.60}")


def damaged(path: Path, what: str) -> Refused:
    """The refusal of a file that is not, or not any more, a backup."""
    return Refused(errors.DAMAGED, file=str(path), what=what)


def unreadable(path: Path, error: OSError) -> Refused:
    """The refusal of a file that the system does not give."""
    return Refused(errors.UNREADABLE, file=str(path), why=error.strerror or str(error))
