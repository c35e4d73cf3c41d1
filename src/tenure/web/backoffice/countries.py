"""Orders whose country too little speaks for: what is known, and what staff found (R45)."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenure.base.ids import parse_public_id
from tenure.flows.country_evidence import settle_country
from tenure.organisations.rules import StaffAbility
from tenure.support.queries.countries import countries_in_doubt, country_evidence_of
from tenure.web.backoffice.lists import pages, place
from tenure.web.edge.doors import FORM, staff_page
from tenure.web.edge.forms import Form
from tenure.web.edge.visits import StaffVisit


class AcceptForm(Form):
    """Why the country is right."""

    reason = forms.CharField(
        label=_("Why the country is right"),
        max_length=500,
        help_text=_("Kept with the order for ten years."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@staff_page(StaffAbility.ORDERS)
def countries(visit: StaffVisit) -> HttpResponse:
    """Those that wait, the oldest first."""
    found = countries_in_doubt(place(visit, "ord"))
    context = {"doubts": found.rows, **pages(visit, found, "ord")}
    return visit.render("backoffice/countries.html", context)


@staff_page(StaffAbility.ORDERS, methods=FORM)
def country(visit: StaffVisit, order: str) -> HttpResponse:
    """One order's proofs; accepting its country is sent to this page."""
    row = country_evidence_of(parse_public_id("ord", order))
    form = AcceptForm(visit.request.POST if visit.posted else None)
    if visit.posted and form.is_valid():
        with form.refusals():
            settle_country(
                order=row.order_id,
                reason=form.cleaned_data["reason"],
                now=row.organisation.test_clock or visit.now,
                by=visit.by,
            )
            visit.tell(gettext("Accepted, and kept with the order."))
            return visit.redirect(reverse("backoffice_countries"))
    return visit.render("backoffice/country.html", {"doubt": row, "form": form}, status=form.status)
