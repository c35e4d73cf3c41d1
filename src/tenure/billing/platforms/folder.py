"""A folder between Tenure and the vendor's platform: parcels go out, acknowledgements come in.

    outgoing/NAME/             one parcel, with manifest.json
    acknowledgements/*.json    what the platform says
    acknowledgements/read/     what Tenure has written down
    acknowledgements/unread/   what it could not read, or is about no parcel

A parcel appears whole, by one rename, and under its name only once. docs/en16931.md has the forms.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import structlog
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from tenure.base.clock import machine_now
from tenure.billing.platforms import Acknowledgement, Parcel

_log = structlog.get_logger()

_LARGEST: Final = 1_000_000
"""Bytes; an acknowledgement is a few hundred."""
_ABANDONED: Final = timedelta(days=1)
"""A parcel begun so long ago was left by a process that was killed."""


class _Slip(BaseModel):
    """The form of an acknowledgement."""

    model_config = ConfigDict(strict=True, extra="ignore")

    name: str = Field(max_length=100)
    status: int = Field(ge=200, le=599)
    at: AwareDatetime = Field(strict=False)
    reason: str = Field(default="", max_length=1000)


class FolderPlatform:
    """The platform that reads and writes files below ``root``."""

    name = "folder"

    def __init__(self, root: Path) -> None:
        self._outgoing = root / "outgoing"
        self._incoming = root / "acknowledgements"

    def hand_over(self, parcel: Parcel) -> None:
        """Write the parcel beside its place and rename it there; one already there stays."""
        place = self._outgoing / parcel.name
        if place.exists():
            return
        begun = self._outgoing / f".{parcel.name}.{uuid4().hex}"
        begun.mkdir(parents=True)
        for name, data in (*parcel.files.items(), ("manifest.json", _manifest(parcel))):
            _write(begun / name, data)
        _settle(begun)
        try:
            begun.rename(place)
        except OSError:
            shutil.rmtree(begun)
            if not place.exists():
                raise
        _settle(self._outgoing)

    def acknowledgements(self, most: int) -> list[Acknowledgement]:
        """The slips that can be read, by their names; the others are set apart at once."""
        self._incoming.mkdir(parents=True, exist_ok=True)
        self._forget_begun()
        found = sorted(path for path in self._incoming.glob("*.json") if path.is_file())
        read = (self._read(path) for path in found[:most])
        return [said for said in read if said is not None]

    def put_away(self, read: Iterable[Acknowledgement], *, unknown: frozenset[str]) -> None:
        """Move slips to where nobody reads them again."""
        for said in read:
            self._move(said.slip, "unread" if said.slip in unknown else "read")

    def _read(self, path: Path) -> Acknowledgement | None:
        try:
            if path.stat().st_size > _LARGEST:
                raise ValueError("too large")
            slip = _Slip.model_validate_json(path.read_bytes())
        except (ValueError, ValidationError) as error:
            _log.warning("platform_slip_unreadable", slip=path.name, why=type(error).__name__)
            self._move(path.name, "unread")
            return None
        return Acknowledgement(slip.name, slip.status, slip.at, slip.reason, path.name)

    def _move(self, slip: str, where: str) -> None:
        (self._incoming / where).mkdir(exist_ok=True)
        (self._incoming / slip).replace(self._incoming / where / slip)

    def _forget_begun(self) -> None:
        """Clear away what a killed process began and nobody will finish."""
        before = machine_now() - _ABANDONED
        for path in self._outgoing.glob(".*"):
            if datetime.fromtimestamp(path.stat().st_mtime, before.tzinfo) < before:
                shutil.rmtree(path)


def _manifest(parcel: Parcel) -> bytes:
    told: dict[str, Any] = {"name": parcel.name, **parcel.told}
    told["files"] = [
        {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in parcel.files.items()
    ]
    return json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1).encode()


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """What was written into a folder stands there also after the machine stops."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
