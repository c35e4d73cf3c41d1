"""Settings: the ownership is offered, and accepted, declined or taken back (R34)."""

from __future__ import annotations

from typing import Final, cast
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id, public_id
from tenure.flows import ownership as flows
from tenure.organisations.models import Member, OwnershipOffer
from tenure.organisations.queries import open_ownership_offers, owners, ownership_takers
from tenure.organisations.rules import Ability
from tenure.web.edge.doors import FORM, console_page
from tenure.web.edge.forms import Form
from tenure.web.edge.visits import Desk

_MOST_TAKERS: Final = 200


class OwnershipForm(Form):
    """To whom the ownership is offered, and what the giver is then."""

    taker = forms.ChoiceField(label=_("Member"), help_text=_("They accept or decline."))
    giver_stays = forms.ChoiceField(
        label=_("You are then"),
        choices=[("yes", _("still an owner, together with them")), ("no", _("an administrator"))],
    )

    def offer_to(self, members: list[Member]) -> None:
        """Who can be chosen."""
        field = cast(forms.ChoiceField, self.fields["taker"])
        shown = [(public_id("mem", each.id), _called(each)) for each in members]
        field.choices = [("", _("Choose a member")), *shown]


@console_page(Ability.SUBSCRIPTIONS, methods=FORM)
def ownership(desk: Desk) -> HttpResponse:
    """Who owns the organisation, what is offered, and to offer it."""
    form = OwnershipForm(desk.request.POST if desk.posted else None)
    takers = ownership_takers(desk.organisation, _MOST_TAKERS) if desk.gives_ownership else []
    form.offer_to(takers)
    if desk.posted and form.is_valid() and desk.member is not None:
        with form.refusals():
            flows.offer_ownership(
                giver=desk.member,
                taker=parse_public_id("mem", form.cleaned_data["taker"]),
                giver_stays=form.cleaned_data["giver_stays"] == "yes",
                now=desk.now,
                by=desk.by,
            )
            desk.tell(gettext("The ownership is offered. They are told by mail."))
            return desk.redirect(desk.request.path)
    offers = open_ownership_offers(desk.organisation)
    context = {
        "form": form,
        "takers": takers,
        "owners": owners(desk.organisation),
        "offers": [(offer, public_id("own", offer.id)) for offer in offers],
        "mine": any(offer.giver_id == desk.member for offer in offers),
    }
    return desk.render("console/ownership.html", context, status=form.status)


@console_page(Ability.SUBSCRIPTIONS, methods=FORM)
def answer(desk: Desk, offer: str) -> HttpResponse:
    """Accept or decline what one was offered, or take back what one offered oneself."""
    found = _offer(desk, parse_public_id("own", offer))
    if desk.posted:
        return _answered(desk, found, desk.request.POST.get("do", ""))
    context = {"offer": found, "is_taker": found.taker_id == desk.member}
    return desk.render("console/ownership_answer.html", context)


def _offer(desk: Desk, offer: UUID) -> OwnershipOffer:
    """The open offer, for its two sides alone; ``NotFound``."""
    for each in open_ownership_offers(desk.organisation):
        if each.id == offer and desk.member in (each.giver_id, each.taker_id):
            return each
    raise NotFound


def _answered(desk: Desk, offer: OwnershipOffer, done: str) -> HttpResponse:
    if desk.member is None:
        raise NotFound
    back = reverse("console_ownership", args=[desk.organisation_id])
    if done == "accept":
        flows.accept_ownership(offer=offer.id, member=desk.member, now=desk.now, by=desk.by)
        desk.tell(gettext("You are an owner now."))
        return desk.redirect(back)
    flows.close_ownership_offer(offer=offer.id, member=desk.member, now=desk.now, by=desk.by)
    if offer.taker_id == desk.member:
        desk.tell(gettext("You declined the ownership."))
        return desk.redirect(back)
    desk.tell(gettext("The offer is taken back."))
    return desk.redirect(back)


def _called(member: Member) -> str:
    return f"{member.name} ({member.email})" if member.name else member.email
