"""Requests for roles, as administrators answer them: granted, bought for, declined (R40)."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenure.access.queries.requests import RequestView, requests_to_answer
from tenure.access.rules.requests import LONGEST_WORD
from tenure.base.errors import NotFound, Refused
from tenure.base.ids import parse_public_id
from tenure.flows.role_requests import await_seat, decline_role_request, grant_role_request
from tenure.organisations.rules import Ability
from tenure.web.edge.doors import ACTION, FORM, console_page
from tenure.web.edge.forms import Form
from tenure.web.edge.refusals import said
from tenure.web.edge.visits import Desk
from tenure.web.team.seats import store_page


class DeclineForm(Form):
    """Why not."""

    answer = forms.CharField(
        label=_("Why not, in a word"),
        max_length=LONGEST_WORD,
        help_text=_("Whoever asked reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@console_page(Ability.ROLES)
def requests(desk: Desk) -> HttpResponse:
    """What waits for an answer, oldest first."""
    rows = _waiting(desk)
    return desk.render("team/requests.html", {"rows": rows})


@console_page(Ability.ROLES, methods=ACTION)
def grant(desk: Desk, wish: str) -> HttpResponse:
    """Grant a request from a free seat."""
    try:
        grant_role_request(
            request=parse_public_id("req", wish),
            organisation=desk.organisation,
            now=desk.now,
            by=desk.by,
        )
        desk.tell(gettext("Granted; the member holds the role from now on."))
    except Refused as error:
        desk.warn(said(error, desk.language).text)
    return _back(desk)


@console_page(Ability.ROLES, methods=ACTION)
def buy(desk: Desk, wish: str) -> HttpResponse:
    """Go and buy a seat for a request; the purchase grants it."""
    wanted = _one(desk, parse_public_id("req", wish))
    await_seat(request=wanted.id, organisation=desk.organisation, now=desk.now, by=desk.by)
    return desk.redirect(store_page(desk, wanted.role.id))


@console_page(Ability.ROLES, methods=FORM)
def decline(desk: Desk, wish: str) -> HttpResponse:
    """Decline a request with a word."""
    wanted = _one(desk, parse_public_id("req", wish))
    form = DeclineForm(desk.request.POST if desk.posted else None)
    if desk.posted and form.is_valid():
        with form.refusals():
            decline_role_request(
                request=wanted.id,
                organisation=desk.organisation,
                word=form.cleaned_data["answer"],
                now=desk.now,
                by=desk.by,
            )
            desk.tell(gettext("Declined; the member reads why."))
            return _back(desk)
    return desk.render("team/decline.html", {"asked": wanted, "form": form}, status=form.status)


def _waiting(desk: Desk) -> list[RequestView]:
    return requests_to_answer(desk.organisation, at=desk.now, on=desk.today, language=desk.language)


def _one(desk: Desk, id_: UUID) -> RequestView:
    """One that still waits here; ``NotFound`` for any other."""
    found = next((each for each in _waiting(desk) if each.id == id_), None)
    if found is None:
        raise NotFound
    return found


def _back(desk: Desk) -> HttpResponse:
    return desk.redirect(reverse("team_requests", args=[desk.organisation_id]))
