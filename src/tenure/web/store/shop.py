"""The store as one visitor sees it: for whom, in which country, by which policy and catalogue."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils.safestring import SafeString

from tenure.base.calendar import Term
from tenure.base.countries import iso_countries
from tenure.base.errors import NotFound
from tenure.catalogue.queries import KnownCatalogue, OfferListing, VendorFacts, known_catalogue
from tenure.catalogue.queries.browsing import offer_alone
from tenure.orders.commands.carts import FALLBACK_CURRENCY
from tenure.orders.queries.carts import known_roles
from tenure.orders.queries.policy import policy_at
from tenure.orders.rules.cart import CartFacts
from tenure.policy.model import Policy
from tenure.policy.words import Audience
from tenure.web.edge.forms import country_options
from tenure.web.edge.visits import Visit

USUAL_COUNTRY: Final = "FR"
"""Where somebody is thought to be while neither they nor the catalogue name a country."""


@dataclass(frozen=True)
class Shop:
    """What a page of the store works with; ``currency`` is the country's (R5)."""

    visit: Visit
    audience: Audience
    country: str
    currency: str
    policy: Policy
    known: KnownCatalogue
    vendor: VendorFacts
    known_roles: frozenset[str] = field(default=frozenset())

    @property
    def taxed(self) -> bool:
        """Whether prices are with tax (R7)."""
        return self.audience.is_consumer

    @property
    def terms(self) -> tuple[Term, ...]:
        """The terms that the audience is offered (R6)."""
        return self.policy.terms.of(self.audience)

    @cached_property
    def countries(self) -> SafeString:
        """All countries by name, to pick one."""
        return country_options(self.visit.language, self.country)

    @property
    def empty_cart(self) -> CartFacts:
        """What is bought here, as a new cart would find it."""
        return CartFacts(self.audience, self.country, self.currency, known_roles=self.known_roles)


def open_shop(visit: Visit, audience: str) -> Shop:
    """The shop for an audience; ``NotFound`` if there is no such. It is picked by coming (R3)."""
    if audience not in set(Audience):
        raise NotFound
    chosen = Audience(audience)
    if visit.visitor.audience != chosen.value:
        visit.visitor.keep(audience=chosen.value)
    known = known_catalogue()
    vendor = known.vendor(sandbox=settings.SANDBOX)
    country = country_of(visit, chosen, vendor)
    _, policy = policy_at(known.stamp)
    return Shop(
        visit=visit,
        audience=chosen,
        country=country,
        currency=known.currency_of(country) or FALLBACK_CURRENCY,
        policy=policy,
        known=known,
        vendor=vendor,
    )


def country_of(visit: Visit, audience: Audience | None, vendor: VendorFacts) -> str:
    """Where somebody buys: as picked, as their organisation is billed, as guessed (R5)."""
    visitor = visit.visitor
    if visitor.picked_country:
        return visitor.country
    own = own_organisation(visit, audience) if audience else None
    found = own[1] if own else visitor.country or vendor.country
    return found if found in iso_countries() else USUAL_COUNTRY


def own_organisation(visit: Visit, audience: Audience) -> tuple[UUID, str] | None:
    """The organisation for which somebody most likely buys, and its country: the last entered."""
    visitor = visit.visitor
    places = [m.organisation for m in visitor.active_memberships]
    own = [place for place in places if place.audience == audience.value]
    own.sort(key=lambda place: place.id != visitor.last_organisation)
    return (own[0].id, own[0].country) if own else None


def tried_by(visit: Visit, audience: Audience) -> frozenset[str]:
    """The roles that the buyer's organisation ever tried or bought (R9)."""
    own = own_organisation(visit, audience)
    return known_roles(own[0]) if own else frozenset()


def found_at(path: str) -> dict[str, str]:
    """Where a page stands, for who links to it and for search engines."""
    return {"path": path, "root": settings.PUBLIC_URL}


def offer_called(
    known: KnownCatalogue, offer: str, *, country: str, visit: Visit
) -> OfferListing | None:
    """The offer that an address names, a withdrawn one too; None if there never was one."""
    if not offer or not offer.isprintable():
        return None
    return offer_alone(known, offer, country=country, on=visit.today, language=visit.language)
