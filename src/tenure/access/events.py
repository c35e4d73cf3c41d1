"""What happened to seats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SeatAssigned:
    """A member holds the seat, and so the roles of its offer (R38)."""

    type: ClassVar[str] = "seat.assigned"
    seat: UUID
    subscription: UUID
    member: UUID


@dataclass(frozen=True, slots=True)
class SeatFreed:
    """The member no longer holds the seat (R37, R38)."""

    type: ClassVar[str] = "seat.freed"
    seat: UUID
    subscription: UUID
    member: UUID


@dataclass(frozen=True, slots=True)
class SeatReserved:
    """An invitation keeps the seat for whom it invites (R36)."""

    type: ClassVar[str] = "seat.reserved"
    seat: UUID
    subscription: UUID
    invitation: UUID


@dataclass(frozen=True, slots=True)
class SeatReleased:
    """An invitation that was withdrawn or expired no longer keeps the seat (R36)."""

    type: ClassVar[str] = "seat.released"
    seat: UUID
    subscription: UUID
    invitation: UUID
