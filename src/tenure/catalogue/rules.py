"""What can be bought where, at which price, in which currency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tenure.base.calendar import Term
from tenure.base.verdicts import Verdict, allow, refuse
from tenure.catalogue.errors import (
    OFFER_NOT_IN_COUNTRY,
    OFFER_NOT_ONLINE,
    OFFER_WITHDRAWN,
    PURCHASABLE,
)
from tenure.policy.words import Audience


class Channel(StrEnum):
    """Where an offer is sold: in the store, or by contact (R4)."""

    ONLINE = "online"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class PriceFacts:
    """A price per seat in minor units, held from ``from_on``; from ever if that is None (R7)."""

    term: Term
    currency: str
    amount: int
    from_on: date | None = None


@dataclass(frozen=True, slots=True)
class CurrencyFacts:
    """A currency of the catalogue, and the countries that pay in it."""

    code: str
    countries: frozenset[str]


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """What rules need to know of an offer; ``trial_days`` makes it a trial (R9)."""

    id: str
    audience: Audience
    channel: Channel
    countries: frozenset[str]
    roles: frozenset[str]
    prices: tuple[PriceFacts, ...] = ()
    trial_days: int | None = None
    withdrawn: bool = False

    @property
    def is_trial(self) -> bool:
        """Whether this offer is a trial: days of its own, no price (R9)."""
        return self.trial_days is not None


def purchasable(offer: OfferFacts, country: str) -> Verdict:
    """Whether ``offer`` has a Buy button for a buyer billed in ``country`` (R4, R5)."""
    if offer.withdrawn:
        return refuse(OFFER_WITHDRAWN, offer=offer.id)
    if offer.channel != Channel.ONLINE:
        return refuse(OFFER_NOT_ONLINE, offer=offer.id, country=country)
    if country not in offer.countries:
        return refuse(OFFER_NOT_IN_COUNTRY, offer=offer.id, country=country)
    return allow(PURCHASABLE, offer=offer.id, country=country)


def price_in_force(
    prices: Iterable[PriceFacts], term: Term, currency: str, on: date
) -> PriceFacts | None:
    """The price of ``term`` in ``currency`` that holds on the local day ``on`` (R7), or None.

    The one that began last wins; one without a beginning has always held.
    """
    held: PriceFacts | None = None
    for price in prices:
        if price.term != term or price.currency != currency or (price.from_on or on) > on:
            continue
        if held is None or (price.from_on or date.min) >= (held.from_on or date.min):
            held = price
    return held


def terms_priced(prices: Iterable[PriceFacts], currency: str, on: date) -> tuple[Term, ...]:
    """The terms that have a price in ``currency`` on ``on``, the longest first."""
    found = {
        price.term
        for price in prices
        if price.currency == currency and (price.from_on is None or price.from_on <= on)
    }
    return tuple(sorted(found, key=lambda term: -term.months))


def currency_of(country: str, currencies: Sequence[CurrencyFacts]) -> str | None:
    """The currency in which ``country`` pays (R5), ``currencies`` being in the file's order.

    The first that names the country, or else the first that names none, which is everybody
    else's; None if there is no such.
    """
    for currency in currencies:
        if country in currency.countries:
            return currency.code
    for currency in currencies:
        if not currency.countries:
            return currency.code
    return None
