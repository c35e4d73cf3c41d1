"""The journal over all organisations: what happened, to whom, by whom."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id
from tenure.organisations.rules import StaffAbility
from tenure.support.queries.journal import journal as read
from tenure.support.queries.lists import Listed
from tenure.web.backoffice.lists import pages, place
from tenure.web.edge.doors import staff_page
from tenure.web.edge.forms import DateField, Form
from tenure.web.edge.visits import StaffVisit


class FilterForm(Form):
    """Which events are wanted."""

    type = forms.CharField(label=_("Type"), max_length=64, required=False)
    organisation = forms.CharField(label=_("Customer"), max_length=40, required=False)
    day = DateField(label=_("Recorded on"), required=False)

    def clean_organisation(self) -> str:
        """An identifier of an organisation, or nothing."""
        word = str(self.cleaned_data["organisation"]).strip()
        try:
            return word and str(parse_public_id("org", word))
        except NotFound:
            raise forms.ValidationError(_("Give an identifier that begins with org_.")) from None


@staff_page(StaffAbility.JOURNAL)
def journal(visit: StaffVisit) -> HttpResponse:
    """Events, the last recorded first."""
    form = FilterForm(visit.request.GET)
    found: Listed[Any] = Listed(())
    if form.is_valid():
        wanted = form.cleaned_data
        found = read(
            kind=wanted["type"].strip().rstrip(".*"),
            organisation=UUID(wanted["organisation"]) if wanted["organisation"] else None,
            day=wanted["day"],
            before=place(visit, "evt"),
        )
    context = {"form": form, "events": found.rows, **pages(visit, found, "evt")}
    return visit.render("backoffice/journal.html", context, status=form.status)
