"""An invitation, accepted in two clicks from its mail, with or without an account (R36)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from allauth.account.utils import perform_login
from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from tenure.base.ids import public_id
from tenure.catalogue.queries import roles_of
from tenure.flows.invitations import accept_invitation
from tenure.organisations.models import InvitationStatus, Member, User
from tenure.organisations.queries import InvitationFacts, invitation_facts, invitation_of_token
from tenure.web.accounts.addresses import confirm_address, has_way_to_log_in
from tenure.web.edge.doors import FORM, lead_to_login, public_page
from tenure.web.edge.forms import Form
from tenure.web.edge.visits import Visit

_SOON: Final = timedelta(minutes=15)
"""How long after it was accepted a second click may still log in, as the first did."""


class NameForm(Form):
    """How somebody without an account wants to be called."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


@public_page(FORM, indexed=False)
def invitation(visit: Visit, token: str) -> HttpResponse:
    """Who invites whom as what, and the button to accept; ``token`` is the word of the mail."""
    facts = invitation_facts(invitation_of_token(token))
    state = _state(facts, facts.now(visit.now))
    user = visit.visitor.user
    if state == InvitationStatus.ACCEPTED and user is not None and user.id == facts.user:
        return visit.redirect(_home(facts))
    somebody_else = user is not None and user.email != facts.email
    form = NameForm(visit.request.POST if visit.posted else None, initial={"name": facts.name})
    welcome = state in (InvitationStatus.PENDING, InvitationStatus.ACCEPTED)
    if visit.posted and welcome and not somebody_else and (user or facts.known or form.is_valid()):
        name = form.cleaned_data["name"] if user is None and not facts.known else ""
        return _accept(visit, facts, name)
    context = {
        "form": form,
        "invited": facts,
        "roles": [role.name for role in roles_of(facts.roles, visit.language).values()],
        "state": state.value,
        "somebody_else": somebody_else,
        "last_day": facts.last_day,
    }
    closed = state in (InvitationStatus.EXPIRED, InvitationStatus.WITHDRAWN)
    return visit.render("accounts/invitation.html", context, status=410 if closed else form.status)


def _accept(visit: Visit, facts: InvitationFacts, name: str) -> HttpResponse:
    """Accept, confirm the address, which the mail proves, and log in who has no other way yet."""
    user = visit.visitor.user
    written = accept_invitation(
        invitation=facts.id,
        name=name,
        now=facts.now(visit.now),
        by="member:" + public_id("mem", facts.member),
    )
    member = Member.objects.select_related("user").get(id=written.ids[1])
    person = member.user
    if person is None or (user is not None and user.id == person.id):
        return visit.redirect(_home(facts))
    if not _may_log_in_by_mail(person, visit.now):
        return lead_to_login(visit.request)
    confirm_address(person)
    response: HttpResponse = perform_login(
        visit.request, person, email_verification="none", redirect_url=_home(facts)
    )
    return response


def _may_log_in_by_mail(person: User, now: datetime) -> bool:
    """Whether the link may log in: nobody who has a password, and nobody with an old link."""
    fresh = person.last_login is None or now - person.last_login < _SOON
    return fresh and not has_way_to_log_in(person)


def _state(facts: InvitationFacts, now: datetime) -> InvitationStatus:
    """Where an invitation stands at ``now``; one that ran out need not have been noted yet."""
    status = InvitationStatus(facts.status)
    ran_out = status is InvitationStatus.PENDING and now >= facts.expires_at
    return InvitationStatus.EXPIRED if ran_out else status


def _home(facts: InvitationFacts) -> str:
    return f"/home/?organisation={public_id('org', facts.organisation)}"
