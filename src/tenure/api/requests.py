"""Contact and support (R4, R29)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field
from typing_extensions import TypedDict

from tenure.api.callers import Call
from tenure.api.calls import Answer, Calls
from tenure.api.fields import (
    Body,
    Country,
    Email,
    Filter,
    Identifier,
    Maybe200,
    Quantity,
    catalogue_id,
)
from tenure.api.lists import Cursor, Limit, page_by_id
from tenure.api.shapes import Instant, MoneyOut, Page, instant, money_out
from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id, public_id
from tenure.flows.cancellation import NewCancellation, ask_cancellation, resume_cancellation
from tenure.flows.requests import make_request
from tenure.flows.written import Written
from tenure.orders.errors import ALREADY_CANCELLED, NOT_PAID
from tenure.orders.queries.orders import organisation_of
from tenure.support.commands import NewRequest
from tenure.support.models import Request
from tenure.support.queries import messages_of, requests_with_status
from tenure.support.queries.requests import state_of
from tenure.support.rules import LONGEST_MESSAGE, RequestKind, RequestStatus

calls = Calls("Support")

AudienceName = Literal["business", "creator", "student"]
KindName = Literal["sales", "billing", "cancellation", "other"]
StatusName = Literal["open", "answered", "closed"]
StateName = Literal["open", "answered", "closed", "submitted", "granted", "declined"]

_WORDS = (
    r"^[^\x00-\x08\x0B\x0C\x0E-\x1F\x7F]*[^\x00-\x1F\x7F-\x9F\s][^\x00-\x08\x0B\x0C\x0E-\x1F\x7F]*$"
)
Message = Annotated[
    str,
    Field(min_length=1, max_length=LONGEST_MESSAGE, pattern=_WORDS),
    AfterValidator(str.strip),
]


class RequestIn(Body):
    """What is asked, and what it came from; without an organisation, an address to answer to."""

    kind: KindName
    message: Message
    organisation: Identifier | None = None
    email: Email | None = None
    name: Maybe200 = None
    order: Identifier | None = None
    offer: Identifier | None = None
    country: Country | None = None
    audience: AudienceName | None = None
    quantity: Quantity | None = None
    language: Literal["en", "fr"] | None = None


class MessageOut(TypedDict):
    """What was said after the request, by staff or by whoever asked."""

    id: str
    by: Literal["staff", "customer"]
    at: Instant
    text: str


class RequestOut(TypedDict):
    """A request, and what was answered.

    One to cancel an order is ``submitted`` while it waits for staff, and then ``granted``, with
    what goes back and the credit note, or ``declined`` (R29, R30).
    """

    id: str
    kind: KindName
    status: StateName
    organisation: str | None
    email: str | None
    name: str | None
    order: str | None
    offer: str | None
    country: str | None
    audience: AudienceName | None
    quantity: int | None
    language: Literal["en", "fr"]
    message: str
    messages: list[MessageOut]
    created_at: Instant
    first_answered_at: Instant | None
    refund: MoneyOut | None
    credit_note: str | None


def _resumed(call: Call, made: UUID) -> Answer:
    """The request was written before the call was cut short; money may wait to go back."""
    row = Request.objects.filter(id=made).first()
    if row is not None and row.outcome:
        resume_cancellation(request=made, now=call.now, by=call.by)
    return request_written(made, call.reached.revision if call.reached else 0)


@calls.post("/requests", {201: RequestOut}, resume=_resumed, refuses=(ALREADY_CANCELLED, NOT_PAID))
def create_request(call: Call, body: RequestIn) -> Answer:
    """Ask the vendor something; staff answer by mail, an order that can be cancelled is at once."""
    if body.organisation is not None:
        call.reach(body.organisation)
    elif call.caller.organisation is not None:
        call.reach(public_id("org", call.caller.organisation))
    new = NewRequest(
        kind=RequestKind(body.kind),
        message=body.message,
        language=body.language or call.language,
        organisation=call.reached.id if call.reached else None,
        email=body.email or "",
        name=body.name or "",
        order=parse_public_id("ord", body.order) if body.order is not None else None,
        offer=catalogue_id(body.offer) if body.offer is not None else None,
        country=body.country or "",
        audience=body.audience or "",
        quantity=body.quantity,
    )
    if new.kind is RequestKind.CANCELLATION and new.order is not None:
        written = _cancel(call, new, new.order)
    else:
        written = make_request(new=new, now=call.now, by=call.by, asked=call.asked)
    return request_written(written.ids[0], written.revision)


def _cancel(call: Call, new: NewRequest, order: UUID) -> Written:
    """The same as asking at the order itself (R29); an order brings its organisation along."""
    whose = public_id("org", organisation_of(order))
    if new.organisation is not None and public_id("org", new.organisation) != whose:
        raise NotFound
    call.reach(whose)
    asking = NewCancellation(
        order=order, language=new.language, reason=new.message, email=new.email, name=new.name
    )
    return ask_cancellation(new=asking, now=call.now, by=call.by, asked=call.asked)


@calls.get("/requests", Page[RequestOut])
def list_requests(
    call: Call, status: Filter[StatusName] = None, limit: Limit = 50, cursor: Cursor = None
) -> Answer:
    """Requests, oldest first; to an organisation's key there are only its own."""
    rows = requests_with_status(RequestStatus(status) if status else None)
    if call.caller.organisation is not None:
        rows = rows.filter(organisation_id=call.caller.organisation)
    shown, following = page_by_id("requests", rows, limit, cursor)
    return Answer({"data": requests_out(shown), "next_cursor": following})


@calls.get("/requests/{case}", RequestOut)
def get_request(call: Call) -> Answer:
    """One request, with what was answered."""
    row = Request.objects.get(id=call.ids["case"])
    return Answer(requests_out([row])[0])


def requests_out(rows: Sequence[Request]) -> list[RequestOut]:
    """Requests as they go out; one statement more for any number of them."""
    said = messages_of([row.id for row in rows])
    refunds = _refunds(rows)
    return [
        {
            "id": public_id("req", row.id),
            "kind": row.kind,  # type: ignore[typeddict-item]  # a constraint keeps it so
            "status": state_of(row),  # type: ignore[typeddict-item]  # one of these
            "organisation": public_id("org", row.organisation_id) if row.organisation_id else None,
            "email": row.email or None,
            "name": row.name or None,
            "order": public_id("ord", row.order_id) if row.order_id else None,
            "offer": row.offer_id,
            "country": row.country or None,
            "audience": row.audience or None,  # type: ignore[typeddict-item]  # as it came in
            "quantity": row.quantity,
            "language": row.language,  # type: ignore[typeddict-item]  # as it came in
            "message": row.message,
            "messages": [
                {
                    "id": public_id("msg", each.id),
                    "by": "staff" if each.staff_id or each.from_vendor else "customer",
                    "at": instant(each.at),
                    "text": each.text,
                }
                for each in said[row.id]
            ],
            "created_at": instant(row.created_at),
            "first_answered_at": instant(row.first_answered_at) if row.first_answered_at else None,
            "refund": refunds.get(row.id),
            "credit_note": public_id("doc", row.credit_note_id) if row.credit_note_id else None,
        }
        for row in rows
    ]


def _refunds(rows: Sequence[Request]) -> dict[UUID, MoneyOut]:
    """What goes back of those that were granted; a statement if any was."""
    granted = {row.id: row.refund_amount for row in rows if row.refund_amount is not None}
    if not granted:
        return {}
    found = Request.objects.filter(id__in=granted).values_list("id", "order__currency")
    return {id_: money_out(granted[id_], currency or "") for id_, currency in found}


def request_written(request: UUID, revision: int, *, status: int = 201) -> Answer:
    """A request as it goes out when it was written."""
    row = Request.objects.filter(id=request).first()
    if row is None:
        raise NotFound
    (out,) = requests_out([row])
    location = f"/api/v1/requests/{out['id']}" if status == 201 else None
    return Answer(out, status=status, revision=revision, location=location)
