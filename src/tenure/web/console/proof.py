"""A student hands in the proof that a renewal asks for (R8)."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from tenure.base.errors import NotFound
from tenure.flows.verification import hand_in_proof
from tenure.organisations.queries import last_proof
from tenure.organisations.rules import Ability
from tenure.policy.words import Audience
from tenure.web.edge.doors import FORM, console_page
from tenure.web.edge.proof import ProofForm
from tenure.web.edge.visits import Desk


@console_page(Ability.SUBSCRIPTIONS, methods=FORM)
def proof(desk: Desk) -> HttpResponse:
    """Hand in what proves a student; a page of students' organisations alone."""
    if desk.place.audience != Audience.STUDENT:
        raise NotFound
    form = ProofForm(desk.request.POST if desk.posted else None)
    if desk.posted and form.is_valid():
        hand_in_proof(organisation=desk.organisation, given=form.given, now=desk.now, by=desk.by)
        desk.tell(gettext("Thank you. We look at it, and write to you."))
        return desk.redirect(reverse("console_subscriptions", args=[desk.organisation_id]))
    context = {"form": form, "handed_in": last_proof(desk.organisation)}
    return desk.render("console/proof.html", context, status=form.status)
