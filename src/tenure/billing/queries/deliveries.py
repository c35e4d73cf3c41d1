"""Reads of what is handed over to the platform, for the worker and for staff (R47)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Max, Min

from tenure.base.calendar import first_instant, zone_named
from tenure.billing.documents.content import Content, DocumentKind, parse
from tenure.billing.models import (
    DeliveryStatus,
    Document,
    DocumentDelivery,
    DocumentFile,
    SalesReport,
)
from tenure.billing.rules.ereporting import Cashed

_FISCAL: Final = [kind.value for kind in DocumentKind if kind.is_fiscal]


def waiting_documents(most: int, *, after: UUID | None = None) -> list[Document]:
    """What waits to be handed over, the oldest first; ``after`` one of them."""
    waiting = DocumentDelivery.objects.filter(status=DeliveryStatus.WAITING)
    if after is not None:
        waiting = waiting.filter(document_id__gt=after)
    rows = waiting.select_related("document").order_by("document_id")[:most]
    return [row.document for row in rows]


def kept_files(documents: Collection[UUID]) -> dict[tuple[UUID, str], bytes]:
    """The files that were made of ``documents`` already, by document and format."""
    files = DocumentFile.objects.filter(document__in=list(documents))
    return {(file.document_id, file.format): bytes(file.data) for file in files}


def documents_numbered(numbers: Collection[str]) -> dict[str, UUID]:
    """Which of ``numbers`` belong to documents that are known to go to the platform."""
    found = Document.objects.filter(number__in=list(numbers), delivery__isnull=False)
    return dict(found.values_list("number", "id"))


def deliveries_of(documents: Collection[UUID]) -> dict[UUID, DocumentDelivery]:
    """Where ``documents`` stand with the platform, for those that go there."""
    return DocumentDelivery.objects.in_bulk(list(documents))


def first_day_to_report() -> date | None:
    """The day after the last report, or that of the first document; None if there is none."""
    last: date | None = SalesReport.objects.aggregate(last=Max("day"))["last"]
    if last is not None:
        return last + timedelta(days=1)
    first: date | None = Document.objects.filter(kind__in=_FISCAL).aggregate(
        first=Min("issued_on")
    )["first"]
    return first


def issued_on(day: date) -> Iterator[Content]:
    """The invoices and credit notes of ``day``, test clocks' left out, in the order of numbers."""
    rows = Document.objects.filter(issued_on=day, kind__in=_FISCAL)
    texts = rows.order_by("series", "sequence").values_list("content", flat=True)
    contents = (parse(text) for text in texts.iterator())
    return (content for content in contents if not content.test_clock)


_CASHED: Final = """
    SELECT money.amount, invoice.content
    FROM (
        SELECT id, order_id, amount, settled_at FROM billing_payment
        WHERE status = 'captured' AND settled_at >= %(begins)s AND settled_at < %(ends)s
        UNION ALL
        SELECT id, order_id, -amount, settled_at FROM billing_refund
        WHERE status = 'done' AND settled_at >= %(begins)s AND settled_at < %(ends)s
    ) AS money
    CROSS JOIN LATERAL (
        SELECT content FROM billing_document
        WHERE order_id = money.order_id AND kind = 'invoice' ORDER BY id DESC LIMIT 1
    ) AS invoice
    ORDER BY money.settled_at, money.id
"""


def cashed_on(day: date, zone: str) -> Iterator[Cashed]:
    """The money that came and went on ``day`` of ``zone``, each with its order's invoice."""
    begins = first_instant(day, zone_named(zone))
    ends = first_instant(day + timedelta(days=1), zone_named(zone))
    with connection.cursor() as cursor:
        cursor.execute(_CASHED, {"begins": begins, "ends": ends})
        found = cursor.fetchall()
    told = ((amount, parse(content)) for amount, content in found)
    return (Cashed(content, amount) for amount, content in told if not content.test_clock)


def waiting_reports(most: int) -> list[SalesReport]:
    """The reports that wait to be handed over, the oldest first."""
    return list(SalesReport.objects.filter(status=DeliveryStatus.WAITING).order_by("day")[:most])
