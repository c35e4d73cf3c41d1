"""Papers of all customers: found, looked at, handed over again where they were refused (R47)."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id
from tenure.billing.documents.content import DocumentKind
from tenure.billing.models import DeliveryStatus, DocumentFormat
from tenure.flows.documents.files import document_file
from tenure.flows.handing_over import hand_over_again
from tenure.organisations.rules import StaffAbility
from tenure.support.queries.papers import known_series, papers
from tenure.web.backoffice.lists import pages, place
from tenure.web.edge.doors import ACTION, staff_page
from tenure.web.edge.states import STATES
from tenure.web.edge.visits import StaffVisit

KINDS: Final = [
    (DocumentKind.INVOICE.value, _("Invoice")),
    (DocumentKind.CREDIT_NOTE.value, _("Credit note")),
    (DocumentKind.PRO_FORMA.value, _("Pro-forma")),
    (DocumentKind.QUOTE.value, _("Quote")),
    (DocumentKind.RECEIPT.value, _("Receipt")),
]
_TYPES: Final = {DocumentFormat.PDF: "application/pdf", DocumentFormat.XML: "application/xml"}


@staff_page(StaffAbility.PAYMENTS)
def all_papers(visit: StaffVisit) -> HttpResponse:
    """Papers, the newest first, of a kind, a series, a delivery's state, or by their number."""
    wanted = {
        name: visit.request.GET.get(name, "")[:40] for name in ("kind", "series", "q", "delivery")
    }
    number = wanted["q"].strip().replace("\0", "")
    found = papers(
        kind=wanted["kind"] if wanted["kind"] in dict(KINDS) else "",
        series=wanted["series"].replace("\0", ""),
        number=number,
        delivery=wanted["delivery"],
        before=place(visit, "doc"),
    )
    names = dict(KINDS)
    context = {
        "papers": [(each, names[each.document.kind]) for each in found.rows],
        "wanted": wanted,
        "kinds": KINDS,
        "series": known_series(),
        "states": [(word, STATES[f"delivery_{word}"].word) for word in DeliveryStatus.values],
        **pages(visit, found, "doc"),
    }
    return visit.render("backoffice/papers.html", context)


@staff_page(StaffAbility.PAYMENTS, StaffAbility.SALES)
def paper(visit: StaffVisit, document: str, form: str) -> HttpResponse:
    """One paper as a file; who sells finds quotes alone."""
    if form not in DocumentFormat.values:
        raise NotFound
    wanted = DocumentFormat(form)
    kept = document_file(document=parse_public_id("doc", document), form=wanted, by=visit.by)
    if not visit.may(StaffAbility.PAYMENTS) and kept.document.kind != DocumentKind.QUOTE:
        raise NotFound
    named = f'inline; filename="{kept.document.number}.{wanted.value}"'
    return HttpResponse(
        bytes(kept.data), content_type=_TYPES[wanted], headers={"Content-Disposition": named}
    )


@staff_page(StaffAbility.PAYMENTS, methods=ACTION)
def again(visit: StaffVisit, document: str) -> HttpResponse:
    """What the platform refused is handed over once more."""
    hand_over_again(document=parse_public_id("doc", document), now=visit.now, by=visit.by)
    visit.tell(gettext("It waits to be handed over again."))
    return visit.redirect(reverse("backoffice_papers"))
