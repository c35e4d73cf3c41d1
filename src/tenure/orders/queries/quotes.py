"""Quotes as they are shown: with their lines, and where they stand at an instant (R12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from tenure.base.errors import NotFound
from tenure.orders.models import Quote, QuoteLine, QuoteStatus


@dataclass(frozen=True, slots=True)
class ShownQuote:
    """A quote with its lines in their order, and where it stands now."""

    quote: Quote
    lines: Sequence[QuoteLine]
    status: QuoteStatus


def quotes_of(organisation: UUID) -> QuerySet[Quote]:
    """An organisation's quotes that were sent."""
    return Quote.objects.filter(organisation_id=organisation).exclude(status=QuoteStatus.DRAFT)


def quotes_waiting(organisation: UUID, at: datetime) -> int:
    """How many of an organisation's quotes can be accepted at a UTC instant; one statement."""
    rows = Quote.objects.filter(organisation_id=organisation, status=QuoteStatus.SENT)
    return rows.filter(expires_at__gt=at).count()


def quote_of(organisation: UUID, quote: UUID, at: datetime) -> ShownQuote:
    """One of an organisation's quotes that were sent. Raises ``NotFound``."""
    found = shown_quotes([quote], at)
    if not found or found[0].quote.organisation_id != organisation:
        raise NotFound
    if found[0].status == QuoteStatus.DRAFT:
        raise NotFound
    return found[0]


def shown_quotes(ids: Sequence[UUID], at: datetime) -> list[ShownQuote]:
    """Quotes by their ids, oldest first, as they stand at the UTC instant ``at``; two statements.

    A sent one whose time is over stands as expired, whether that was noted yet or not.
    """
    lines = Prefetch("lines", QuoteLine.objects.order_by("position"))
    rows = Quote.objects.filter(id__in=ids).prefetch_related(lines).order_by("id")
    return [ShownQuote(row, list(row.lines.all()), status_at(row, at)) for row in rows]


def status_at(row: Quote, at: datetime) -> QuoteStatus:
    """Where a quote stands at a UTC instant."""
    over = row.status == QuoteStatus.SENT and row.expires_at is not None and row.expires_at <= at
    return QuoteStatus.EXPIRED if over else QuoteStatus(row.status)
