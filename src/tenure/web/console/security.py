"""Settings: whether those who administer need a second factor to come in (R35)."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from tenure.flows.safety import set_second_factor
from tenure.organisations.rules import Ability
from tenure.web.edge.doors import FORM, console_page
from tenure.web.edge.factors import has_second_factor, managers_without_factor
from tenure.web.edge.visits import Desk


@console_page(Ability.SUBSCRIPTIONS, methods=FORM)
def security(desk: Desk) -> HttpResponse:
    """Who has a second factor, and whether it is required."""
    if desk.posted:
        required = desk.request.POST.get("on") == "yes"
        set_second_factor(
            organisation=desk.organisation, required=required, now=desk.now, by=desk.by
        )
        desk.tell(
            gettext("From now on administrators need a second factor.")
            if required
            else gettext("Administrators come in without a second factor again.")
        )
        return desk.redirect(reverse("console_security", args=[desk.organisation_id]))
    context = {
        "required": desk.place.second_factor_required,
        "lacking": managers_without_factor(desk.organisation),
        "has_factor": has_second_factor(desk.user),
    }
    return desk.render("console/security.html", context)
