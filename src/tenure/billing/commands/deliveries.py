"""Writes of what is handed over to the platform, and of its answers (R47)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection

from tenure.billing.documents.content import DocumentKind, sha256
from tenure.billing.documents.numbering import series_of
from tenure.billing.events import DocumentAcknowledged, DocumentDelivered, DocumentRejected
from tenure.billing.models import DeliveryStatus, DocumentDelivery, SalesReport
from tenure.billing.platforms import Acknowledgement
from tenure.events.journal import Journal

REJECTED: Final = frozenset({210, 213})
"""Refused by the customer, or rejected by a platform."""

LONGEST_TRANSACTION: Final = timedelta(days=1)
"""Nothing takes longer to commit: what was made before that is there to be seen."""

_SERIES: Final = [
    series_of(DocumentKind.INVOICE),
    series_of(DocumentKind.INVOICE, renewal=True),
    series_of(DocumentKind.CREDIT_NOTE),
]
"""What the law wants handed over; a test clock's papers never are."""

_PLAN: Final = """
    INSERT INTO billing_documentdelivery
        (document_id, organisation_id, status, platform, reason)
    SELECT document.id, document.organisation_id, 'waiting', '', ''
    FROM billing_document AS document
    WHERE document.id >= %s AND document.series = ANY(%s)
      AND NOT EXISTS (
          SELECT FROM billing_documentdelivery AS known WHERE known.document_id = document.id
      )
    ON CONFLICT DO NOTHING
"""


def plan_deliveries() -> int:
    """Every invoice and credit note that is not known here yet waits to be delivered.

    Only what was made in the last day before the newest known one is looked at: identifiers tell
    when they were made. Returns how many are new.
    """
    known = DocumentDelivery.objects.order_by("-document_id").values_list("document_id", flat=True)
    newest = known.first()
    with connection.cursor() as cursor:
        cursor.execute(_PLAN, [_day_before(newest), _SERIES])
        return int(cursor.rowcount)


def _day_before(id_: UUID | None) -> UUID:
    """The first identifier that could be made a day before ``id_`` was."""
    made = 0 if id_ is None else id_.int >> 80
    day = LONGEST_TRANSACTION // timedelta(milliseconds=1)
    return UUID(int=max(made - day, 0) << 80)


def mark_delivered(*, documents: Collection[UUID], platform: str, journal: Journal) -> None:
    """``documents`` are with ``platform``; those that are so already stay as they are."""
    waiting = DocumentDelivery.objects.select_for_update().filter(
        document__in=list(documents), status=DeliveryStatus.WAITING
    )
    rows = list(waiting.order_by("document_id"))
    DocumentDelivery.objects.filter(document__in=[row.document_id for row in rows]).update(
        status=DeliveryStatus.DELIVERED, platform=platform, delivered_at=journal.at
    )
    for row in rows:
        journal.record(row.organisation_id, DocumentDelivered(document=row.document_id))


def wait_again(*, document: UUID) -> bool:
    """What was refused waits to be handed over once more; False where nothing was refused.

    The refusal stays to be read until the platform says something newer.
    """
    refused = DocumentDelivery.objects.filter(document=document, status=DeliveryStatus.REJECTED)
    return bool(refused.update(status=DeliveryStatus.WAITING))


def settle_answers(*, answers: Mapping[UUID, Acknowledgement], journal: Journal) -> None:
    """Write the platform's newest word on each document; an older or the same one changes nothing.

    Its reason stays in the row: it may name people.
    """
    rows = DocumentDelivery.objects.select_for_update().filter(document__in=list(answers))
    changed = []
    for row in rows.order_by("document_id"):
        said = answers[row.document_id]
        if not _answered(row, said):
            continue
        changed.append(row)
        fact = DocumentRejected if said.code in REJECTED else DocumentAcknowledged
        journal.record(row.organisation_id, fact(document=row.document_id, code=said.code))
    DocumentDelivery.objects.bulk_update(changed, ["status", "code", "reason", "answered_at"])


def freeze_report(*, day: date, content: str, at: datetime) -> None:
    """Keep the report of ``day`` as it is, unless it is kept already."""
    report = SalesReport(day=day, content=content, sha256=sha256(content.encode()), made_at=at)
    SalesReport.objects.bulk_create([report], ignore_conflicts=True)


def mark_reported(*, days: Collection[date], platform: str, at: datetime) -> None:
    """The reports of ``days`` are with ``platform``."""
    SalesReport.objects.filter(day__in=list(days), status=DeliveryStatus.WAITING).update(
        status=DeliveryStatus.DELIVERED, platform=platform, delivered_at=at
    )


def settle_report_answers(*, answers: Mapping[date, Acknowledgement]) -> None:
    """Write the platform's newest word on each report."""
    rows = SalesReport.objects.select_for_update().filter(day__in=list(answers)).order_by("day")
    changed = [row for row in rows if _answered(row, answers[row.day])]
    SalesReport.objects.bulk_update(changed, ["status", "code", "reason", "answered_at"])


def _answered(row: DocumentDelivery | SalesReport, said: Acknowledgement) -> bool:
    """Take ``said`` down if it is newer than what is known."""
    if row.answered_at is not None and row.answered_at >= said.at:
        return False
    row.code, row.reason, row.answered_at = said.code, said.reason, said.at
    refused = said.code in REJECTED
    row.status = DeliveryStatus.REJECTED if refused else DeliveryStatus.ACCEPTED
    return True
