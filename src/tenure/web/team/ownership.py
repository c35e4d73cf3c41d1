"""The ownership, offered to a member who accepts or declines it in their home (R34)."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from tenure.access.queries.team import member_of
from tenure.base.errors import NotFound, Refused
from tenure.base.ids import parse_public_id
from tenure.flows.ownership import close_ownership_offer, offer_ownership
from tenure.organisations.queries import ownership_offers
from tenure.organisations.rules import Ability
from tenure.web.edge.doors import FORM, console_page
from tenure.web.edge.refusals import said
from tenure.web.edge.visits import Desk


@console_page(Ability.OWNERSHIP, methods=FORM)
def offer(desk: Desk, member: str) -> HttpResponse:
    """Offer the ownership to a member, or take the offer back (``withdraw``)."""
    row = member_of(desk.organisation, parse_public_id("mem", member))
    if desk.member is None:
        raise NotFound
    page = reverse("team_member", args=[desk.organisation_id, member])
    if not desk.posted:
        return desk.render("team/ownership.html", {"member": row, "back": page})
    try:
        if "withdraw" in desk.request.POST:
            for each in ownership_offers(givers=[desk.member], takers=[]):
                close_ownership_offer(offer=each.id, member=desk.member, now=desk.now, by=desk.by)
            desk.tell(gettext("The offer is withdrawn."))
        else:
            offer_ownership(
                giver=desk.member,
                taker=row.id,
                giver_stays="stays" in desk.request.POST,
                now=desk.now,
                by=desk.by,
            )
            desk.tell(gettext("Offered. It passes when they accept it."))
    except Refused as error:
        desk.warn(said(error, desk.language).text)
    return desk.redirect(page)
