"""The file of a backup: whole or not there, and refused where it is not what was written."""

from __future__ import annotations

import errno
import os
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from tenure.base.errors import Refused
from tenure.flows.backup import errors
from tenure.flows.backup.archive import PIECE, Writing, open_backup
from tenure.flows.backup.manifest import MOST_BYTES, NAME, Manifest, written
from tenure.flows.backup.target import written_whole

ROWS = b"1\tA\n2\t\\N\n"
MANIFEST = Manifest(
    product="tenure",
    format=1,
    version="0.1.0",
    taken_at=datetime(2027, 3, 1, 9, tzinfo=UTC),
    migrations=("events.0001_initial",),
    sequences=(),
    parts=(),
)


def quiet(_name: str, _size: int) -> None:
    """Nobody listens."""


def made(path: Path, **changes: object) -> Path:
    """A small backup; ``changes`` are what its manifest says otherwise."""
    with path.open("wb") as file:
        writing = Writing(file)
        writing.table("events_event", ("id", "type"), iter([ROWS[:3], ROWS[3:]]), lambda: 2)
        writing.file("secret-key", b"secret")
        manifest = msgspec.structs.replace(MANIFEST, parts=tuple(writing.parts))
        writing.end(msgspec.structs.replace(manifest, **changes))
    return path


def refusal(work: Callable[[], object]) -> Refused:
    """What is refused."""
    with pytest.raises(Refused) as raised:
        work()
    return raised.value


def checked(path: Path) -> Manifest:
    """Open it and read everything."""
    with open_backup(path, ours="0.1.0") as backup:
        backup.check(quiet)
        return backup.manifest


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    path = made(tmp_path / "whole")
    manifest = checked(path)
    assert (manifest.rows, [part.table for part in manifest.tables]) == (2, ["events_event"])
    with open_backup(path, ours="0.1.0") as backup:
        assert b"".join(backup.pieces(manifest.tables[0])) == ROWS
        assert backup.content(manifest.parts[1]) == b"secret"


def repacked(path: Path, change: Callable[[str, bytes], Iterator[tuple[str, bytes]]]) -> Path:
    """The same archive with parts that were changed by somebody."""
    with zipfile.ZipFile(path) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts:
            for each in change(name, content):
                archive.writestr(*each)
    return path


def damages(path: Path) -> Iterator[Path]:
    """The backup, damaged in every way, one after the other."""
    whole = made(path).read_bytes()

    def with_manifest(content: bytes) -> Path:
        made(path)
        return repacked(path, lambda name, old: iter([(name, content if name == NAME else old)]))

    for content in (b"", b"no archive", whole[:-30], whole[: len(whole) // 2]):
        path.write_bytes(content)
        yield path
    path.write_bytes(bytes(each ^ 0xFF if at == 80 else each for at, each in enumerate(whole)))
    yield path
    made(path)
    yield repacked(path, lambda name, old: iter([(name, old.replace(b"2", b"3"))]))
    made(path)
    yield repacked(path, lambda name, old: iter([(name, old)] if "secret" not in name else []))
    made(path)
    yield repacked(path, lambda name, old: iter([(name, old), (f"../{name}", old)]))
    yield with_manifest(b"{")
    yield with_manifest(b'{"product": "other", "format": 1, "version": "1"}')
    yield with_manifest(b'{"product": "tenure", "format": 1, "version": "1"}')
    yield with_manifest(b" " * (MOST_BYTES + 1))
    yield with_manifest(
        written(msgspec.structs.replace(MANIFEST, parts=checked(made(path)).parts * 2))
    )
    part = checked(made(path)).parts[0]
    yield made(path, parts=(part,))
    few = msgspec.structs.replace(part, rows=1)
    yield made(path, parts=(few, *checked(made(path)).parts[1:]))


def test_a_damaged_file_is_refused_whatever_the_damage(tmp_path: Path) -> None:
    for path in damages(tmp_path / "damaged"):
        refused = refusal(lambda path=path: checked(path))  # type: ignore[misc]  # the loop's own
        assert refused.code == errors.DAMAGED, refused.figures
    large = msgspec.structs.replace(checked(made(path)).parts[1], bytes=PIECE + 1)
    with open_backup(path, ours="0.1.0") as backup:
        assert refusal(lambda: backup.content(large)).code == errors.DAMAGED
    assert refusal(lambda: checked(tmp_path)).code == errors.UNREADABLE


def test_a_manifest_packed_so_that_it_could_burst_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "burst"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr(NAME, written(MANIFEST))
    opened: list[object] = []
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda _, name: opened.append(name))
    assert refusal(lambda: checked(path)).code == errors.DAMAGED
    assert opened == []


def test_a_newer_format_is_refused_by_name(tmp_path: Path) -> None:
    refused = refusal(lambda: checked(made(tmp_path / "newer", format=2, version="9.1")))
    assert refused.code == errors.OF_NEWER
    assert refused.figures["made_by"] == "9.1"


def write(path: Path, *, overwrite: bool = False) -> None:
    """Write something there."""
    with written_whole(path, overwrite=overwrite) as file:
        file.write(b"new")


def fail_while_writing(path: Path, failure: BaseException) -> None:
    """Something goes wrong in the middle."""
    with written_whole(path, overwrite=False) as file:
        file.write(b"half")
        raise failure


def test_it_is_there_when_it_is_whole_and_for_its_owner_alone(tmp_path: Path) -> None:
    path, aside = tmp_path / "backup", tmp_path / "backup.part"
    aside.write_bytes(b"left by one that was killed")
    with written_whole(path, overwrite=False) as file:
        file.write(b"new")
        assert not path.exists()
        assert refusal(lambda: write(path)).code == errors.FILE_BUSY
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == ["backup"]
    for failure in (OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()):
        with pytest.raises((Refused, KeyboardInterrupt)):
            fail_while_writing(tmp_path / "other", failure)
        assert os.listdir(tmp_path) == ["backup"]


def test_nothing_is_overwritten_unless_told_and_then_a_backup_alone(tmp_path: Path) -> None:
    other = tmp_path / "thesis"
    other.write_bytes(b"years of work")
    assert refusal(lambda: write(other)).code == errors.FILE_EXISTS
    assert refusal(lambda: write(other, overwrite=True)).code == errors.FILE_IS_OTHER
    earlier = made(tmp_path / "earlier")
    link = tmp_path / "link"
    link.symlink_to(earlier)
    assert refusal(lambda: write(link, overwrite=True)).code == errors.FILE_IS_OTHER
    (tmp_path / "trap.part").symlink_to(other)
    assert refusal(lambda: write(tmp_path / "trap")).code == errors.NOT_WRITTEN
    assert other.read_bytes() == b"years of work"
    write(earlier, overwrite=True)
    assert earlier.read_bytes() == b"new"
    assert refusal(lambda: write(tmp_path / "nowhere" / "x")).code == errors.NOT_WRITTEN
