"""Offers as a buyer sees them, and as the rules of a cart need them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from tenure.base.calendar import Term
from tenure.base.countries import iso_countries
from tenure.catalogue.models import Currency, Offer, OfferRole, Price
from tenure.catalogue.queries.roles import RoleListing, roles_by_offer
from tenure.catalogue.rules import (
    Channel,
    CurrencyFacts,
    OfferFacts,
    PriceFacts,
    currency_of,
    price_in_force,
    terms_priced,
)
from tenure.catalogue.searching import wanted_words
from tenure.policy.words import Audience


class Place(NamedTuple):
    """Where a list stands: the last offer shown, by the file's order. What a cursor holds."""

    position: int
    offer: str


@dataclass(frozen=True, slots=True)
class OfferListing:
    """An offer in a list.

    ``facts.prices`` are all its prices; ``prices`` those of the country's currency that hold on
    the day asked for, one for each of ``terms``. ``name`` is its roles' names, in the language
    asked for.
    """

    facts: OfferFacts
    name: str
    roles: tuple[RoleListing, ...]
    terms: tuple[Term, ...]
    prices: tuple[PriceFacts, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class OfferPage:
    """Some offers in the file's order, and where the next ones begin (None: there are none)."""

    offers: tuple[OfferListing, ...]
    currency: str | None
    next_place: Place | None


def currencies() -> tuple[CurrencyFacts, ...]:
    """The currencies in the file's order."""
    rows = Currency.objects.filter(withdrawn_at__isnull=True).order_by("position")
    return tuple(
        CurrencyFacts(code, frozenset(countries))
        for code, countries in rows.values_list("code", "countries")
    )


def currency_of_country(country: str) -> str | None:
    """The currency in which ``country`` (ISO 3166) pays (R5); None without any catalogue."""
    return _currency_of(country, currencies())


def _currency_of(country: str, listed: Sequence[CurrencyFacts]) -> str | None:
    """By the rule; where no currency is everybody else's, the first of the file has to be."""
    return currency_of(country, listed) or (listed[0].code if listed else None)


def offer_facts(ids: Iterable[str]) -> dict[str, OfferFacts]:
    """What rules need to know of the offers ``ids``, withdrawn ones too; unknown ids are left out.

    Prices are all that a file ever left standing, in every currency, also those to come (R7).
    """
    rows = {row.id: row for row in Offer.objects.filter(id__in=set(ids)).defer("search_text")}
    return _facts(rows.values())


def offer_listing(id_: str, *, country: str, on: date, language: str) -> OfferListing | None:
    """One offer as a list would show it, a withdrawn one too; None if there never was one."""
    row = Offer.objects.filter(id=id_).defer("search_text").first()
    if row is None:
        return None
    return listing_of(
        _facts([row])[id_],
        roles_by_offer([id_], language)[id_],
        Place(row.position, row.id),
        currency_of_country(country),
        on,
    )


def offers_for(
    *,
    audience: Audience | None,
    country: str,
    on: date,
    language: str,
    limit: int,
    after: Place | None = None,
    term: Term | None = None,
    solution: str | None = None,
    query: str = "",
) -> OfferPage:
    """The offers of an audience, also those that ``country`` cannot buy, in the file's order.

    Without an ``audience``, those of all of them.

    ``on`` is the local day whose prices are shown. ``term`` leaves out what is sold for other
    terms alone; ``solution`` and ``query`` what has no such role, or not all of the words. Five
    statements for any number of offers.
    """
    chosen = Offer.objects.filter(withdrawn_at__isnull=True)
    if audience is not None:
        chosen = chosen.filter(audience=audience)
    chosen = narrowed(chosen, term, solution, query)
    if after is not None:
        chosen = chosen.filter(
            Q(position__gt=after.position) | Q(position=after.position, id__gt=after.offer)
        )
    rows = list(chosen.order_by("position", "id").defer("search_text")[: limit + 1])
    shown = rows[:limit]
    currency = currency_of_country(country)
    facts = _facts(shown)
    roles = roles_by_offer(facts, language)
    places = [Place(row.position, row.id) for row in shown]
    return OfferPage(
        offers=tuple(
            listing_of(facts[place.offer], roles[place.offer], place, currency, on)
            for place in places
        ),
        currency=currency,
        next_place=places[-1] if len(rows) > limit else None,
    )


def narrowed(
    offers: QuerySet[Offer], term: Term | None, solution: str | None, query: str = ""
) -> QuerySet[Offer]:
    """Those of ``offers`` that are sold for the term, of the solution, with all of the words.

    An offer without any price is sold for every term: by contact, at a price of its own.
    """
    if solution is not None:
        has_role = OfferRole.objects.filter(offer=OuterRef("pk"), role__solution=solution)
        offers = offers.filter(Exists(has_role))
    if term is Term.TRIAL:
        offers = offers.filter(trial_days__isnull=False)
    elif term is not None:
        prices = Price.objects.filter(offer=OuterRef("pk"), removed_in__isnull=True)
        offers = offers.filter(
            Exists(prices.filter(term=term)) | (~Exists(prices) & Q(trial_days__isnull=True))
        )
    for word in wanted_words(query):
        offers = offers.filter(search_text__contains=word)
    return offers


def listing_of(
    facts: OfferFacts,
    roles: tuple[RoleListing, ...],
    place: Place,
    currency: str | None,
    on: date,
) -> OfferListing:
    """An offer with its roles, and its prices in a currency that hold on the local day ``on``."""
    terms: tuple[Term, ...] = ()
    if facts.is_trial:
        terms = (Term.TRIAL,)
    elif currency is not None:
        terms = terms_priced(facts.prices, currency, on)
    in_force = (price_in_force(facts.prices, term, currency or "", on) for term in terms)
    return OfferListing(
        facts=facts,
        name=" + ".join(role.name for role in roles),
        roles=roles,
        terms=terms,
        prices=tuple(price for price in in_force if price is not None),
        place=place,
    )


def _facts(rows: Iterable[Offer]) -> dict[str, OfferFacts]:
    """Two statements more. An offer that names no countries is sold in all of them."""
    found = {row.id: row for row in rows}
    roles: defaultdict[str, set[str]] = defaultdict(set)
    links = OfferRole.objects.filter(offer_id__in=found)
    for offer, role in links.values_list("offer_id", "role_id"):
        roles[offer].add(role)
    prices: defaultdict[str, list[PriceFacts]] = defaultdict(list)
    held = Price.objects.filter(offer_id__in=found, removed_in__isnull=True)
    for offer, term, currency, amount, since in held.order_by("offer_id", "position").values_list(
        "offer_id", "term", "currency_id", "amount", "valid_from"
    ):
        prices[offer].append(PriceFacts(Term(term), currency, amount, since))
    return {
        id_: OfferFacts(
            id=id_,
            audience=Audience(row.audience),
            channel=Channel(row.channel),
            countries=frozenset(row.countries) or iso_countries(),
            roles=frozenset(roles[id_]),
            prices=tuple(prices[id_]),
            trial_days=row.trial_days,
            withdrawn=row.withdrawn_at is not None,
        )
        for id_, row in found.items()
    }
