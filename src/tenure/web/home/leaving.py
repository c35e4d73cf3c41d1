"""Leaving an organisation by oneself (R37)."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from tenure.access.queries.mine import my_places
from tenure.access.queries.team import active_owners
from tenure.base.errors import NotFound, Refused
from tenure.flows.members import remove_member
from tenure.organisations.rules import leaving_verdict
from tenure.web.edge.doors import FORM, member_page
from tenure.web.edge.refusals import said
from tenure.web.edge.visits import Desk


@member_page(FORM)
def leave(desk: Desk) -> HttpResponse:
    """Leave: what that means is said first."""
    if desk.member is None or desk.visitor.membership is None:
        raise NotFound
    if desk.posted:
        remove_member(member=desk.member, by_oneself=True, now=desk.now, by=desk.by)
        desk.tell(gettext("You left %(name)s.") % {"name": desk.place.name})
        return desk.redirect(reverse("home"))
    verdict = leaving_verdict(desk.member, active_owners(desk.organisation))
    (place,) = my_places([desk.visitor.membership], desk.visitor.arrived_at, desk.language)
    roles = ", ".join(mine.role.name for mine in place.roles)
    consequences = [
        gettext("This organisation is closed to you at once."),
        *([gettext("You lose these roles here: %(roles)s.") % {"roles": roles}] if roles else []),
        gettext("What you asked for here is withdrawn."),
        gettext("To come back, an administrator has to invite you again."),
    ]
    no = None if verdict else said(Refused.by(verdict), desk.language)
    return desk.render("home/leave.html", {"consequences": consequences, "no": no})
