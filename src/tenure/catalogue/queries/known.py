"""What this process knows of the catalogue, as long as the catalogue's revision stands.

A checkout asks for the same few offers again and again. One statement tells whether anything
changed; nothing has to arrive for the answer to be right.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tenure.catalogue.queries.offers import currencies, offer_facts
from tenure.catalogue.queries.roles import RoleListing, roles_by_offer
from tenure.catalogue.queries.shelves import Shelf, Shelves, shelves
from tenure.catalogue.queries.vendor import VendorFacts, vendor
from tenure.catalogue.rules import CurrencyFacts, OfferFacts, currency_of
from tenure.events.rows import read_values
from tenure.events.sending import Question
from tenure.events.streams import CATALOGUE_STREAM
from tenure.policy.words import Audience

_MOST_OFFERS: Final = 5_000
"""More are not kept: memory is bounded, whatever the size of the catalogue."""


class KnownCatalogue:
    """The catalogue at one revision, read as it is asked for."""

    def __init__(self, stamp: tuple[int, str]) -> None:
        self.stamp = stamp
        self._offers: dict[str, OfferFacts] = {}
        self._roles: dict[tuple[str, str], tuple[RoleListing, ...]] = {}
        self._currencies: tuple[CurrencyFacts, ...] | None = None
        self._vendor: dict[bool, VendorFacts] = {}
        self._shelves: Shelves | None = None

    def offers(self, ids: Iterable[str]) -> dict[str, OfferFacts]:
        """The offers ``ids``, withdrawn ones too; unknown ids are left out."""
        wanted = set(ids)
        found = {id_: facts for id_ in wanted if (facts := self._offers.get(id_)) is not None}
        if len(found) < len(wanted):
            read = offer_facts(wanted - found.keys())
            if len(self._offers) + len(read) <= _MOST_OFFERS:
                self._offers.update(read)
            found.update(read)
        return found

    def roles_by_offer(
        self, ids: Iterable[str], language: str
    ) -> dict[str, tuple[RoleListing, ...]]:
        """The roles of each of the offers ``ids``, in the offer's order."""
        wanted, kept = set(ids), self._roles
        found = {id_: kept[id_, language] for id_ in wanted if (id_, language) in kept}
        if len(found) < len(wanted):
            read = roles_by_offer(wanted - found.keys(), language)
            if len(kept) + len(read) <= _MOST_OFFERS:
                kept.update({(id_, language): roles for id_, roles in read.items()})
            found.update(read)
        return found

    def currencies(self) -> tuple[CurrencyFacts, ...]:
        """The currencies in the file's order."""
        if self._currencies is None:
            self._currencies = currencies()
        return self._currencies

    def currency_of(self, country: str) -> str | None:
        """The currency in which ``country`` pays (R5); None without any catalogue."""
        listed = self.currencies()
        return currency_of(country, listed) or (listed[0].code if listed else None)

    def shelf(self, audience: Audience) -> Shelf:
        """What an audience can browse by."""
        return self.shelves().of[audience]

    def shelves(self) -> Shelves:
        """What everybody can browse by."""
        if self._shelves is None:
            self._shelves = shelves()
        return self._shelves

    def vendor(self, *, sandbox: bool) -> VendorFacts:
        """Who sells here."""
        if sandbox not in self._vendor:
            self._vendor[sandbox] = vendor(sandbox=sandbox)
        return self._vendor[sandbox]


_known = KnownCatalogue((-1, ""))


TO_KNOW_IT: Final[Question] = (
    "SELECT revision, xmin::text FROM events_stream WHERE organisation_id = %s",
    [CATALOGUE_STREAM],
)
"""What ``known_catalogue`` asks, to be foreseen."""


def known_catalogue() -> KnownCatalogue:
    """The catalogue as it stands. One statement, and what is not yet known is read when asked."""
    found = read_values(*TO_KNOW_IT)
    return catalogue_at(*found[0] if found else (None, None))


def catalogue_at(revision: int | None, transaction: str | None) -> KnownCatalogue:
    """The catalogue as it stands, by the row of its stream; both None where there is none yet.

    The row's transaction (``xmin``) stands beside the revision, so that another database, in
    which the same number means something else, is never taken for this one.
    """
    global _known
    stamp = (revision or 0, transaction or "")
    known = _known
    if known.stamp != stamp:
        known = _known = KnownCatalogue(stamp)
    return known
