"""Documents as files: made when first asked for, kept with their hash, never made again (R46)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

from tenure.base.clock import machine_now
from tenure.base.errors import NotFound
from tenure.billing.commands.documents import keep_file
from tenure.billing.documents.content import Content, DocumentKind, parse
from tenure.billing.documents.facturx import render_xml
from tenure.billing.documents.paper import render_pdf
from tenure.billing.errors import DOCUMENT_WITHOUT_XML
from tenure.billing.models import Document, DocumentFile, DocumentFormat
from tenure.events.journal import transaction

_MAKE: Final[Mapping[DocumentFormat, Callable[[Content], bytes]]] = {
    DocumentFormat.PDF: render_pdf,
    DocumentFormat.XML: render_xml,
}


def document_file(*, document: UUID, form: DocumentFormat, by: str) -> DocumentFile:
    """A document's file, made now if nobody asked for it before.

    It is made outside of any transaction; of two who make it at once, both get what the first
    one kept. Raises ``NotFound``, with ``document_without_xml`` for kinds that have none (R47).
    """
    kept = DocumentFile.objects.select_related("document").filter(document=document, format=form)
    found = kept.first()
    if found is not None:
        return found
    row = Document.objects.filter(id=document).first()
    if row is None:
        raise NotFound
    if form == DocumentFormat.XML and not DocumentKind(row.kind).is_fiscal:
        raise NotFound(DOCUMENT_WITHOUT_XML)
    data = _MAKE[form](parse(row.content))
    now = machine_now()
    with transaction(now=now, by=by, organisation=row.organisation_id):
        return keep_file(document=row, form=form, data=data, made_at=now)
