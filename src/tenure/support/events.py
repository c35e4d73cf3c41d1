"""What happened to requests; on the organisation's stream, or on the vendor's for a visitor's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from tenure.base.money import Money


@dataclass(frozen=True, slots=True)
class RequestMade:
    """Somebody asks the vendor something (R4, R29)."""

    type: ClassVar[str] = "request.made"
    request: UUID
    kind: str


@dataclass(frozen=True, slots=True)
class RequestAnswered:
    """Staff answered; the message is to be mailed to whoever asked (R29)."""

    type: ClassVar[str] = "request.answered"
    request: UUID
    message: UUID


@dataclass(frozen=True, slots=True)
class RequestFollowedUp:
    """Whoever asked wrote again, and the request waits for staff once more."""

    type: ClassVar[str] = "request.followed_up"
    request: UUID
    message: UUID


@dataclass(frozen=True, slots=True)
class RequestClosed:
    """There is nothing left to answer."""

    type: ClassVar[str] = "request.closed"
    request: UUID


@dataclass(frozen=True, slots=True)
class RequestGranted:
    """The order is cancelled as was asked; ``refund`` goes back by the way it came (R30)."""

    type: ClassVar[str] = "request.granted"
    request: UUID
    order: UUID
    refund: Money


@dataclass(frozen=True, slots=True)
class RequestDeclined:
    """Staff keep the order as it is; their word stands with the request (R29)."""

    type: ClassVar[str] = "request.declined"
    request: UUID
    order: UUID
