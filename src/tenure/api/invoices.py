"""Papers: invoices and credit notes, and by their kind the others too (R46, R47)."""

from __future__ import annotations

from typing import Final, Literal

from typing_extensions import TypedDict

from tenure.api.callers import Call
from tenure.api.calls import Answer, Calls
from tenure.api.fields import Filter
from tenure.api.lists import Cursor, Limit, page_by_id
from tenure.api.shapes import Day, MoneyOut, Page, money_out
from tenure.base.ids import public_id
from tenure.billing.errors import DOCUMENT_WITHOUT_XML
from tenure.billing.models import Document, DocumentFormat
from tenure.flows.documents.files import document_file

calls = Calls("Papers")

Kind = Literal["invoice", "credit_note", "pro_forma", "quote", "receipt"]

_USUAL: Final = ("invoice", "credit_note")


class InvoiceOut(TypedDict):
    """A paper. Amounts of a credit note are positive; ``corrects`` is the invoice it takes back."""

    id: str
    organisation: str
    kind: Kind
    number: str
    issued_on: Day
    order: str | None
    corrects: str | None
    total_net: MoneyOut
    total_tax: MoneyOut
    total: MoneyOut
    sha256: str


@calls.get("/organisations/{organisation}/invoices", Page[InvoiceOut])
def list_invoices(
    call: Call, kind: Filter[Kind] = None, limit: Limit = 50, cursor: Cursor = None
) -> Answer:
    """The organisation's invoices and credit notes, oldest first; with `kind`, those of a kind."""
    rows = Document.objects.filter(
        organisation_id=call.organisation, kind__in=[kind] if kind else _USUAL
    ).defer("content")
    shown, following = page_by_id(f"invoices:{kind or ''}", rows, limit, cursor)
    return Answer({"data": [_out(row) for row in shown], "next_cursor": following})


@calls.get("/invoices/{document}", InvoiceOut)
def get_invoice(call: Call) -> Answer:
    """One paper, of whatever kind."""
    return Answer(_out(Document.objects.defer("content").get(id=call.ids["document"])))


@calls.get("/invoices/{document}/pdf", None, file="application/pdf")
def get_invoice_pdf(call: Call) -> Answer:
    """The paper as PDF, made when it is first asked for, and never made again (R46)."""
    return _file(call, DocumentFormat.PDF)


@calls.get("/invoices/{document}/xml", None, file="application/xml", misses=(DOCUMENT_WITHOUT_XML,))
def get_invoice_xml(call: Call) -> Answer:
    """The EN 16931 data of an invoice or a credit note; other papers have none (R47)."""
    return _file(call, DocumentFormat.XML)


def _file(call: Call, form: DocumentFormat) -> Answer:
    found = document_file(document=call.ids["document"], form=form, by=call.by)
    return Answer(bytes(found.data), filename=f"{found.document.number}.{form}")


def _out(row: Document) -> InvoiceOut:
    return {
        "id": public_id("doc", row.id),
        "organisation": public_id("org", row.organisation_id),
        "kind": row.kind,  # type: ignore[typeddict-item]  # a constraint keeps it among these
        "number": row.number,
        "issued_on": row.issued_on.isoformat(),
        "order": public_id("ord", row.order_id) if row.order_id else None,
        "corrects": public_id("doc", row.corrects_id) if row.corrects_id else None,
        "total_net": money_out(row.total_net, row.currency),
        "total_tax": money_out(row.total_tax, row.currency),
        "total": money_out(row.total, row.currency),
        "sha256": row.sha256,
    }
