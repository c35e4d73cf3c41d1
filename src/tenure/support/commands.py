"""Requests are made, answered, followed up and closed (R4, R29)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tenure.base.errors import Invalid, Refused
from tenure.base.ids import new_id
from tenure.events.journal import Journal
from tenure.events.models import VENDOR_STREAM
from tenure.support.events import (
    RequestAnswered,
    RequestClosed,
    RequestFollowedUp,
    RequestMade,
)
from tenure.support.models import Request, RequestMessage
from tenure.support.rules import (
    RequestKind,
    RequestStatus,
    answer_verdict,
    missing_from,
    wrong_message,
)


@dataclass(frozen=True, slots=True)
class NewRequest:
    """What somebody asks; ``email`` is in lower case, empty if the organisation is to be told."""

    kind: RequestKind
    message: str
    language: str
    organisation: UUID | None = None
    email: str = ""
    name: str = ""
    order: UUID | None = None
    offer: str | None = None
    country: str = ""
    audience: str = ""
    quantity: int | None = None


def stream_of(request: Request) -> UUID:
    """On which stream a request is told: its organisation's, or the vendor's own."""
    return request.organisation_id or VENDOR_STREAM


def make_request(*, new: NewRequest, journal: Journal) -> Request:
    """Write down what somebody asks. Raises ``Invalid`` for what is missing."""
    wrong = missing_from(
        new.kind,
        email=new.email,
        has_organisation=new.organisation is not None,
        has_order=new.order is not None,
        message=new.message,
    )
    if wrong:
        raise Invalid(wrong)
    made = Request(
        id=new_id(),
        organisation_id=new.organisation,
        kind=new.kind.value,
        email=new.email,
        name=new.name,
        language=new.language,
        order_id=new.order,
        offer_id=new.offer,
        country=new.country,
        audience=new.audience,
        quantity=new.quantity,
        message=new.message.strip(),
        created_at=journal.at,
    )
    made.save(force_insert=True)
    journal.record(stream_of(made), RequestMade(request=made.id, kind=made.kind))
    return made


def answer_request(
    *, request: Request, staff: UUID, message: str, journal: Journal
) -> RequestMessage:
    """Staff answer the locked ``request``. Raises ``Invalid``, ``Refused`` (``request_closed``)."""
    _refuse_closed(request)
    said = _say(request, message, staff, journal)
    request.status = RequestStatus.ANSWERED.value
    request.first_answered_at = request.first_answered_at or journal.at
    request.save(update_fields=["status", "first_answered_at"])
    journal.record(stream_of(request), RequestAnswered(request=request.id, message=said.id))
    return said


def follow_up(*, request: Request, message: str, journal: Journal) -> RequestMessage:
    """Whoever asked writes again: the locked ``request`` is open once more. Raises ``Invalid``."""
    said = _say(request, message, None, journal)
    request.status = RequestStatus.OPEN.value
    request.closed_at = None
    request.save(update_fields=["status", "closed_at"])
    journal.record(stream_of(request), RequestFollowedUp(request=request.id, message=said.id))
    return said


def close_request(*, request: Request, journal: Journal) -> None:
    """There is nothing left to answer; closing the locked ``request`` again changes nothing."""
    if request.status == RequestStatus.CLOSED:
        journal.touch(stream_of(request))
        return
    request.status = RequestStatus.CLOSED.value
    request.closed_at = journal.at
    request.save(update_fields=["status", "closed_at"])
    journal.record(stream_of(request), RequestClosed(request=request.id))


def _say(request: Request, message: str, staff: UUID | None, journal: Journal) -> RequestMessage:
    wrong = wrong_message(message)
    if wrong:
        raise Invalid(wrong)
    return RequestMessage.objects.create(
        organisation_id=request.organisation_id,
        request=request,
        staff_id=staff,
        text=message.strip(),
        at=journal.at,
    )


def _refuse_closed(request: Request) -> None:
    verdict = answer_verdict(RequestStatus(request.status))
    if not verdict:
        raise Refused.by(verdict)
