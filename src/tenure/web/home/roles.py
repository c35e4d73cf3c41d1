"""My roles: what each opens, where, until when, and why one cannot be used now (R41)."""

from __future__ import annotations

from typing import NamedTuple

from django.http import HttpResponse
from django.urls import reverse

from tenure.access.queries.mine import MyPlace, MyRole, my_places
from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id, public_id
from tenure.base.wording import sentence
from tenure.organisations.models import OwnershipOffer
from tenure.organisations.queries import (
    InvitationFacts,
    Membership,
    invitation_token,
    ownership_offers,
    pending_invitations_to,
)
from tenure.organisations.rules import MemberStatus, Standing
from tenure.web.edge.doors import person_page
from tenure.web.edge.visits import PersonVisit

_MANAGERS = (Standing.OWNER, Standing.ADMINISTRATOR)


class ShownRole(NamedTuple):
    """A role with the reason why it cannot be used now, if it cannot."""

    mine: MyRole
    why_not: str


class ShownPlace(NamedTuple):
    """One of my organisations, with my roles there."""

    place: MyPlace
    id: str
    roles: list[ShownRole]
    manages: bool
    is_active: bool


class Invited(NamedTuple):
    """An invitation that waits for me."""

    facts: InvitationFacts
    page: str


@person_page()
def home(visit: PersonVisit) -> HttpResponse:
    """What I hold in my organisations, or in one of them, and what waits for me."""
    mine = present_memberships(visit)
    chosen = _chosen(visit)
    shown = [each for each in mine if chosen in ("", public_id("org", each.organisation.id))]
    places = my_places(shown or mine, visit.now, visit.language)
    context = {
        "places": [_shown(place, visit.language) for place in places],
        "switch": [
            (each.organisation.name, public_id("org", each.organisation.id)) for each in mine
        ],
        "chosen": chosen if shown else "",
        "invitations": _invitations(visit),
        "offers": offers_to(visit),
    }
    return visit.render("home/home.html", context)


def present_memberships(visit: PersonVisit) -> list[Membership]:
    """Where the visitor belongs, also while suspended."""
    here = (MemberStatus.ACTIVE, MemberStatus.SUSPENDED)
    return [each for each in visit.visitor.memberships if each.status in here]


def offers_to(visit: PersonVisit) -> list[OwnershipOffer]:
    """The ownerships that wait for the visitor's answer (R34)."""
    members = [each.member for each in visit.visitor.active_memberships]
    return ownership_offers(takers=members) if members else []


def _chosen(visit: PersonVisit) -> str:
    """The organisation that the address names; empty for all of them."""
    word = visit.request.GET.get("organisation", "")
    try:
        return public_id("org", parse_public_id("org", word)) if word else ""
    except NotFound:
        return ""


def _shown(place: MyPlace, language: str) -> ShownPlace:
    membership = place.membership
    return ShownPlace(
        place,
        public_id("org", membership.organisation.id),
        [ShownRole(role, _why_not(role, language)) for role in place.roles],
        membership.standing in _MANAGERS and membership.status is MemberStatus.ACTIVE,
        membership.status is MemberStatus.ACTIVE,
    )


def _why_not(role: MyRole, language: str) -> str:
    decision = role.decision
    if decision.allowed:
        return ""
    figures = {"data_available_until": decision.data_available_until}
    return sentence(decision.reason, figures, language)


def _invitations(visit: PersonVisit) -> list[Invited]:
    """What waits for the visitor's address and did not run out."""
    return [
        Invited(facts, reverse("invitation", args=[invitation_token(facts.id)]))
        for facts in pending_invitations_to(visit.user.email)
        if facts.now(visit.now) < facts.expires_at
    ]
