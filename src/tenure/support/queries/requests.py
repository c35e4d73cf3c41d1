"""Reads of requests."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id, public_id
from tenure.billing.models import Refund
from tenure.events.models import Event
from tenure.events.rows import read_values
from tenure.support.models import Request, RequestMessage
from tenure.support.rules import RequestKind, RequestOutcome, RequestStatus


@dataclass(frozen=True, slots=True)
class WaitingRequests:
    """How many requests wait for staff, and since when the oldest does."""

    count: int
    oldest: datetime | None


def waiting_requests() -> WaitingRequests:
    """What waits for the vendor's staff; one statement."""
    found = read_values(
        "SELECT count(*)::int, min(created_at) FROM support_request WHERE status = %s",
        [RequestStatus.OPEN.value],
    )
    return WaitingRequests(*found[0])


def requests_with_status(status: RequestStatus | None = None) -> QuerySet[Request]:
    """Requests with whom they are from, in the order of their ids, which is by age."""
    rows = Request.objects.select_related("organisation", "offer").order_by("id")
    return rows if status is None else rows.filter(status=status)


def messages_of(requests: Collection[UUID]) -> dict[UUID, list[RequestMessage]]:
    """What was said after each request, in order; one statement for any number of them."""
    found: dict[UUID, list[RequestMessage]] = {request: [] for request in requests}
    rows = RequestMessage.objects.filter(request_id__in=requests).select_related("staff")
    for row in rows.order_by("request_id", "id"):
        found[row.request_id].append(row)
    return found


def reply_address(request: Request, owner_email: str | None) -> str:
    """Where an answer goes: the address that was given, else that of the organisation's owner."""
    return request.email or owner_email or ""


def state_of(request: Request) -> str:
    """Where a request stands, as it is told outside: ``submitted``, ``granted`` and ``declined``
    are those to cancel an order (R29, R30)."""
    if request.outcome == RequestOutcome.GRANTED:
        return RequestOutcome.GRANTED.value
    if request.kind == RequestKind.CANCELLATION and request.waits:
        return SUBMITTED
    return request.outcome or request.status


SUBMITTED: Final = "submitted"


def waiting_cancellation(order: UUID) -> Request | None:
    """The newest request to cancel an order that waits for an answer (R29); one statement."""
    rows = Request.objects.filter(
        order_id=order, kind=RequestKind.CANCELLATION, status=RequestStatus.OPEN
    )
    return rows.order_by("-id").first()


def refund_of_request(request: Request) -> Refund | None:
    """What went back when the request was granted; one statement, and none for any other."""
    if request.outcome != RequestOutcome.GRANTED:
        return None
    return Refund.objects.filter(order__requests=request).order_by("-id").first()


@dataclass(frozen=True, slots=True)
class FirstAnswers:
    """How fast staff gave their first answers: how many, and the median of the seconds."""

    count: int
    median: float | None


def first_answers(since: datetime) -> FirstAnswers:
    """Of the requests made since then; those that were granted at once waited for nobody. One
    statement."""
    ((count, median),) = read_values(_FIRST_ANSWERS, [since])
    return FirstAnswers(count, median)


_FIRST_ANSWERS: Final = """
    SELECT count(*)::int, percentile_cont(0.5) WITHIN GROUP (
        ORDER BY extract(epoch FROM first_answered_at - created_at)::float8)
    FROM support_request WHERE created_at >= %s AND first_answered_at > created_at
"""


def was_sent_without_login(row: Request) -> bool:
    """Whether a request of an organisation came from somebody who only named its order (R33).

    One statement.
    """
    if row.organisation_id is None:
        return False
    made = Event.objects.filter(
        organisation_id=row.organisation_id,
        type="request.made",
        by="visitor",
        data__request=public_id("req", row.id),
    )
    return made.exists()


def request_token(request: UUID) -> str:
    """The word by which who asked by mail confirms it (R33): derived by the installation's key."""
    mac = salted_hmac(
        "tenure.request", request.bytes, secret=settings.SECRET_KEY, algorithm="sha256"
    )
    return public_id(_CONFIRMS, request) + mac.hexdigest()[:_MAC]


def request_of_token(token: str) -> Request:
    """The request that ``token`` was made for; ``NotFound`` if it was made for none."""
    request = parse_public_id(_CONFIRMS, token[:-_MAC])
    if not constant_time_compare(token, request_token(request)):
        raise NotFound
    row = Request.objects.select_related("organisation").filter(id=request).first()
    if row is None:
        raise NotFound
    return row


_CONFIRMS: Final = "req"
_MAC: Final = 40
