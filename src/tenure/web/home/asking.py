"""Asking for a role, and what became of that (R40)."""

from __future__ import annotations

from typing import NamedTuple

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenure.access.models import RoleRequest
from tenure.access.queries.mine import (
    opens,
    requests_of_members,
    role_to_ask_for,
    roles_to_ask_for,
)
from tenure.access.rules.requests import LONGEST_WORD, WAITING, RequestStatus
from tenure.base.errors import NotFound, Refused
from tenure.base.ids import parse_public_id, public_id
from tenure.flows.role_requests import ask_for_role, withdraw_role_request
from tenure.organisations.queries import Membership
from tenure.web.edge.doors import ACTION, FORM, member_page, person_page
from tenure.web.edge.forms import Form
from tenure.web.edge.paging import PLACE, address_with
from tenure.web.edge.refusals import Said, said
from tenure.web.edge.visits import Desk, PersonVisit
from tenure.web.home.roles import present_memberships


class AskForm(Form):
    """What the role is for."""

    note = forms.CharField(
        label=_("What you need it for"),
        max_length=LONGEST_WORD,
        required=False,
        help_text=_("The administrators read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class Asked(NamedTuple):
    """A request of mine, with its organisation."""

    row: RoleRequest
    role: str
    organisation: str
    organisation_id: str
    zone: str
    waits: bool


class Offered(NamedTuple):
    """A role in the list; ``no`` says why it cannot be asked for."""

    id: str
    name: str
    description: str
    solution: str
    no: Said | None


@member_page()
def choose(desk: Desk) -> HttpResponse:
    """The roles that can be asked for in an organisation."""
    words = desk.request.GET.get("q", "")[:200]
    found, last = roles_to_ask_for(
        _membership(desk),
        words=words,
        after=desk.request.GET.get(PLACE, "")[:100],
        at=desk.now,
        language=desk.language,
    )
    context = {
        "q": words,
        "roles": [
            Offered(
                each.role.id,
                each.role.name,
                each.role.description,
                each.role.solution_name,
                None if each.verdict else said(Refused.by(each.verdict), desk.language),
            )
            for each in found
        ],
        "first_page": address_with(desk, PLACE, "") if PLACE in desk.request.GET else "",
        "next_page": address_with(desk, PLACE, last) if last else "",
    }
    return desk.render("home/choose.html", context)


@member_page(FORM)
def ask(desk: Desk, role: str) -> HttpResponse:
    """Ask for one role, with a word."""
    wanted = role_to_ask_for(_membership(desk), role, at=desk.now, language=desk.language)
    if wanted is None or desk.member is None:
        raise NotFound
    form = AskForm(desk.request.POST if desk.posted else None)
    no = None if wanted.verdict else said(Refused.by(wanted.verdict), desk.language)
    if desk.posted and form.is_valid():
        with form.refusals():
            ask_for_role(
                member=desk.member,
                role=role,
                note=form.cleaned_data["note"],
                now=desk.now,
                by=desk.by,
            )
            desk.tell(gettext("Your request is with the administrators."))
            return desk.redirect(reverse("home_requests"))
    context = {
        "role": wanted.role,
        "opens": opens(wanted.role),
        "form": form,
        "no": form.said or no,
    }
    return desk.render("home/ask.html", context, status=form.status)


@person_page()
def requests(visit: PersonVisit) -> HttpResponse:
    """What I asked for, and what became of it."""
    mine = {each.member: each.organisation for each in present_memberships(visit)}
    rows = [
        Asked(
            row,
            row.role.name[visit.language],
            mine[row.member_id].name,
            public_id("org", row.organisation_id),
            mine[row.member_id].timezone,
            RequestStatus(row.status) in WAITING,
        )
        for row in requests_of_members(list(mine))
    ]
    can_ask = [
        (each.organisation.name, public_id("org", each.organisation.id))
        for each in visit.visitor.active_memberships
    ]
    return visit.render("home/requests.html", {"rows": rows, "can_ask": can_ask})


@member_page(ACTION)
def withdraw(desk: Desk, wish: str) -> HttpResponse:
    """Ask no longer."""
    if desk.member is None:
        raise NotFound
    try:
        withdraw_role_request(
            request=parse_public_id("req", wish), member=desk.member, now=desk.now, by=desk.by
        )
        desk.tell(gettext("The request is withdrawn."))
    except Refused as error:
        desk.warn(said(error, desk.language).text)
    return desk.redirect(reverse("home_requests"))


def _membership(desk: Desk) -> Membership:
    """What the visitor is here."""
    if desk.visitor.membership is None:
        raise NotFound
    return desk.visitor.membership
