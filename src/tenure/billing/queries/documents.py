"""Papers as they are listed: without what they say, which is long."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from tenure.base.errors import NotFound
from tenure.base.money import Money
from tenure.billing.documents.content import DocumentKind
from tenure.billing.models import Document

MOST: Final = 50
"""How many one page shows."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper with the order that it is about, and the paper that it corrects."""

    row: Document

    @property
    def total(self) -> Money:
        """With tax; of a credit note what is taken back, which is positive too."""
        return Money(self.row.total, self.row.currency)

    @property
    def has_xml(self) -> bool:
        """Whether it comes as EN 16931 data as well (R47)."""
        return DocumentKind(self.row.kind).is_fiscal


@dataclass(frozen=True, slots=True)
class PaperPage:
    """Some papers, the newest first, and the last of them if there are more."""

    rows: Sequence[Paper]
    last: UUID | None


def paper_page(
    organisation: UUID, kinds: Collection[str], before: UUID | None = None, most: int = MOST
) -> PaperPage:
    """The organisation's papers of these kinds, the newest first; one statement."""
    rows = _listed().filter(organisation_id=organisation, kind__in=list(kinds))
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = list(rows.order_by("-id")[: most + 1])
    shown = found[:most]
    return PaperPage(
        [Paper(row) for row in shown], shown[-1].id if len(found) > most and shown else None
    )


def papers_of_order(order: UUID) -> list[Paper]:
    """All papers about an order, oldest first; one statement."""
    return [Paper(row) for row in _listed().filter(order_id=order).order_by("id")]


def papers_of_quotes(quotes: Collection[UUID]) -> dict[UUID, Paper]:
    """The paper of each quote that was sent; one statement."""
    rows = _listed().filter(quote_id__in=list(quotes))
    return {row.quote_id: Paper(row) for row in rows if row.quote_id is not None}


def paper_of(organisation: UUID, document: UUID) -> Paper:
    """One of the organisation's papers; one statement. Raises ``NotFound``."""
    found = _listed().filter(id=document, organisation_id=organisation).first()
    if found is None:
        raise NotFound
    return Paper(found)


def _listed() -> QuerySet[Document]:
    rows = Document.objects.select_related("order", "corrects")
    return rows.defer("content", "corrects__content")
