"""Writing to the vendor: what was looked at comes along (R4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from allauth.core import ratelimit
from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id, public_id
from tenure.catalogue.queries import OfferListing, known_catalogue
from tenure.events.asked import Asked
from tenure.flows.requests import make_request
from tenure.orders.commands.carts import MOST_SEATS
from tenure.orders.queries.orders import organisation_of
from tenure.organisations.queries import Membership
from tenure.organisations.rules import Ability, ability_verdict
from tenure.policy.words import Audience
from tenure.support.commands import NewRequest
from tenure.support.rules import LONGEST_MESSAGE, RequestKind
from tenure.web.edge.doors import FORM, public_page
from tenure.web.edge.forms import CountryField, EmailField, Form
from tenure.web.edge.once import once
from tenure.web.edge.refusals import too_many
from tenure.web.edge.visits import Visit
from tenure.web.store.shop import USUAL_COUNTRY, offer_called

_MYSELF: Final = ""
_KINDS: Final = [
    (RequestKind.SALES.value, pgettext_lazy("request", "Buying")),
    (RequestKind.BILLING.value, pgettext_lazy("request", "Payment and invoices")),
    (RequestKind.OTHER.value, pgettext_lazy("request", "Something else")),
]


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order of which somebody writes, and what that person is to its organisation."""

    id: UUID
    member: Membership

    @property
    def name(self) -> str:
        """Its outside identifier."""
        return public_id("ord", self.id)

    @property
    def taking_back(self) -> str:
        """Where it is asked to cancel it, with the verdict before it is sent (R29)."""
        whose = public_id("org", self.member.organisation.id)
        return reverse("console_cancel", args=[whose, self.name])

    @property
    def page(self) -> str:
        """Where the organisation sees it."""
        return reverse("order", args=[self.name])


class ContactForm(Form):
    """What somebody asks; ``organisation`` only for who belongs to some."""

    organisation = forms.ChoiceField(label=_("On behalf of"), required=False)
    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = EmailField(label=_("Your e-mail address"), max_length=254)
    kind = forms.ChoiceField(
        label=_("What is it about?"),
        choices=_KINDS,
        initial=RequestKind.SALES.value,
    )
    offer = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    order = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    audience = forms.ChoiceField(
        label=_("You buy as"),
        required=False,
        choices=[
            ("", _("I would rather not say")),
            (Audience.BUSINESS.value, pgettext_lazy("buyer", "a company")),
            (Audience.CREATOR.value, pgettext_lazy("buyer", "a maker")),
            (Audience.STUDENT.value, pgettext_lazy("buyer", "a student")),
        ],
    )
    country = CountryField(label=_("Country"), required=False)
    quantity = forms.IntegerField(
        label=_("Seats"), required=False, min_value=1, max_value=MOST_SEATS
    )
    message = forms.CharField(
        label=_("Your message"),
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        memberships: tuple[Membership, ...],
        offer: OfferListing | None,
        order: Ordered | None,
        **options: Any,
    ) -> None:
        super().__init__(data, **options)
        if order is not None:
            self._ask_of_an_order()
        elif memberships:
            places = [
                (public_id("org", m.organisation.id), m.organisation.name) for m in memberships
            ]
            self.fields["organisation"] = forms.ChoiceField(
                label=_("On behalf of"),
                required=False,
                choices=[*places, (_MYSELF, _("Myself"))],
            )
        else:
            del self.fields["organisation"]
        if offer is not None:
            del self.fields["kind"]

    def _ask_of_an_order(self) -> None:
        """What the order tells already is not asked."""
        for told in ("organisation", "audience", "country", "quantity"):
            del self.fields[told]


@public_page(FORM, indexed=False)
def contact(visit: Visit) -> HttpResponse:
    """``?offer=…&audience=…&country=…&quantity=…``, or ``?kind=…&order=…``; each may be missing."""
    source = visit.request.POST if visit.posted else visit.request.GET
    order = _ordered(visit, source.get("order", ""))
    if order is not None and source.get("kind") == RequestKind.CANCELLATION:
        return visit.redirect(order.taking_back)
    offer = _offer(visit, source.get("offer", "")) if order is None else None
    members = visit.visitor.active_memberships
    if not visit.posted:
        begun = _begun(visit, offer, order)
        return _page(visit, ContactForm(None, members, offer, order, initial=begun), offer, order)
    form = ContactForm(visit.request.POST, members, offer, order)
    if form.is_valid():
        if not ratelimit.consume(visit.request, action="contact"):
            return too_many(visit.request)
        with form.refusals():
            return _send(visit, form, members, order)
    return _page(visit, form, offer, order)


@public_page(indexed=False)
def thanks(visit: Visit, number: str) -> HttpResponse:
    """What happens next; the number is said again, and nothing else."""
    said = public_id("req", parse_public_id("req", number))
    return visit.render("store/thanks.html", {"number": said})


def _page(
    visit: Visit, form: ContactForm, offer: OfferListing | None, order: Ordered | None
) -> HttpResponse:
    context = {
        "form": form,
        "offer": offer,
        "offer_id": offer.facts.id if offer else "",
        "order": order,
    }
    return visit.render("store/contact.html", context, status=form.status)


def _begun(visit: Visit, offer: OfferListing | None, order: Ordered | None) -> dict[str, Any]:
    """What the form knows before anybody typed: from the address, and from the login."""
    asked, visitor = visit.request.GET, visit.visitor
    user = visitor.user
    places = [m.organisation for m in visitor.active_memberships]
    audience = offer.facts.audience.value if offer else asked.get("audience", visitor.audience)
    own = [place for place in places if place.audience == audience] or places
    own.sort(key=lambda place: place.id != visitor.last_organisation)
    return {
        "name": user.name if user else "",
        "email": user.email if user else "",
        "organisation": public_id("org", own[0].id) if own else _MYSELF,
        "offer": offer.facts.id if offer else "",
        "audience": audience,
        "country": asked.get("country") or (own[0].country if own else visitor.country),
        "quantity": asked.get("quantity", ""),
        "message": _first_words(offer),
        "kind": asked.get("kind") or RequestKind.SALES.value,
        "order": order.name if order else "",
    }


def _first_words(offer: OfferListing | None) -> str:
    if offer is None:
        return ""
    return gettext("Hello, I am interested in %(offer)s.") % {"offer": offer.name}


def _ordered(visit: Visit, name: str) -> Ordered | None:
    """The order of which somebody writes who looks after its bill; of others' nothing is told."""
    try:
        order = parse_public_id("ord", name)
        owner = organisation_of(order)
    except NotFound:
        return None
    for member in visit.visitor.active_memberships:
        if member.organisation.id == owner and ability_verdict(member.standing, Ability.BILLING):
            return Ordered(order, member)
    return None


def _offer(visit: Visit, offer: str) -> OfferListing | None:
    """What was looked at; what does not exist is left out rather than refused."""
    country = visit.visitor.country or USUAL_COUNTRY
    return offer_called(known_catalogue(), offer, country=country, visit=visit)


def _send(
    visit: Visit, form: ContactForm, members: tuple[Membership, ...], order: Ordered | None
) -> HttpResponse:
    said = form.cleaned_data
    chosen = said.get("organisation")
    member = next((m for m in members if public_id("org", m.organisation.id) == chosen), None)
    if order is not None:
        member = order.member
    offer = _offer(visit, said["offer"])
    new = NewRequest(
        kind=RequestKind(said.get("kind") or RequestKind.SALES),
        message=said["message"],
        language=visit.language,
        organisation=member.organisation.id if member else None,
        email=said["email"],
        name=said["name"],
        offer=offer.facts.id if offer else None,
        order=order.id if order else None,
        country=said.get("country", ""),
        audience=said.get("audience", ""),
        quantity=said.get("quantity"),
    )

    def work(asked: Asked) -> HttpResponse:
        now, by = _now(visit, member), _by(visit, member)
        return _thanked(visit, make_request(new=new, now=now, by=by, asked=asked).ids[0])

    return once(visit, work=work, resume=lambda made: _thanked(visit, made))


def _thanked(visit: Visit, request: UUID) -> HttpResponse:
    return visit.redirect(reverse("contact_thanks", args=[public_id("req", request)]))


def _now(visit: Visit, member: Membership | None) -> datetime:
    """By the clock of the organisation that asks (R2)."""
    return (member.organisation.test_clock if member else None) or visit.now


def _by(visit: Visit, member: Membership | None) -> str:
    if member is not None:
        return "member:" + public_id("mem", member.member)
    user = visit.visitor.user
    return "user:" + public_id("usr", user.id) if user else "visitor"
