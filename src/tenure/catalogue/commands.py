"""Importing a catalogue: all or nothing, and only what differs is written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, models

from tenure.base.ids import new_id
from tenure.catalogue.events import CatalogueImported
from tenure.catalogue.file import CatalogueFile
from tenure.catalogue.file.differences import ImportPlan, PriceChange, plan_differences
from tenure.catalogue.file.shape import OfferEntry
from tenure.catalogue.models import (
    Application,
    CatalogueVersion,
    Currency,
    Offer,
    OfferRole,
    Role,
    Solution,
    Vendor,
)
from tenure.catalogue.queries.holding import held_catalogue
from tenure.catalogue.searching import search_text
from tenure.events.journal import Journal

_MOST_VALUES: Final = 65_535
"""PostgreSQL takes no more in one statement."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did. ``version`` is the one in force after it."""

    version: int
    plan: ImportPlan
    changed: bool


def import_catalogue(*, file: CatalogueFile, source: str, journal: Journal) -> ImportResult:
    """Bring the tables to what ``file`` says; ``source`` is its text, kept for the export.

    Runs in the caller's transaction, after any other import. Importing what is held already
    changes nothing; a file that differs only in comments becomes a version of its own, because
    the export gives it back. What the file no longer has is withdrawn, at the journal's instant;
    a price that changed is closed, and its successor added (R7). The number of statements does
    not depend on the size of the file.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE catalogue_catalogueversion IN SHARE ROW EXCLUSIVE MODE")
    latest = CatalogueVersion.objects.order_by("number").defer("source").last()
    plan = plan_differences(held_catalogue(), file)
    sha256 = hashlib.sha256(source.encode()).hexdigest()
    if latest is not None and not plan and latest.sha256 == sha256:
        return ImportResult(version=latest.number, plan=plan, changed=False)
    number = latest.number + 1 if latest is not None else 1
    CatalogueVersion.objects.create(
        number=number, imported_at=journal.at, sha256=sha256, source=source
    )
    if not plan:
        return ImportResult(version=number, plan=plan, changed=False)
    _write_vendor(file, plan)
    _write_entries(file, plan)
    _withdraw(plan, journal.at)
    _write_offer_roles(file, plan)
    _write_prices(file, plan, number)
    journal.record_for_vendor(
        CatalogueImported(
            version=number,
            added=plan.count("added"),
            changed=plan.count("changed"),
            withdrawn=plan.count("withdrawn"),
            prices=len(plan.prices),
        )
    )
    return ImportResult(version=number, plan=plan, changed=True)


def _write_vendor(file: CatalogueFile, plan: ImportPlan) -> None:
    if plan.vendor:
        facts = file.vendor.model_dump(exclude_none=True)
        if not file.vendor.accounts:
            del facts["accounts"]
        Vendor.objects.update_or_create(id=1, defaults={"facts": facts})


def _written(plan: ImportPlan, kind: str) -> frozenset[str]:
    changes = plan.kinds[kind]
    return frozenset((*changes.added, *changes.changed, *changes.moved))


def _write_entries(file: CatalogueFile, plan: ImportPlan) -> None:
    written = _written(plan, "currencies")
    _upsert(
        Currency(code=each.code, countries=list(each.countries), position=place)
        for place, each in enumerate(file.currencies)
        if each.code in written
    )
    written = _written(plan, "applications")
    _upsert(
        Application(id=each.id, name=each.name, permissions=list(each.permissions), position=place)
        for place, each in enumerate(file.applications)
        if each.id in written
    )
    written = _written(plan, "solutions")
    _upsert(
        Solution(id=each.id, name=each.name.model_dump(), position=place)
        for place, each in enumerate(file.solutions)
        if each.id in written
    )
    written = _written(plan, "roles")
    _upsert(
        Role(
            id=each.id,
            solution_id=each.solution,
            name=each.name.model_dump(),
            description=each.description.model_dump() if each.description else None,
            grants={application: list(names) for application, names in each.grants.items()},
            requires=list(each.requires),
            position=place,
        )
        for place, each in enumerate(file.roles)
        if each.id in written
    )
    _upsert(_offer_rows(file, plan))


def _offer_rows(file: CatalogueFile, plan: ImportPlan) -> Iterable[Offer]:
    """The offers to write: also those whose roles or solutions now read otherwise."""
    written = _written(plan, "offers")
    texts = _role_texts(file)
    solutions = _written(plan, "solutions")
    reworded = _written(plan, "roles") | {
        role.id for role in file.roles if role.solution in solutions
    }
    for place, each in enumerate(file.offers):
        if each.id in written or not reworded.isdisjoint(each.roles):
            yield Offer(
                id=each.id,
                audience=each.audience,
                channel=each.channel,
                countries=list(each.countries),
                trial_days=each.trial_days,
                search_text=_search_text(each, texts),
                position=place,
            )


def _role_texts(file: CatalogueFile) -> Mapping[str, tuple[str, ...]]:
    names = {solution.id: solution.name for solution in file.solutions}
    programs = {application.id: application.name for application in file.applications}
    return {
        role.id: (
            role.id,
            role.name.en,
            role.name.fr,
            names[role.solution].en,
            names[role.solution].fr,
            *((role.description.en, role.description.fr) if role.description else ()),
            *(programs[application] for application in role.grants),
        )
        for role in file.roles
    }


def _search_text(offer: OfferEntry, texts: Mapping[str, tuple[str, ...]]) -> str:
    return search_text((offer.id, *(part for role in offer.roles for part in texts[role])))


def _upsert(rows: Iterable[models.Model]) -> None:
    """Insert rows, or make what has their key equal to them; as few statements as can be."""
    made = list(rows)
    if not made:
        return
    fields = made[0]._meta.fields
    type(made[0])._default_manager.bulk_create(
        made,
        batch_size=_MOST_VALUES // len(fields),
        update_conflicts=True,
        unique_fields=[field.name for field in fields if field.primary_key],
        update_fields=[field.name for field in fields if not field.primary_key],
    )


def _withdraw(plan: ImportPlan, at: datetime) -> None:
    by_kind: Mapping[str, type[models.Model]] = {
        "currencies": Currency,
        "applications": Application,
        "solutions": Solution,
        "roles": Role,
        "offers": Offer,
    }
    for kind, model in by_kind.items():
        if withdrawn := plan.kinds[kind].withdrawn:
            model._default_manager.filter(pk__in=withdrawn).update(withdrawn_at=at)


def _write_offer_roles(file: CatalogueFile, plan: ImportPlan) -> None:
    changes = plan.kinds["offers"]
    written = frozenset((*changes.added, *changes.changed))
    if not written:
        return
    OfferRole.objects.filter(offer_id__in=written).delete()
    _copy(
        "COPY catalogue_offerrole (offer_id, role_id, position) FROM STDIN",
        (
            (offer.id, role, place)
            for offer in file.offers
            if offer.id in written
            for place, role in enumerate(offer.roles)
        ),
    )


def _write_prices(file: CatalogueFile, plan: ImportPlan, version: int) -> None:
    gone = [change for change in plan.prices if change.before is not None]
    new = [change for change in plan.prices if change.after is not None]
    if gone:
        _close_prices(gone, version)
    if new:
        _add_prices(file, new, version)
    if plan.prices_moved:
        _move_prices(plan)


def _close_prices(gone: Iterable[PriceChange], version: int) -> None:
    """Close the prices that no longer hold.

    Sold orders keep amounts of their own; these rows only tell what the price was.
    """
    keys = [(each.offer, each.term, each.currency, each.valid_from) for each in gone]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE catalogue_price AS price
            SET removed_in_id = %s
            FROM unnest(%s::text[], %s::text[], %s::text[], %s::date[])
                AS given (offer, term, currency, valid_from)
            WHERE price.removed_in_id IS NULL
              AND price.offer_id = given.offer
              AND price.term = given.term
              AND price.currency = given.currency
              AND price.valid_from IS NOT DISTINCT FROM given.valid_from
            """,
            [version, *(list(column) for column in zip(*keys, strict=True))],
        )


def _move_prices(plan: ImportPlan) -> None:
    """Give prices that stayed their new place among their offer's."""
    rows = [(offer, *key, place) for offer, key, place in plan.prices_moved]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE catalogue_price AS price
            SET position = given.place
            FROM unnest(%s::text[], %s::text[], %s::text[], %s::date[], %s::smallint[])
                AS given (offer, term, currency, valid_from, place)
            WHERE price.removed_in_id IS NULL
              AND price.offer_id = given.offer
              AND price.term = given.term
              AND price.currency = given.currency
              AND price.valid_from IS NOT DISTINCT FROM given.valid_from
            """,
            [list(column) for column in zip(*rows, strict=True)],
        )


def _add_prices(file: CatalogueFile, new: Iterable[PriceChange], version: int) -> None:
    keys = {(each.offer, each.term, each.currency, each.valid_from) for each in new}
    offers = {each.offer for each in new}
    _copy(
        "COPY catalogue_price (id, offer_id, term, currency, amount, valid_from, position,"
        " added_in_id) FROM STDIN",
        (
            (
                new_id(),
                offer.id,
                price.term,
                price.currency,
                price.amount,
                price.valid_from,
                place,
                version,
            )
            for offer in file.offers
            if offer.id in offers
            for place, price in enumerate(offer.prices)
            if (offer.id, price.term, price.currency, price.valid_from) in keys
        ),
    )


def _copy(statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        for row in rows:
            copy.write_row(row)
