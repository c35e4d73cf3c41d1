"""History: who did what when, from the journal, with filters."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from tenure.access.queries.history import HistoryPage, Wanted, history
from tenure.base.calendar import first_instant, zone_named
from tenure.base.errors import NotFound
from tenure.organisations.rules import Ability
from tenure.web.console.telling import by_day, told
from tenure.web.edge.doors import console_page
from tenure.web.edge.forms import DateField, Form
from tenure.web.edge.paging import PLACE, address_with
from tenure.web.edge.visits import Desk

KINDS: Final = {
    "people": ("member", "invitation", "ownership"),
    "seats": ("seat", "role_request"),
    "subscriptions": ("subscription",),
    "orders": ("order", "payment"),
    "settings": ("organisation", "api_key"),
    "vendor": ("acting", "request"),
}
"""How the types of events begin, by what they are gathered as."""

_LABELS: Final = [
    ("", _("Everything")),
    ("people", _("Members and invitations")),
    ("seats", _("Roles and seats")),
    ("subscriptions", _("Subscriptions")),
    ("orders", _("Orders and payments")),
    ("settings", _("Settings and keys")),
    ("vendor", _("The vendor's staff and requests")),
]


class FilterForm(Form):
    """What is looked for."""

    kind = forms.ChoiceField(label=_("What"), choices=_LABELS, required=False)
    person = forms.CharField(label=_("Who"), max_length=100, required=False)
    day = DateField(label=_("Day"), required=False)


@console_page(Ability.SUBSCRIPTIONS)
def events(desk: Desk) -> HttpResponse:
    """What happened, the last first."""
    form = FilterForm(desk.request.GET)
    found = HistoryPage((), None)
    if form.is_valid():
        found = history(desk.organisation, _wanted(desk, form), _place(desk))
    telling = told(found.events, desk.language, desk.place.timezone)
    context = {
        "form": form,
        "filtered": any(form.data.get(name) for name in form.fields),
        "days": by_day(telling, desk.place.timezone),
        "first_page": address_with(desk, PLACE, "") if PLACE in desk.request.GET else "",
        "next_page": address_with(desk, PLACE, str(found.last)) if found.last else "",
    }
    return desk.render("console/history.html", context, status=form.status)


def _wanted(desk: Desk, form: FilterForm) -> Wanted:
    given = form.cleaned_data
    day, zone = given["day"], zone_named(desk.place.timezone)
    return Wanted(
        kinds=KINDS.get(given["kind"], ()),
        person=given["person"].strip(),
        begins=first_instant(day, zone) if day else None,
        ends=first_instant(day + timedelta(days=1), zone) if day else None,
    )


def _place(desk: Desk) -> int | None:
    """After which event the page begins; ``NotFound`` for what is no number of one."""
    word = desk.request.GET.get(PLACE, "")
    if not word:
        return None
    if not (word.isascii() and word.isdecimal()) or len(word) > 18:
        raise NotFound
    return int(word)
