"""What happened to requests; on the organisation's stream, or on the vendor's for a visitor's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


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
