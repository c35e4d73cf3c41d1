"""The papers of all customers, for staff: found by kind, series or number (R46, R47)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from tenure.base.errors import NotFound
from tenure.base.money import Money
from tenure.billing.documents.content import DocumentKind
from tenure.billing.models import DeliveryStatus, Document, DocumentDelivery, DocumentSeries
from tenure.billing.queries.deliveries import deliveries_of
from tenure.support.queries.lists import Listed, newest_first


@dataclass(frozen=True, slots=True)
class Paper:
    """A document, and where it stands with the approved platform if it goes there."""

    document: Document
    delivery: DocumentDelivery | None

    @property
    def total(self) -> Money:
        """The whole amount with tax."""
        return Money(self.document.total, self.document.currency)

    @property
    def has_xml(self) -> bool:
        """Whether it comes as XML too."""
        return DocumentKind(self.document.kind).is_fiscal


def papers(
    *,
    kind: str = "",
    series: str = "",
    number: str = "",
    delivery: str = "",
    before: UUID | None = None,
) -> Listed[Paper]:
    """Papers, the newest first; ``number`` is one or a part of one. Two statements."""
    rows = Document.objects.select_related("organisation").defer("content")
    asked = Q(number__icontains=number) if number else Q()
    asked &= Q(kind=kind) if kind else Q()
    asked &= Q(series=series) if series else Q()
    asked &= Q(delivery__status=delivery) if delivery in DeliveryStatus.values else Q()
    found = newest_first(rows.filter(asked), before)
    known = deliveries_of([row.id for row in found.rows])
    return Listed([Paper(row, known.get(row.id)) for row in found.rows], found.last)


def known_series() -> list[str]:
    """The series in which something was issued; one statement."""
    names = DocumentSeries.objects.order_by("series").values_list("series", flat=True)
    return list(names.distinct())


def first_year_on(day: date) -> int:
    """The year of the first document, or that of ``day`` without any; one statement."""
    first = Document.objects.order_by("issued_on").values_list("issued_on", flat=True).first()
    return (first or day).year


def paper_of(document: UUID) -> Document:
    """One document. Raises ``NotFound``."""
    found = Document.objects.defer("content").filter(id=document).first()
    if found is None:
        raise NotFound
    return found
