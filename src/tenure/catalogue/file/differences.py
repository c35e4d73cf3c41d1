"""What one catalogue would change in another: the plan of an import, before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from tenure.catalogue.file.shape import CatalogueFile, OfferEntry, VendorEntry

KINDS: Final = ("currencies", "applications", "solutions", "roles", "offers")
"""The sections of a catalogue whose entries have ids, each after those it refers to."""

PriceKey = tuple[str, str, date | None]
"""Term, currency, and the day from which a price holds."""


@dataclass(frozen=True, slots=True)
class Held:
    """What an installation holds: the catalogue in force, and what earlier files withdrew.

    ``withdrawn`` is ``{kind: {id: entry}}``; what comes back is compared with what it was.
    """

    current: CatalogueFile
    withdrawn: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class KindChanges:
    """Ids of one kind: new, other than before, gone from the file, and back after being gone.

    ``moved`` are those whose place in the file's order is another; ``returned`` are also in
    ``added``.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.withdrawn or self.moved)


@dataclass(frozen=True, slots=True)
class PriceChange:
    """One price of an offer, in minor units, before and after; None is no such price.

    ``valid_from`` is the local day from which it holds (None: always).
    """

    offer: str
    term: str
    currency: str
    valid_from: date | None
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """All that an import would change. False if that is nothing."""

    vendor: tuple[str, ...] = ()
    kinds: Mapping[str, KindChanges] = field(default_factory=dict)
    prices: tuple[PriceChange, ...] = ()
    prices_moved: tuple[tuple[str, PriceKey, int], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.vendor or any(self.kinds.values()) or self.prices or self.prices_moved)

    def count(self, what: str) -> int:
        """How many entries of all kinds are ``added``, ``changed`` or ``withdrawn``."""
        return sum(len(getattr(changes, what)) for changes in self.kinds.values())


def plan_differences(held: Held, file: CatalogueFile) -> ImportPlan:
    """What importing ``file`` would change in what is ``held``."""
    prices: list[PriceChange] = []
    moved: list[tuple[str, PriceKey, int]] = []
    before = {offer.id: offer for offer in held.current.offers}
    returning: Mapping[str, OfferEntry] = held.withdrawn.get("offers", {})
    for offer in file.offers:
        old = before.get(offer.id) or returning.get(offer.id)
        if old is None or old.prices != offer.prices:
            prices.extend(_price_changes(old, offer))
            moved.extend(_moved_prices(old, offer))
    return ImportPlan(
        vendor=_vendor_changes(held.current.vendor, file.vendor),
        kinds={kind: _kind_changes(kind, held, file) for kind in KINDS},
        prices=tuple(prices),
        prices_moved=tuple(moved),
    )


def entry_id(entry: Any) -> str:
    """The id of an entry of any kind; a currency's is its code."""
    found: str = entry.code if hasattr(entry, "code") else entry.id
    return found


def price_positions(offer: OfferEntry) -> dict[PriceKey, tuple[int, int]]:
    """The offer's prices by what tells them apart: amount in minor units, and place."""
    return {
        (price.term, price.currency, price.valid_from): (price.amount, place)
        for place, price in enumerate(offer.prices)
    }


def _vendor_changes(old: VendorEntry, new: VendorEntry) -> tuple[str, ...]:
    return tuple(key for key in VendorEntry.model_fields if getattr(old, key) != getattr(new, key))


def _kind_changes(kind: str, held: Held, file: CatalogueFile) -> KindChanges:
    old = {entry_id(entry): (place, entry) for place, entry in _numbered(held.current, kind)}
    new = {entry_id(entry): (place, entry) for place, entry in _numbered(file, kind)}
    stayed = [id_ for id_ in new if id_ in old]
    added = tuple(id_ for id_ in new if id_ not in old)
    return KindChanges(
        added=added,
        changed=tuple(id_ for id_ in stayed if _differs(kind, old[id_][1], new[id_][1])),
        withdrawn=tuple(id_ for id_ in old if id_ not in new),
        returned=tuple(id_ for id_ in added if id_ in held.withdrawn.get(kind, {})),
        moved=tuple(id_ for id_ in stayed if old[id_][0] != new[id_][0]),
    )


def _numbered(file: CatalogueFile, kind: str) -> Iterator[tuple[int, Any]]:
    return enumerate(getattr(file, kind))


def _differs(kind: str, old: Any, new: Any) -> bool:
    if kind == "offers":
        return _without_prices(old) != _without_prices(new)
    return bool(old != new)


def _without_prices(offer: OfferEntry) -> tuple[object, ...]:
    return (offer.roles, offer.audience, offer.channel, offer.countries, offer.trial_days)


def _price_changes(old: OfferEntry | None, new: OfferEntry) -> Iterator[PriceChange]:
    before = price_positions(old) if old is not None else {}
    after = price_positions(new)
    for key in before | after:
        was, becomes = before.get(key), after.get(key)
        old_amount = was[0] if was else None
        new_amount = becomes[0] if becomes else None
        if old_amount != new_amount:
            yield PriceChange(new.id, *key, before=old_amount, after=new_amount)


def _moved_prices(old: OfferEntry | None, new: OfferEntry) -> Iterator[tuple[str, PriceKey, int]]:
    before = price_positions(old) if old is not None else {}
    for key, (amount, place) in price_positions(new).items():
        was = before.get(key)
        if was is not None and was[0] == amount and was[1] != place:
            yield new.id, key, place
