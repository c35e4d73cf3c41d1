"""Invitations on their way: until when, sent again, withdrawn (R36)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from tenure.access.queries.team import invitation_of, invitations_of
from tenure.base.calendar import local_date, zone_named
from tenure.base.errors import Refused
from tenure.base.ids import parse_public_id
from tenure.catalogue.queries import roles_of
from tenure.flows.invitations import resend_invitation, withdraw_invitation
from tenure.organisations.models import Invitation, InvitationStatus
from tenure.organisations.rules import Ability
from tenure.web.edge.doors import ACTION, console_page
from tenure.web.edge.paging import pages, place
from tenure.web.edge.refusals import said
from tenure.web.edge.visits import Desk, safe_next


class Shown(NamedTuple):
    """An invitation as it is listed; one that ran out need not have been noted yet."""

    row: Invitation
    state: str
    last_day: date
    roles: list[str]

    @property
    def waits(self) -> bool:
        """Whether it can still be accepted."""
        return self.state == "invited"


@console_page(Ability.MEMBERS)
def invitations(desk: Desk) -> HttpResponse:
    """The invitations that wait, or all of them, the newest first."""
    everything = desk.request.GET.get("show") == "all"
    found, last = invitations_of(
        desk.organisation, pending=not everything, before=place(desk, "inv")
    )
    names = roles_of({role for row in found for role in row.roles}, desk.language)
    rows = [
        Shown(
            row,
            state_of(row, desk.now),
            last_day_of(row, desk.place.timezone),
            [names[role].name for role in row.roles if role in names],
        )
        for row in found
    ]
    context = {"rows": rows, "everything": everything, **pages(desk, last, "inv")}
    return desk.render("team/invitations.html", context)


@console_page(Ability.MEMBERS, methods=ACTION)
def resend(desk: Desk, invitation: str) -> HttpResponse:
    """Send an invitation again; it runs anew from now."""
    row = invitation_of(desk.organisation, parse_public_id("inv", invitation))
    try:
        resend_invitation(invitation=row.id, now=desk.now, by=desk.by)
        desk.tell(gettext("Sent again to %(email)s; it runs anew.") % {"email": row.email})
    except Refused as error:
        desk.warn(said(error, desk.language).text)
    return _back(desk)


@console_page(Ability.MEMBERS, methods=ACTION)
def withdraw(desk: Desk, invitation: str) -> HttpResponse:
    """Withdraw an invitation; what it kept is free again."""
    row = invitation_of(desk.organisation, parse_public_id("inv", invitation))
    try:
        withdraw_invitation(invitation=row.id, now=desk.now, by=desk.by)
        desk.tell(
            gettext("The invitation of %(email)s is withdrawn, and its seats are free.")
            % {"email": row.email}
        )
    except Refused as error:
        desk.warn(said(error, desk.language).text)
    return _back(desk)


def state_of(row: Invitation, now: datetime) -> str:
    """Its state as a badge shows it."""
    if row.status == InvitationStatus.PENDING:
        return "expired" if now >= row.expires_at else "invited"
    return str(row.status)


def last_day_of(row: Invitation, zone: str) -> date:
    """The last local day on which it can be accepted."""
    return local_date(row.expires_at, zone_named(zone)) - timedelta(days=1)


def _back(desk: Desk) -> HttpResponse:
    return desk.redirect(
        safe_next(desk.request, reverse("team_invitations", args=[desk.organisation_id]))
    )
