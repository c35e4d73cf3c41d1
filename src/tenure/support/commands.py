"""Requests are made, answered, followed up and closed (R4, R29)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tenure.base.errors import Invalid, Refused
from tenure.base.ids import new_id
from tenure.base.money import Money
from tenure.events.journal import Journal
from tenure.events.models import VENDOR_STREAM
from tenure.support.events import (
    RequestAnswered,
    RequestClosed,
    RequestDeclined,
    RequestFollowedUp,
    RequestGranted,
    RequestMade,
)
from tenure.support.models import Request, RequestMessage
from tenure.support.rules import (
    RequestKind,
    RequestOutcome,
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
    iban: str = ""


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
        iban=new.iban,
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
    said = _say(request, message, staff, journal, from_vendor=True)
    request.status = RequestStatus.ANSWERED.value
    request.first_answered_at = request.first_answered_at or journal.at
    request.save(update_fields=["status", "first_answered_at"])
    journal.record(stream_of(request), RequestAnswered(request=request.id, message=said.id))
    return said


def add_word(*, request: Request, staff: UUID | None, message: str, journal: Journal) -> None:
    """The vendor's word with a decision on the locked ``request``; nothing without one."""
    if message.strip():
        _say(request, message, staff, journal, from_vendor=True)


def grant_request(
    *, request: Request, refund: Money, credit_note: UUID | None, journal: Journal
) -> None:
    """The locked ``request`` is granted: its order is cancelled, ``refund`` goes back (R30).

    What was granted at once was answered then, too. The caller has asked ``decision_verdict``.
    """
    request.status, request.outcome = RequestStatus.CLOSED.value, RequestOutcome.GRANTED.value
    request.decided_at = request.closed_at = journal.at
    request.first_answered_at = request.first_answered_at or journal.at
    request.refund_amount, request.credit_note_id = refund.amount, credit_note
    request.save(
        update_fields=[
            *("status", "outcome", "decided_at", "closed_at", "first_answered_at"),
            *("refund_amount", "credit_note"),
        ]
    )
    journal.record(
        stream_of(request),
        RequestGranted(request=request.id, order=_order_of(request), refund=refund),
    )


def decline_request(
    *, request: Request, staff: UUID | None, message: str, journal: Journal
) -> None:
    """Staff keep the order of the locked ``request`` as it is, with a word if they give one (R29).

    The caller has asked ``decision_verdict``.
    """
    add_word(request=request, staff=staff, message=message, journal=journal)
    request.status, request.outcome = RequestStatus.ANSWERED.value, RequestOutcome.DECLINED.value
    request.decided_at = journal.at
    request.first_answered_at = request.first_answered_at or journal.at
    request.save(update_fields=["status", "outcome", "decided_at", "first_answered_at"])
    fact = RequestDeclined(request=request.id, order=_order_of(request))
    journal.record(stream_of(request), fact)


def close_with_order(*, order: UUID, but: UUID, journal: Journal) -> None:
    """The order is cancelled: whatever else was asked of that waits for nothing any more."""
    others = Request.objects.select_for_update().filter(
        order=order, kind=RequestKind.CANCELLATION, outcome="", status=RequestStatus.OPEN
    )
    for each in others.exclude(id=but).order_by("id"):
        close_request(request=each, journal=journal)


def _order_of(request: Request) -> UUID:
    if request.order_id is None:
        raise ValueError("This request is of no order.")
    return request.order_id


def follow_up(*, request: Request, message: str, journal: Journal) -> RequestMessage:
    """Whoever asked writes again: the locked ``request`` is open once more. Raises ``Invalid``."""
    said = _say(request, message, None, journal, from_vendor=False)
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


def _say(
    request: Request,
    message: str,
    staff: UUID | None,
    journal: Journal,
    *,
    from_vendor: bool,
) -> RequestMessage:
    wrong = wrong_message(message)
    if wrong:
        raise Invalid(wrong)
    return RequestMessage.objects.create(
        organisation_id=request.organisation_id,
        request=request,
        staff_id=staff,
        from_vendor=from_vendor,
        text=message.strip(),
        at=journal.at,
    )


def _refuse_closed(request: Request) -> None:
    verdict = answer_verdict(RequestStatus(request.status))
    if not verdict:
        raise Refused.by(verdict)
