"""What a request needs, and when it can be answered (R4, R29)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from tenure.base.errors import FieldError
from tenure.base.verdicts import Verdict, allow, refuse
from tenure.support.errors import (
    ANSWERABLE,
    MESSAGE_NEEDED,
    MESSAGE_TOO_LONG,
    NOT_TO_BE_DECIDED,
    ORDER_NEEDED,
    REPLY_ADDRESS_NEEDED,
    REQUEST_CLOSED,
    REQUEST_GRANTED,
)

LONGEST_MESSAGE: Final = 5000
"""How many characters a message may have."""


class RequestKind(StrEnum):
    """What a request is about; a cancellation is answered by staff (R29)."""

    SALES = "sales"
    BILLING = "billing"
    CANCELLATION = "cancellation"
    OTHER = "other"


class RequestOutcome(StrEnum):
    """What became of asking to cancel an order; a granted one stays granted (R30)."""

    GRANTED = "granted"
    DECLINED = "declined"


class RequestStatus(StrEnum):
    """Where a request stands; ``open`` is what waits for staff."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


def missing_from(
    kind: RequestKind, *, email: str, has_organisation: bool, has_order: bool, message: str
) -> list[FieldError]:
    """What a request lacks to be answered: an address unless an organisation asks, words, and
    for a cancellation the order, which says enough."""
    wordless = kind is RequestKind.CANCELLATION and not message.strip()
    wrong = [] if wordless else wrong_message(message)
    if not email and not has_organisation:
        wrong.append(FieldError("email", REPLY_ADDRESS_NEEDED))
    if kind is RequestKind.CANCELLATION and not has_order:
        wrong.append(FieldError("order", ORDER_NEEDED))
    return wrong


def wrong_message(message: str) -> list[FieldError]:
    """What is wrong with the words of a request or an answer."""
    if not message.strip():
        return [FieldError("message", MESSAGE_NEEDED)]
    if len(message) > LONGEST_MESSAGE:
        return [FieldError("message", MESSAGE_TOO_LONG, {"most": LONGEST_MESSAGE})]
    return []


def answer_verdict(status: RequestStatus) -> Verdict:
    """Whether staff can answer a request, or close it (R29)."""
    return refuse(REQUEST_CLOSED) if status is RequestStatus.CLOSED else allow(ANSWERABLE)


def decision_verdict(kind: RequestKind, outcome: str) -> Verdict:
    """Whether staff can grant or decline a request: only one to cancel, and once granted never
    again (R30). A declined one can be granted after all."""
    if kind is not RequestKind.CANCELLATION:
        return refuse(NOT_TO_BE_DECIDED)
    if outcome == RequestOutcome.GRANTED:
        return refuse(REQUEST_GRANTED)
    return allow(ANSWERABLE)
