"""The folder to the platform: parcels appear whole and once, answers are read once."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from threading import Thread

import pytest

from tenure.billing.platforms import Acknowledgement, Parcel
from tenure.billing.platforms.folder import FolderPlatform

PARCEL = Parcel("INV-2026-000001", {"kind": "invoice"}, {"INV-2026-000001.pdf": b"%PDF"})


def said(folder: Path, slip: str, **told: object) -> Path:
    """The platform says something."""
    path = folder / "acknowledgements" / slip
    path.parent.mkdir(exist_ok=True, parents=True)
    given = {"name": PARCEL.name, "status": 200, "at": "2026-11-28T08:00:00Z"}
    path.write_text(json.dumps(given | told))
    return path


def test_a_parcel_is_there_with_its_manifest(tmp_path: Path) -> None:
    FolderPlatform(tmp_path).hand_over(PARCEL)
    place = tmp_path / "outgoing" / PARCEL.name
    assert (place / "INV-2026-000001.pdf").read_bytes() == b"%PDF"
    assert json.loads((place / "manifest.json").read_text()) == {
        "name": PARCEL.name,
        "kind": "invoice",
        "files": [
            {
                "name": "INV-2026-000001.pdf",
                "size": 4,
                "sha256": hashlib.sha256(b"%PDF").hexdigest(),
            }
        ],
    }


def test_handed_over_again_it_is_the_first_one(tmp_path: Path) -> None:
    platform = FolderPlatform(tmp_path)
    platform.hand_over(PARCEL)
    before = (tmp_path / "outgoing" / PARCEL.name).stat().st_ino
    platform.hand_over(PARCEL)
    assert os.listdir(tmp_path / "outgoing") == [PARCEL.name]
    assert (tmp_path / "outgoing" / PARCEL.name).stat().st_ino == before


def test_many_who_hand_it_over_at_once_leave_one(tmp_path: Path) -> None:
    threads = [Thread(target=FolderPlatform(tmp_path).hand_over, args=[PARCEL]) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert os.listdir(tmp_path / "outgoing") == [PARCEL.name]


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "outgoing").write_text("a file")
    with pytest.raises(OSError, match="outgoing"):
        FolderPlatform(tmp_path).hand_over(PARCEL)


def test_what_a_killed_process_began_is_cleared_away_later(tmp_path: Path) -> None:
    fresh, old = (tmp_path / "outgoing" / name for name in (".A.1", ".B.2"))
    for path in (fresh, old):
        path.mkdir(parents=True)
    os.utime(old, (1, 1))
    assert FolderPlatform(tmp_path).acknowledgements(10) == []
    assert fresh.exists()
    assert not old.exists()


class TestAcknowledgements:
    def test_are_read_in_the_order_of_their_names(self, tmp_path: Path) -> None:
        said(tmp_path, "2.json", status=213, reason="Doublon")
        said(tmp_path, "1.json")
        first, second = FolderPlatform(tmp_path).acknowledgements(10)
        assert (first.code, first.reason, first.slip) == (200, "", "1.json")
        assert (second.code, second.reason, second.parcel) == (213, "Doublon", PARCEL.name)
        assert FolderPlatform(tmp_path).acknowledgements(1) == [first]

    def test_put_away_are_not_read_again(self, tmp_path: Path) -> None:
        said(tmp_path, "1.json")
        said(tmp_path, "2.json", name="NOBODYS")
        platform = FolderPlatform(tmp_path)
        read: list[Acknowledgement] = platform.acknowledgements(10)
        platform.put_away(read, unknown=frozenset({"2.json"}))
        assert platform.acknowledgements(10) == []
        folder = tmp_path / "acknowledgements"
        assert os.listdir(folder / "read") == ["1.json"]
        assert os.listdir(folder / "unread") == ["2.json"]

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "{",
            "[]",
            '{"name": "A"}',
            '{"name": "A", "status": "200", "at": "2026-11-28T08:00:00Z"}',
            '{"name": "A", "status": 20, "at": "2026-11-28T08:00:00Z"}',
            '{"name": "A", "status": 200, "at": "2026-11-28T08:00:00"}',
            '{"name": "A", "status": 200, "at": "2026-11-28T08:00:00Z", "reason": ["x"]}',
            " " * 1_000_001,
        ],
    )
    def test_that_cannot_be_read_are_set_apart(self, tmp_path: Path, text: str) -> None:
        said(tmp_path, "1.json").write_text(text)
        assert FolderPlatform(tmp_path).acknowledgements(10) == []
        assert os.listdir(tmp_path / "acknowledgements" / "unread") == ["1.json"]
