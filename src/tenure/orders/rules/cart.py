"""What may be in one cart, and whether it can still be ordered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tenure.base.calendar import Term
from tenure.base.verdicts import Verdict, allow, refuse
from tenure.catalogue.rules import OfferFacts, price_in_force, purchasable
from tenure.orders.errors import (
    AUDIENCE_MISMATCH,
    CART_FITS,
    COUNTRY_MISMATCH,
    LINE_ACCEPTED,
    MIXED_AUDIENCES,
    MIXED_COUNTRIES,
    MIXED_TERMS,
    NOT_PRICED,
    TERM_NOT_FOR_AUDIENCE,
    TRIAL_USED,
)
from tenure.policy.model import Policy
from tenure.policy.words import Audience


@dataclass(frozen=True, slots=True)
class CartFacts:
    """A cart as a new line finds it.

    ``term`` is that of the lines it has (None without any), ``known_roles`` are the roles that
    its organisation ever tried or bought, with those of the trials already in the cart.
    """

    audience: Audience
    country: str
    currency: str
    term: Term | None = None
    known_roles: frozenset[str] = frozenset()


def joining_verdict(cart: CartFacts, *, audience: Audience, country: str, term: Term) -> Verdict:
    """Whether ``cart`` is one for what is bought so: one audience, one country, one term (R11).

    The first that holds of ``mixed_audiences``, ``mixed_countries``, ``mixed_terms``.
    """
    if audience != cart.audience:
        return refuse(MIXED_AUDIENCES, audience=cart.audience.value, other=audience.value)
    if country != cart.country:
        return refuse(MIXED_COUNTRIES, country=cart.country, other=country)
    if cart.term not in (None, term):
        return refuse(MIXED_TERMS, term=str(cart.term), other=term.value)
    return allow(CART_FITS)


def line_verdict(
    cart: CartFacts, offer: OfferFacts, term: Term, *, on: date, policy: Policy
) -> Verdict:
    """Whether a line of ``offer`` for ``term`` may join ``cart`` on the local day ``on``.

    The first that holds of ``mixed_audiences`` (R11), ``term_not_for_audience`` (R6),
    ``mixed_terms`` (R11), ``offer_withdrawn`` (R5), ``offer_not_online``,
    ``offer_not_in_country`` (R4), ``not_priced`` (R7), ``trial_used`` (R9).
    """
    if offer.audience != cart.audience:
        return refuse(MIXED_AUDIENCES, audience=cart.audience.value, other=offer.audience.value)
    terms = policy.terms.of(cart.audience)
    if term != Term.TRIAL and term not in terms:
        return refuse(
            TERM_NOT_FOR_AUDIENCE,
            term=term.value,
            audience=cart.audience.value,
            terms=tuple(term.value for term in terms),
        )
    if cart.term is not None and term != cart.term:
        return refuse(MIXED_TERMS, term=cart.term.value, other=term.value)
    sold = purchasable(offer, cart.country)
    if not sold:
        return sold
    return _price_verdict(cart, offer, term, on)


def _price_verdict(cart: CartFacts, offer: OfferFacts, term: Term, on: date) -> Verdict:
    """A trial has no price and is tried once; anything else needs a price (R7, R9)."""
    is_trial = term == Term.TRIAL and offer.is_trial
    if not is_trial and not price_in_force(offer.prices, term, cart.currency, on):
        return refuse(NOT_PRICED, offer=offer.id, term=term.value, currency=cart.currency)
    if is_trial and not offer.roles.isdisjoint(cart.known_roles):
        roles = tuple(sorted(offer.roles & cart.known_roles))
        return refuse(TRIAL_USED, offer=offer.id, roles=roles)
    return allow(LINE_ACCEPTED, offer=offer.id, term=term.value)


def buyer_verdict(
    cart: CartFacts, *, organisation_audience: Audience, organisation_country: str
) -> Verdict:
    """Whether the organisation that orders is the one the cart was made for (R5, R11)."""
    if cart.audience != organisation_audience:
        return refuse(
            AUDIENCE_MISMATCH, audience=organisation_audience.value, other=cart.audience.value
        )
    if cart.country != organisation_country:
        return refuse(COUNTRY_MISMATCH, country=organisation_country, other=cart.country)
    return allow(CART_FITS)
