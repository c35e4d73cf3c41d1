"""The whole catalogue that an installation holds: for planning an import, and for the export."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from tenure.catalogue.file import (
    CatalogueFile,
    CatalogueFileRefused,
    parse_catalogue,
    render_catalogue,
)
from tenure.catalogue.file.differences import Held, ImportPlan, entry_id, plan_differences
from tenure.catalogue.file.shape import (
    ApplicationEntry,
    Bilingual,
    BilingualText,
    CurrencyEntry,
    OfferEntry,
    PriceEntry,
    RoleEntry,
    SolutionEntry,
    VendorEntry,
)
from tenure.catalogue.models import (
    Application,
    CatalogueVersion,
    Currency,
    Offer,
    OfferRole,
    Price,
    Role,
    Solution,
    Vendor,
)


@dataclass(frozen=True, slots=True)
class Version:
    """An import: its number, its instant (UTC), and the hash of the file's text."""

    number: int
    imported_at: datetime
    sha256: str


def current_version() -> Version | None:
    """The version in force; None before the first import."""
    latest = CatalogueVersion.objects.order_by("number").defer("source").last()
    if latest is None:
        return None
    return Version(latest.number, latest.imported_at, latest.sha256)


@transaction.atomic
def held_catalogue() -> Held:
    """What the tables hold, after the import that may be running, and before the next one.

    Nine statements. Entries are built unchecked: the tables are.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE catalogue_catalogueversion IN SHARE MODE")
    roles, prices = _offer_roles(), _prices()
    split: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
        "currencies": _split((row, _currency(row)) for row in Currency.objects.all()),
        "applications": _split((row, _application(row)) for row in Application.objects.all()),
        "solutions": _split((row, _solution(row)) for row in Solution.objects.all()),
        "roles": _split((row, _role(row)) for row in Role.objects.all()),
        "offers": _split(
            (row, _offer(row, roles[row.id], prices[row.id]))
            for row in Offer.objects.defer("search_text")
        ),
    }
    facts = Vendor.objects.values_list("facts", flat=True).first()
    return Held(
        current=CatalogueFile.model_construct(
            vendor=VendorEntry.model_validate(facts or {}, strict=False),
            currencies=split["currencies"][0],
            applications=split["applications"][0],
            solutions=split["solutions"][0],
            roles=split["roles"][0],
            offers=split["offers"][0],
        ),
        withdrawn={kind: withdrawn for kind, (_, withdrawn) in split.items()},
    )


def plan_import(file: CatalogueFile) -> ImportPlan:
    """What importing ``file`` would change; nothing is written."""
    return plan_differences(held_catalogue(), file)


def export_catalogue() -> str:
    """The catalogue in force as a file.

    It is the text that was imported, with its comments and its order, as long as that text says
    what the tables hold; otherwise the canonical text of the tables. Empty before any import.
    """
    latest = CatalogueVersion.objects.order_by("number").last()
    if latest is None:
        return ""
    held = held_catalogue().current
    try:
        if parse_catalogue(latest.source) == held:
            return latest.source
    except CatalogueFileRefused:
        # An older Tenure took what this one would refuse.
        pass
    return render_catalogue(held)


def _split(rows: Iterable[tuple[Any, Any]]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """What is in force, in its order, and what is withdrawn, by id."""
    current: list[tuple[int, Any]] = []
    withdrawn: dict[str, Any] = {}
    for row, entry in rows:
        if row.withdrawn_at is None:
            current.append((row.position, entry))
        else:
            withdrawn[entry_id(entry)] = entry
    current.sort(key=lambda placed: placed[0])
    return tuple(entry for _, entry in current), withdrawn


def _offer_roles() -> defaultdict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    rows = OfferRole.objects.order_by("offer_id", "position").values_list("offer_id", "role_id")
    for offer, role in rows:
        found[offer].append(role)
    return found


def _prices() -> defaultdict[str, list[PriceEntry]]:
    found: defaultdict[str, list[PriceEntry]] = defaultdict(list)
    rows: QuerySet[Price, tuple[Any, ...]] = (
        Price.objects.filter(removed_in__isnull=True)
        .order_by("offer_id", "position")
        .values_list("offer_id", "term", "currency_id", "amount", "valid_from")
    )
    for offer, term, currency, amount, valid_from in rows:
        found[offer].append(
            PriceEntry.model_construct(
                term=term, currency=currency, amount=amount, valid_from=valid_from
            )
        )
    return found


def _currency(row: Currency) -> CurrencyEntry:
    return CurrencyEntry.model_construct(code=row.code, countries=tuple(row.countries))


def _application(row: Application) -> ApplicationEntry:
    return ApplicationEntry.model_construct(
        id=row.id, name=row.name, permissions=tuple(row.permissions)
    )


def _solution(row: Solution) -> SolutionEntry:
    return SolutionEntry.model_construct(id=row.id, name=Bilingual.model_construct(**row.name))


def _role(row: Role) -> RoleEntry:
    return RoleEntry.model_construct(
        id=row.id,
        name=Bilingual.model_construct(**row.name),
        description=BilingualText.model_construct(**row.description) if row.description else None,
        solution=row.solution_id,
        grants={application: tuple(names) for application, names in row.grants.items()},
        requires=tuple(row.requires),
    )


def _offer(row: Any, roles: list[str], prices: list[PriceEntry]) -> OfferEntry:
    return OfferEntry.model_construct(
        id=row.id,
        roles=tuple(roles),
        audience=row.audience,
        channel=row.channel,
        countries=tuple(row.countries),
        trial_days=row.trial_days,
        prices=tuple(prices),
    )
