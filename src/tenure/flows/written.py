"""What a flow hands back to the edge that called it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, and the organisation's revision after it (R42)."""

    ids: tuple[UUID, ...]
    revision: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The order that a purchase came to; ``created`` if this call placed it (R16)."""

    order: UUID
    created: bool
    revision: int
