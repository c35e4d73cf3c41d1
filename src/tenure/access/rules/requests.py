"""When a member can ask for a role, and when that can be answered (R40)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final

from tenure.access.errors import (
    MEMBER_NOT_ACTIVE,
    ROLE_HELD,
    ROLE_NOT_OFFERED,
    ROLE_REQUEST_ANSWERABLE,
    ROLE_REQUEST_CLOSED,
    ROLE_REQUESTABLE,
    ROLE_REQUESTED,
)
from tenure.base.verdicts import Verdict, allow, refuse

LONGEST_WORD: Final = 500
"""How many characters a request's note, or its answer, may have."""


class RequestStatus(StrEnum):
    """Where a request for a role stands (R40)."""

    OPEN = "open"
    AWAITING_SEAT = "awaiting_seat"
    GRANTED = "granted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


WAITING: Final = frozenset({RequestStatus.OPEN, RequestStatus.AWAITING_SEAT})
"""What still waits for somebody; only an answer ends it, never time."""


def asking_verdict(
    *, member_active: bool, role_offered: bool, role_held: bool, asked_on: date | None
) -> Verdict:
    """Whether a member can ask for a role (R40).

    ``asked_on`` is the local day of their open request for it. The first that holds of
    ``member_not_active``, ``role_not_offered``, ``role_held``, ``role_requested``.
    """
    if not member_active:
        return refuse(MEMBER_NOT_ACTIVE)
    if not role_offered:
        return refuse(ROLE_NOT_OFFERED)
    if role_held:
        return refuse(ROLE_HELD)
    if asked_on is not None:
        return refuse(ROLE_REQUESTED, asked_on=asked_on)
    return allow(ROLE_REQUESTABLE)


def answer_verdict(status: RequestStatus) -> Verdict:
    """Whether a request can be granted, declined or withdrawn (R40)."""
    if status in WAITING:
        return allow(ROLE_REQUEST_ANSWERABLE)
    return refuse(ROLE_REQUEST_CLOSED, request_status=status.value)
