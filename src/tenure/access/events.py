"""What happened to seats."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
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


@dataclass(frozen=True, slots=True)
class SeatLossesChosen:
    """An administrator chose who loses a seat if the next period has fewer (R26).

    None means that the choice was taken back: then those idle longest do.
    """

    type: ClassVar[str] = "seat.losses_chosen"
    subscription: UUID
    members: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class SeatLossesAhead:
    """The deadline is over, and these members lose a seat on the local day ``on`` unless others
    are chosen until then (R26)."""

    type: ClassVar[str] = "seat.losses_ahead"
    subscription: UUID
    on: date
    members: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class RoleRequestMade:
    """A member asks for a role (R40)."""

    type: ClassVar[str] = "role_request.made"
    role_request: UUID
    member: UUID
    role: str


@dataclass(frozen=True, slots=True)
class RoleRequestAwaitsSeat:
    """An administrator wants to buy a seat for it (R40)."""

    type: ClassVar[str] = "role_request.awaits_seat"
    role_request: UUID
    member: UUID
    role: str


@dataclass(frozen=True, slots=True)
class RoleRequestGranted:
    """The member holds the role, by this request or otherwise (R40)."""

    type: ClassVar[str] = "role_request.granted"
    role_request: UUID
    member: UUID
    role: str


@dataclass(frozen=True, slots=True)
class RoleRequestDeclined:
    """An administrator said no; the word stands with it (R40)."""

    type: ClassVar[str] = "role_request.declined"
    role_request: UUID
    member: UUID
    role: str


@dataclass(frozen=True, slots=True)
class RoleRequestWithdrawn:
    """The member asks no longer, or is none any more (R40)."""

    type: ClassVar[str] = "role_request.withdrawn"
    role_request: UUID
    member: UUID
    role: str
