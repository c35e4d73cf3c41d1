"""Customers whose data are due to be deleted, and the word that they are gone (R31)."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from tenure.base.ids import parse_public_id
from tenure.flows.retention.purging import confirm_purge
from tenure.organisations.queries import organisation_row, purges_due
from tenure.organisations.rules import StaffAbility
from tenure.web.edge.doors import FORM, staff_page
from tenure.web.edge.forms import Form
from tenure.web.edge.visits import StaffVisit

_MOST: Final = 200


@staff_page(StaffAbility.CUSTOMERS)
def purges(visit: StaffVisit) -> HttpResponse:
    """Whose data are due to go, the longest first."""
    return visit.render("backoffice/purges.html", {"due": purges_due(_MOST)})


@staff_page(StaffAbility.CUSTOMERS, methods=FORM)
def confirm(visit: StaffVisit, organisation: str) -> HttpResponse:
    """Ask before it is said that the data are gone, and then say so; it cannot be undone."""
    row = organisation_row(parse_public_id("org", organisation))
    form = Form(visit.request.POST if visit.posted else None)
    back = reverse("backoffice_purges")
    if visit.request.POST.get("sure") == "yes":
        with form.refusals():
            confirm_purge(organisation=row.id, now=row.test_clock or visit.now, by=visit.by)
            visit.tell(gettext("Confirmed: what was personal here is gone."))
            return visit.redirect(back)
    context = {
        "form": form,
        "back": back,
        "title": gettext("Are the data of %(name)s deleted?") % {"name": row.name},
        "consequences": [
            gettext("Your platform has deleted what it held about this customer."),
            gettext("Here names and addresses, requests, mails, cards and keys go as well."),
            gettext("Invoices, payments, orders and the books stay for their legal time."),
            gettext("This cannot be undone."),
        ],
    }
    return visit.render("backoffice/purge.html", context, status=form.status)
