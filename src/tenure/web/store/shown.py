"""An offer as the store shows it: what it costs per term, and every no before the click."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from tenure.base.calendar import Term
from tenure.base.money import Money
from tenure.base.verdicts import Verdict
from tenure.catalogue.queries import OfferListing
from tenure.catalogue.rules import purchasable
from tenure.orders.rules.cart import line_verdict
from tenure.web.edge.words import told
from tenure.web.store.shop import Shop


@dataclass(frozen=True, slots=True)
class TermShown:
    """What a seat costs for a term, and whether it can be bought so; a trial costs nothing."""

    term: Term
    price: Money
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class OfferShown:
    """An offer in the store. ``terms`` are those it can be bought for, the longest first.

    Where it cannot be bought, ``reason`` says why, and ``rule`` by which rule (R4, R5, R9).
    """

    listing: OfferListing
    terms: tuple[TermShown, ...]
    verdict: Verdict
    reason: str
    page: str
    contact: str

    @property
    def id(self) -> str:
        """The catalogue's word for it."""
        return self.listing.facts.id

    @property
    def name(self) -> str:
        """What it is called."""
        return self.listing.name

    @property
    def buyable(self) -> bool:
        """Whether there is a Buy button."""
        return self.verdict.allowed

    @property
    def is_trial(self) -> bool:
        """Whether it is a trial (R9)."""
        return self.listing.facts.is_trial

    @property
    def is_bundle(self) -> bool:
        """Whether one seat carries several roles."""
        return len(self.listing.roles) > 1

    @property
    def solutions(self) -> tuple[str, ...]:
        """The families of its roles, each once."""
        return tuple(dict.fromkeys(role.solution_name for role in self.listing.roles))

    @property
    def description(self) -> str:
        """What its role is for; a bundle says what it is by its name."""
        return "" if self.is_bundle else self.listing.roles[0].description


def show(shop: Shop, listing: OfferListing) -> OfferShown:
    """``listing`` as ``shop`` shows it."""
    tried = [_term(shop, listing, term) for term in _terms(shop, listing)]
    bought = tuple(each for each in tried if each.verdict)
    verdict = bought[0].verdict if bought else _no(shop, listing, tried)
    return OfferShown(
        listing=listing,
        terms=bought,
        verdict=verdict,
        reason="" if verdict else told(verdict.code, verdict.figures, shop.visit.language),
        page=reverse("store_offer", args=[shop.audience.value, listing.facts.id]),
        contact=contact_address(shop, listing.facts.id),
    )


def contact_address(shop: Shop, offer: str, quantity: int = 0) -> str:
    """The contact form, which carries along what was looked at (R4)."""
    told = {"offer": offer, "audience": shop.audience.value, "country": shop.country}
    if quantity > 1:
        told["quantity"] = str(quantity)
    return f"{reverse('contact')}?{urlencode(told)}"


def _terms(shop: Shop, listing: OfferListing) -> Iterable[Term]:
    if listing.facts.is_trial:
        return (Term.TRIAL,)
    return (term for term in listing.terms if term in shop.terms)


def _term(shop: Shop, listing: OfferListing, term: Term) -> TermShown:
    amount = next((price.amount for price in listing.prices if price.term is term), 0)
    verdict = line_verdict(
        shop.empty_cart, listing.facts, term, on=shop.visit.today, policy=shop.policy
    )
    return TermShown(term, Money(amount, shop.currency), verdict)


def _no(shop: Shop, listing: OfferListing, tried: list[TermShown]) -> Verdict:
    """Why nothing of it can be bought: not sold so, tried before, or without a price here."""
    sold = purchasable(listing.facts, shop.country)
    if not sold:
        return sold
    if tried:
        return tried[0].verdict
    return line_verdict(
        shop.empty_cart, listing.facts, shop.terms[0], on=shop.visit.today, policy=shop.policy
    )
