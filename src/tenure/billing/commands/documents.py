"""Documents are issued: numbered, chained and written last in their transaction (R46)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Final
from uuid import UUID

import msgspec
from psycopg import sql

from tenure.base.calendar import local_date, zone_named
from tenure.base.ids import new_id
from tenure.billing.documents.content import Content, canonical, sha256
from tenure.billing.documents.numbering import series_of
from tenure.billing.events import DocumentIssued
from tenure.billing.models import Document, DocumentFile, DocumentFormat
from tenure.events.journal import Journal
from tenure.events.rows import column_names, new_row, read_values, run
from tenure.events.writing import write_now

_YET_TO_COME: Final = "?"
"""Where number and hash stand until they are known; the database puts them in."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A document to be issued, whose content is yet to be dated and numbered.

    ``renewal`` puts an invoice into the renewals' series; ``corrects`` is the invoice that a
    credit note takes back.
    """

    content: Content
    organisation: UUID
    order: UUID | None = None
    quote: UUID | None = None
    corrects: UUID | None = None
    renewal: bool = False


def issue_documents(*, drafts: Sequence[Draft], zone: str, journal: Journal) -> list[Document]:
    """Issue documents in the order given; ``zone`` is the vendor's, whose day and year they get.

    They are written after everything else, so that the series are locked for the shortest time;
    only then are number, sequence and hash known, which the rows returned need not have. One
    statement for any number of them, the journal's own, or a few where there are many.
    """
    documents = [_document(draft, zone, journal.at) for draft in drafts]
    journal.insert_last(documents, _ISSUE, _issue_many)
    for draft, document in zip(drafts, documents, strict=True):
        journal.record(
            document.organisation_id,
            DocumentIssued(document=document.id, kind=draft.content.kind.value, order=draft.order),
        )
    return documents


def _document(draft: Draft, zone: str, at: datetime) -> Document:
    given = draft.content
    issued_on = local_date(at, zone_named(zone))
    series = series_of(given.kind, renewal=draft.renewal, test_clock=given.test_clock)
    content = msgspec.structs.replace(
        given,
        series=series,
        year=issued_on.year,
        issued_on=issued_on,
        number=_YET_TO_COME,
        sequence=0,
        previous_sha256=_YET_TO_COME,
    )
    return new_row(
        Document,
        id=new_id(),
        organisation_id=draft.organisation,
        order_id=draft.order,
        quote_id=draft.quote,
        kind=content.kind.value,
        series=series,
        year=issued_on.year,
        issued_on=issued_on,
        issued_at=at,
        currency=content.currency,
        total_net=content.net,
        total_tax=content.tax,
        total=content.total,
        corrects_id=draft.corrects,
        content=canonical(content).decode(),
    )


def keep_file(
    *, document: Document, form: DocumentFormat, data: bytes, made_at: datetime
) -> DocumentFile:
    """Keep a document's file, unless somebody kept one a moment before: that one counts (R46).

    ``made_at`` is the machine's instant. Returns the one that is kept.
    """
    made = DocumentFile(
        organisation_id=document.organisation_id,
        document=document,
        format=form,
        data=data,
        sha256=sha256(data),
        made_at=made_at,
    )
    DocumentFile.objects.bulk_create([made], ignore_conflicts=True)
    return DocumentFile.objects.get(document=document, format=form)


_COLUMNS: Final = sql.SQL(", ").join(sql.Identifier(name) for name in column_names(Document))
_ISSUE: Final = (
    sql.SQL(
        "INSERT INTO billing_document ({columns}) SELECT {columns} "
        "FROM (SELECT count(*) AS raised FROM stream) AS before "
        "CROSS JOIN LATERAL billing_numbered_documents(%s::json, before.raised)"
    )
    .format(columns=_COLUMNS)
    .as_string()
)
"""The streams are raised first, since what counts them has to wait for all of them."""


def _issue_many(documents: Sequence[Document]) -> None:
    """Number, chain and write documents, as ``_ISSUE`` does; a series after the other."""
    in_series = attrgetter("series", "year")
    for (series, year), rows in groupby(sorted(documents, key=in_series), key=in_series):
        run(_OPEN, [series, year, series, year])
        ((reached, previous),) = read_values(_HOLD, [series, year])
        numbered = list(rows)
        for row in numbered:
            reached += 1
            _number(row, reached, previous)
            previous = row.sha256
        write_now(numbered)
        run(_REACHED, [reached, previous, series, year])


def _number(row: Document, sequence: int, previous: str) -> None:
    row.sequence, row.previous_sha256 = sequence, previous
    row.number = f"{row.series}-{row.year}-{sequence:06}"
    chained = f'"previous_sha256":"{previous}",' if previous else ""
    row.content = (
        row.content.replace(f'"number":"{_YET_TO_COME}"', f'"number":"{row.number}"')
        .replace('"sequence":0,', f'"sequence":{sequence},')
        .replace(f'"previous_sha256":"{_YET_TO_COME}",', chained)
    )
    row.sha256 = sha256(row.content.encode())


_OPEN: Final = """
    INSERT INTO billing_documentseries (series, year, last, last_sha256)
    SELECT %s, %s, 0, coalesce(
        (SELECT last_sha256 FROM billing_documentseries WHERE series = %s AND year < %s
         ORDER BY year DESC LIMIT 1), '')
    ON CONFLICT (series, year) DO NOTHING
"""
_HOLD: Final = """
    SELECT last, last_sha256 FROM billing_documentseries
    WHERE series = %s AND year = %s FOR UPDATE
"""
_REACHED: Final = """
    UPDATE billing_documentseries SET last = %s, last_sha256 = %s WHERE series = %s AND year = %s
"""
