"""Invoices and credit notes, and the other papers; each as PDF, some as XML (R46, R47)."""

from __future__ import annotations

from typing import Final

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id
from tenure.billing.documents.content import DocumentKind
from tenure.billing.models import DocumentFormat
from tenure.billing.queries.documents import paper_of, paper_page
from tenure.flows.documents.files import document_file
from tenure.organisations.rules import Ability
from tenure.web.edge.doors import console_page
from tenure.web.edge.forms import Form
from tenure.web.edge.paging import pages, place
from tenure.web.edge.visits import Desk

_USUAL: Final = ("invoice", "credit_note")
_KINDS: Final = frozenset(kind.value for kind in DocumentKind)
_TYPES: Final = {"pdf": "application/pdf", "xml": "application/xml"}


class PaperFilter(Form):
    """Which papers are listed."""

    use_required_attribute = False
    kind = forms.ChoiceField(
        label=_("What is shown"),
        choices=[
            ("", _("Invoices and credit notes")),
            ("invoice", _("Invoices")),
            ("credit_note", _("Credit notes")),
            ("pro_forma", _("Pro-forma invoices")),
            ("receipt", _("Receipts")),
            ("quote", _("Quotes")),
        ],
    )


@console_page(Ability.BILLING)
def papers(desk: Desk) -> HttpResponse:
    """Papers, the newest first; invoices and credit notes unless others are asked for."""
    asked = desk.request.GET.get("kind", "")
    kind = asked if asked in _KINDS else ""
    form = PaperFilter(initial={"kind": kind})
    found = paper_page(desk.organisation, [kind] if kind else _USUAL, place(desk, "doc"))
    context = {
        "form": form,
        "kind": kind,
        "rows": found.rows,
        **pages(desk, found.last, "doc"),
    }
    return desk.render("console/papers.html", context)


@console_page(Ability.BILLING)
def file(desk: Desk, document: str, form: str) -> HttpResponse:
    """A paper as a file, made when it is first asked for, and never made again (R46)."""
    if form not in _TYPES:
        raise NotFound
    paper = paper_of(desk.organisation, parse_public_id("doc", document))
    found = document_file(document=paper.row.id, form=DocumentFormat(form), by=desk.by)
    headers = {
        "Content-Disposition": f'attachment; filename="{paper.row.number}.{form}"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(bytes(found.data), content_type=_TYPES[form], headers=headers)
