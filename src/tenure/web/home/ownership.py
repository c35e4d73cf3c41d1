"""The ownership that somebody offers: accepted or declined by whom it is offered to (R34)."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from tenure.base.errors import NotFound, Refused
from tenure.base.ids import parse_public_id
from tenure.flows.ownership import accept_ownership, close_ownership_offer
from tenure.web.edge.doors import ACTION, member_page
from tenure.web.edge.refusals import said
from tenure.web.edge.visits import Desk


@member_page(ACTION)
def answer(desk: Desk, offer: str) -> HttpResponse:
    """Become owner (``accept``), or say no."""
    if desk.member is None:
        raise NotFound
    id_ = parse_public_id("own", offer)
    try:
        if "accept" in desk.request.POST:
            accept_ownership(offer=id_, member=desk.member, now=desk.now, by=desk.by)
            desk.tell(gettext("You are an owner of %(name)s now.") % {"name": desk.place.name})
        else:
            close_ownership_offer(offer=id_, member=desk.member, now=desk.now, by=desk.by)
            desk.tell(gettext("Declined; everything stays as it is."))
    except Refused as error:
        desk.warn(said(error, desk.language).text)
    return desk.redirect(reverse("home"))
