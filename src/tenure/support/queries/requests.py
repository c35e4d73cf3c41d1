"""Reads of requests."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from tenure.events.rows import read_values
from tenure.support.models import Request, RequestMessage
from tenure.support.rules import RequestStatus


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
