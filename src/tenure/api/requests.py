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
from tenure.api.shapes import Instant, Page, instant
from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id, public_id
from tenure.flows.requests import make_request
from tenure.support.commands import NewRequest
from tenure.support.models import Request
from tenure.support.queries import messages_of, requests_with_status
from tenure.support.rules import LONGEST_MESSAGE, RequestKind, RequestStatus

calls = Calls("Support")

AudienceName = Literal["business", "creator", "student"]
KindName = Literal["sales", "billing", "cancellation", "other"]
StatusName = Literal["open", "answered", "closed"]

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
    """A request, and what was answered."""

    id: str
    kind: KindName
    status: StatusName
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


def _resumed(call: Call, made: UUID) -> Answer:
    """The request was written before the call was cut short."""
    return _made(made, call.reached.revision if call.reached else 0)


@calls.post("/requests", {201: RequestOut}, resume=_resumed)
def create_request(call: Call, body: RequestIn) -> Answer:
    """Ask the vendor something; staff answer by mail."""
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
    written = make_request(new=new, now=call.now, by=call.by, asked=call.asked)
    return _made(written.ids[0], written.revision)


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
    return [
        {
            "id": public_id("req", row.id),
            "kind": row.kind,  # type: ignore[typeddict-item]  # a constraint keeps it so
            "status": row.status,  # type: ignore[typeddict-item]  # a constraint keeps it so
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
                    "by": "staff" if each.staff_id else "customer",
                    "at": instant(each.at),
                    "text": each.text,
                }
                for each in said[row.id]
            ],
            "created_at": instant(row.created_at),
            "first_answered_at": instant(row.first_answered_at) if row.first_answered_at else None,
        }
        for row in rows
    ]


def _made(request: UUID, revision: int) -> Answer:
    row = Request.objects.filter(id=request).first()
    if row is None:
        raise NotFound
    (out,) = requests_out([row])
    return Answer(out, status=201, revision=revision, location=f"/api/v1/requests/{out['id']}")
