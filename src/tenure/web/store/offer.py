"""The page of an offer: what it opens, what it costs, what one commits to; and into the cart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenure.base.calendar import Term
from tenure.base.errors import NotFound, Refused
from tenure.base.verdicts import Verdict
from tenure.catalogue.queries import OfferListing, RoleListing, roles_of
from tenure.events.asked import Asked
from tenure.orders.commands.carts import MOST_SEATS
from tenure.orders.queries.baskets import cart_to_join
from tenure.web.edge.baskets import CART_PAGE, baskets_of, put_into_basket
from tenure.web.edge.doors import FORM, public_page
from tenure.web.edge.forms import Form
from tenure.web.edge.once import once
from tenure.web.edge.visits import Visit
from tenure.web.edge.words import told
from tenure.web.store.obligations import obligations
from tenure.web.store.opening import Opened, links_to, programs_of
from tenure.web.store.pricing import percent, total
from tenure.web.store.shop import Shop, found_at, offer_called, open_shop, tried_by
from tenure.web.store.shown import OfferShown, TermShown, show
from tenure.web.store.structured import product, summary

GONE: Final = 410


class ChoiceForm(Form):
    """For how long, and how many seats."""

    quantity = forms.IntegerField(label=_("Seats"), min_value=1, max_value=MOST_SEATS)

    def __init__(self, data: Mapping[str, Any] | None, offer: OfferShown) -> None:
        super().__init__(data)
        terms = [(each.term.value, each.term.value) for each in offer.terms]
        self.fields["term"] = forms.ChoiceField(label=_("Term"), choices=terms)
        self.fields["quantity"].widget.attrs["inputmode"] = "numeric"


@dataclass(frozen=True, slots=True)
class RoleShown:
    """A role of the offer: what it opens, and what it asks for that the offer does not bring."""

    role: RoleListing
    page: str
    programs: tuple[Opened, ...]
    required: SafeString


@public_page(FORM)
def offer(visit: Visit, audience: str, offer: str) -> HttpResponse:
    """One offer. What is chosen stands in the address: ``?term=year&quantity=3``."""
    shop = open_shop(visit, audience)
    listing = _listing(shop, offer)
    if listing.facts.is_trial:
        shop = replace(shop, known_roles=tried_by(visit, shop.audience))
    shown = show(shop, listing)
    if listing.facts.withdrawn:
        return _page(shop, shown, None, status=GONE)
    if visit.posted:
        return _put(shop, shown)
    return _page(shop, shown, _asked_for(visit, shown))


def _listing(shop: Shop, offer: str) -> OfferListing:
    """The offer of the address; ``NotFound`` if it is none of this audience's."""
    listing = offer_called(shop.known, offer, country=shop.country, visit=shop.visit)
    if listing is None or listing.facts.audience is not shop.audience:
        raise NotFound
    return listing


def _put(shop: Shop, shown: OfferShown) -> HttpResponse:
    """Into the cart that fits, or into a second one if that is wanted (R10, R11)."""
    visit = shop.visit
    posted = visit.request.POST
    form = ChoiceForm(posted, shown)
    if not shown.buyable or not form.is_valid():
        return _page(shop, shown, form, status=form.status if shown.buyable else 409)
    chosen = form.cleaned_data
    if "show" in posted:
        return visit.redirect(shown.page, term=chosen["term"], quantity=str(chosen["quantity"]))

    def work(asked: Asked) -> HttpResponse:
        put_into_basket(
            visit,
            audience=shop.audience,
            country=shop.country,
            offer=shown.id,
            term=Term(chosen["term"]),
            quantity=chosen["quantity"],
            second=bool(posted.get("second")),
            asked=asked,
        )
        visit.tell(gettext("%(offer)s is in your cart.") % {"offer": shown.name})
        return visit.redirect(CART_PAGE)

    def resume(made: UUID) -> HttpResponse:
        del made
        return visit.redirect(CART_PAGE)

    try:
        return once(visit, work=work, resume=resume)
    except Refused as refused:
        form.refuse(refused)
        return _page(shop, shown, form, status=form.status)


def _asked_for(visit: Visit, shown: OfferShown) -> ChoiceForm | None:
    """What the address chooses, as far as it can be chosen; else the first term, one seat."""
    if not shown.buyable:
        return None
    asked = visit.request.GET
    first = shown.terms[0].term.value
    form = ChoiceForm(
        {"term": asked.get("term", first), "quantity": asked.get("quantity", "1")}, shown
    )
    if not form.is_valid() and "term" in form.errors:
        form = ChoiceForm({"term": first, "quantity": asked.get("quantity", "1")}, shown)
    return form


def _page(
    shop: Shop, shown: OfferShown, form: ChoiceForm | None, *, status: int = 200
) -> HttpResponse:
    term = _chosen_term(shown, form)
    roles = _roles(shop, shown)
    context = {
        "shop": shop,
        "offer": shown,
        "roles": roles,
        "indexed": status == 200,
        "summary": summary(
            shown.description, [each.name for role in roles for each in role.programs]
        ),
        "form": form,
        "chosen": term,
        "lists": reverse("store_list", args=[shop.audience.value]),
        "product": product(shop, shown),
        **found_at(shown.page),
        **(_deal(shop, shown, form, term) if form and term else {}),
    }
    return shop.visit.render("store/offer.html", context, status=status)


def _chosen_term(shown: OfferShown, form: ChoiceForm | None) -> TermShown | None:
    if not shown.buyable:
        return None
    word = form.data.get("term") if form else None
    return next((each for each in shown.terms if each.term.value == word), shown.terms[0])


def _deal(shop: Shop, shown: OfferShown, form: ChoiceForm, term: TermShown) -> dict[str, Any]:
    """What the choice costs and means, and which cart it goes into."""
    quantity = form.cleaned_data.get("quantity", 1) if form.is_bound and form.is_valid() else 1
    price = total(shop, term.price, quantity)
    joined, fits = cart_to_join(
        baskets_of(shop.visit.request),
        audience=shop.audience,
        country=shop.country,
        term=term.term,
    )
    bound = obligations(shop, term.term, shown.listing.facts.trial_days, price.gross.amount)
    return {
        "total": price,
        "percent_shown": percent(price.percent, shop.visit.language),
        "obligations": bound,
        "no_cancellation": _in_words(shop, bound.cancellation),
        "joined": joined,
        "mixed": "" if fits else _in_words(shop, fits),
        "mixed_rule": "" if fits else fits.code.rule,
    }


def _in_words(shop: Shop, verdict: Verdict) -> str:
    return told(verdict.code, verdict.figures, shop.visit.language)


def _roles(shop: Shop, shown: OfferShown) -> list[RoleShown]:
    roles = shown.listing.roles
    brought = {role.id for role in roles}
    missing = {each for role in roles for each in role.requires} - brought
    required = roles_of(missing, shop.visit.language) if missing else {}
    return [
        RoleShown(
            role=role,
            page=reverse("store_role", args=[shop.audience.value, role.id]),
            programs=programs_of(shop.known, role),
            required=links_to(
                [required[each] for each in role.requires if each in required],
                shop.audience,
                shop.visit.language,
            ),
        )
        for role in roles
    ]
