"""Approved platforms: to whom French law has documents and e-reporting data handed over (R47).

One module each, one small protocol; every call happens outside of any transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Parcel:
    """Something to hand over once under ``name``: handed over again, it is the same parcel.

    ``told`` says what it is, in values that JSON writes; ``files`` are its files by their names.
    """

    name: str
    told: Mapping[str, object]
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What the platform says of a parcel: a status of the French life cycle (200 to 213).

    ``at`` is the platform's instant, ``slip`` its own name for this word.
    """

    parcel: str
    code: int
    at: datetime
    reason: str
    slip: str


class Platform(Protocol):
    """What Tenure asks of a platform."""

    name: str

    def hand_over(self, parcel: Parcel) -> None:
        """Give it ``parcel``, whole or not at all; raises ``OSError`` if it cannot be reached."""
        ...

    def acknowledgements(self, most: int) -> list[Acknowledgement]:
        """What it has said and was not put away yet, oldest first, at most so many."""
        ...

    def put_away(self, read: Iterable[Acknowledgement], *, unknown: frozenset[str]) -> None:
        """These are written down here; ``unknown`` are the slips about parcels never sent."""
        ...
