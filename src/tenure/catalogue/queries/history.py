"""The catalogue as it was imported, version by version, and prices over time; for staff."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Q

from tenure.base.errors import NotFound
from tenure.base.money import Money
from tenure.catalogue.events import CatalogueImported
from tenure.catalogue.models import (
    Application,
    CatalogueVersion,
    Offer,
    OfferRole,
    Price,
    Role,
    Solution,
)
from tenure.catalogue.searching import wanted_words
from tenure.events.models import Event
from tenure.events.streams import CATALOGUE_STREAM

MOST_VERSIONS: Final = 50
"""How many imports are shown."""


@dataclass(frozen=True, slots=True)
class Import:
    """One version: when it came into force, by whom, and how many entries it changed."""

    number: int
    imported_at: datetime
    sha256: str
    by: str
    added: int
    changed: int
    withdrawn: int
    prices: int


@dataclass(frozen=True, slots=True)
class Inventory:
    """How much there is of each kind in the version in force."""

    solutions: int
    applications: int
    roles: int
    offers: int


@dataclass(frozen=True, slots=True)
class PriceOverTime:
    """A price as it was imported; ``removed_in`` is the version that took it away."""

    price: Price

    @property
    def amount(self) -> Money:
        """The price of a seat."""
        return Money(self.price.amount, self.price.currency_id)

    @property
    def holds(self) -> bool:
        """Whether it is in the version in force."""
        return self.price.removed_in_id is None


@dataclass(frozen=True, slots=True)
class SoldRole:
    """A role with the offers that bring it."""

    role: Role
    offers: int


def imports() -> list[Import]:
    """The last versions, the newest first; two statements."""
    events = Event.objects.filter(organisation_id=CATALOGUE_STREAM, type=CatalogueImported.type)
    told: Mapping[int, Event] = {
        int(event.data["version"]): event for event in events.order_by("-sequence")[:MOST_VERSIONS]
    }
    versions = CatalogueVersion.objects.defer("source").order_by("-number")[:MOST_VERSIONS]
    return [_import(version, told.get(version.number)) for version in versions]


def inventory() -> Inventory:
    """How much is sold now; four statements."""
    here = Q(withdrawn_at__isnull=True)
    return Inventory(
        solutions=Solution.objects.filter(here).count(),
        applications=Application.objects.filter(here).count(),
        roles=Role.objects.filter(here).count(),
        offers=Offer.objects.filter(here).count(),
    )


def roles_by_solution() -> list[tuple[Solution, list[SoldRole]]]:
    """Every solution with its roles, in the file's order, withdrawn ones too; two statements."""
    by_solution: defaultdict[str, list[SoldRole]] = defaultdict(list)
    sold = Count("offer_roles", filter=Q(offer_roles__offer__withdrawn_at__isnull=True))
    for role in Role.objects.annotate(sold_in=sold).order_by("position", "id"):
        by_solution[role.solution_id].append(SoldRole(role, role.sold_in))
    return [(row, by_solution[row.id]) for row in Solution.objects.order_by("position", "id")]


def offers_to_look_at(
    words: str, audience: str, *, after: tuple[int, str] | None, most: int
) -> tuple[list[Offer], bool]:
    """Offers in the file's order, withdrawn ones too, and whether there are more.

    ``words`` are parts of what a search looks in; ``after`` is position and id. One statement.
    """
    rows = Offer.objects.order_by("position", "id")
    for word in wanted_words(words):
        rows = rows.filter(search_text__contains=word)
    if audience:
        rows = rows.filter(audience=audience)
    if after is not None:
        position, id_ = after
        rows = rows.filter(Q(position__gt=position) | Q(position=position, id__gt=id_))
    found = list(rows[: most + 1])
    return found[:most], len(found) > most


def offer_with_prices(offer: str) -> tuple[Offer, Sequence[Role], Sequence[PriceOverTime]]:
    """An offer, its roles, and all its prices ever, by term, currency and day.

    Raises ``NotFound``. Three statements.
    """
    row = Offer.objects.filter(id=offer).first()
    if row is None:
        raise NotFound
    links = OfferRole.objects.filter(offer=row).select_related("role").order_by("position")
    prices: Any = Price.objects.filter(offer=row).select_related("added_in", "removed_in")
    ordered = prices.order_by("term", "currency_id", "added_in_id", "valid_from")
    return row, [link.role for link in links], [PriceOverTime(price) for price in ordered]


def _import(version: CatalogueVersion, told: Event | None) -> Import:
    data: Mapping[str, Any] = told.data if told else {}
    return Import(
        number=version.number,
        imported_at=version.imported_at,
        sha256=version.sha256,
        by=told.by if told else "",
        added=data.get("added", 0),
        changed=data.get("changed", 0),
        withdrawn=data.get("withdrawn", 0),
        prices=data.get("prices", 0),
    )
