"""Finding offers in the store: filtered, searched with typing errors forgiven, counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from tenure.base.calendar import Term
from tenure.base.countries import EU_COUNTRIES
from tenure.catalogue.models import Offer, OfferRole
from tenure.catalogue.queries.known import KnownCatalogue
from tenure.catalogue.queries.offers import OfferListing, Place, listing_of, narrowed
from tenure.catalogue.searching import Vocabulary, wanted_words
from tenure.policy.words import Audience

MOST_OF_A_ROLE: Final = 24
"""So many offers are shown on the page of a role."""


@dataclass(frozen=True, slots=True)
class Understood:
    """A search: each word with the ones that are looked for instead, which is mostly itself."""

    words: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def corrected(self) -> bool:
        """Whether a typing error was forgiven."""
        return any(near and near != (word,) for word, near in self.words)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The words that nothing is near to."""
        return tuple(word for word, near in self.words if not near)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for on an audience's shelf; None and nothing leave it open."""

    audience: Audience
    term: Term | None = None
    solution: str | None = None
    application: str | None = None
    search: Understood = Understood(())

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return not (self.term or self.solution or self.application or self.search.words)


@dataclass(frozen=True, slots=True)
class Found:
    """Some offers in the file's order, where the next ones begin, and how many there are."""

    offers: tuple[OfferListing, ...]
    next_place: Place | None
    total: int


def understand(query: str, vocabulary: Vocabulary) -> Understood:
    """The words of ``query``, each with what it stands for on a shelf."""
    return Understood(tuple((word, vocabulary.understand(word)) for word in wanted_words(query)))


def find_offers(
    known: KnownCatalogue,
    wanted: Wanted,
    *,
    country: str,
    on: date,
    language: str,
    limit: int,
    after: Place | None = None,
) -> Found:
    """What is wanted, also what ``country`` cannot buy. As many statements for any number."""
    chosen = _chosen(wanted)
    shelf = known.shelf(wanted.audience)
    total = shelf.offers if wanted.is_all else chosen.count()
    if after is not None:
        chosen = chosen.filter(
            Q(position__gt=after.position) | Q(position=after.position, id__gt=after.offer)
        )
    rows = chosen.order_by("position", "id").values_list("position", "id")[: limit + 1]
    places = [Place(*row) for row in rows]
    return Found(
        offers=listings(known, places[:limit], country=country, on=on, language=language),
        next_place=places[limit - 1] if len(places) > limit else None,
        total=total,
    )


def offers_of_role(
    known: KnownCatalogue, role: str, audience: Audience, *, country: str, on: date, language: str
) -> tuple[OfferListing, ...]:
    """The offers that bring ``role`` to an audience, those with the fewest roles first."""
    rows = Offer.objects.filter(
        withdrawn_at__isnull=True, audience=audience, offer_roles__role=role
    ).order_by("position", "id")
    places = [Place(*row) for row in rows.values_list("position", "id")[:MOST_OF_A_ROLE]]
    found = listings(known, places, country=country, on=on, language=language)
    return tuple(sorted(found, key=lambda each: (len(each.roles), each.place)))


def offers_on_sale() -> list[tuple[str, str]]:
    """Every offer that is not withdrawn, with its audience, in the file's order; one statement."""
    rows = Offer.objects.filter(withdrawn_at__isnull=True).order_by("position", "id")
    return list(rows.values_list("audience", "id"))


def audiences_of(offers: Iterable[str]) -> dict[str, str]:
    """Whom each of ``offers`` is for, withdrawn ones too; one statement."""
    return dict(Offer.objects.filter(id__in=set(offers)).values_list("id", "audience"))


def offer_alone(
    known: KnownCatalogue, offer: str, *, country: str, on: date, language: str
) -> OfferListing | None:
    """One offer as a page of its own shows it, a withdrawn one too; None if there never was one."""
    if not known.offers([offer]):
        return None
    (listing,) = listings(known, [Place(0, offer)], country=country, on=on, language=language)
    return listing


def listings(
    known: KnownCatalogue, places: Sequence[Place], *, country: str, on: date, language: str
) -> tuple[OfferListing, ...]:
    """The offers at ``places`` as a list shows them."""
    ids = [place.offer for place in places]
    facts = known.offers(ids)
    roles = known.roles_by_offer(ids, language)
    currency = known.currency_of(country)
    return tuple(
        listing_of(facts[place.offer], roles[place.offer], place, currency, on) for place in places
    )


def _chosen(wanted: Wanted) -> QuerySet[Offer]:
    offers = Offer.objects.filter(withdrawn_at__isnull=True, audience=wanted.audience)
    offers = narrowed(offers, wanted.term, wanted.solution)
    if wanted.application is not None:
        opens = OfferRole.objects.filter(
            offer=OuterRef("pk"), role__grants__has_key=wanted.application
        )
        offers = offers.filter(Exists(opens))
    for _, near in wanted.search.words:
        offers = offers.filter(_any_of(near)) if near else offers.none()
    return offers


def _any_of(words: Iterable[str]) -> Q:
    found = Q()
    for word in words:
        found |= Q(search_text__contains=word)
    return found


def consumer_countries() -> set[str]:
    """Where anything is offered to makers or students; an offer for everywhere is in the EU too.

    One statement (R33).
    """
    consumers = [audience.value for audience in Audience if audience.is_consumer]
    rows = Offer.objects.filter(audience__in=consumers, withdrawn_at__isnull=True)
    found = rows.values_list("countries", flat=True)
    return {country for countries in found for country in countries or EU_COUNTRIES}
