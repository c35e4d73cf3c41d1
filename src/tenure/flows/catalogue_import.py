"""A catalogue file comes into force; before that, whom its prices would touch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from tenure.base.calendar import Term
from tenure.base.money import Money
from tenure.catalogue.commands import ImportResult, import_catalogue
from tenure.catalogue.file import CatalogueFile
from tenure.catalogue.file.differences import Held, ImportPlan, plan_differences
from tenure.catalogue.file.shape import OfferEntry
from tenure.catalogue.queries import held_catalogue
from tenure.catalogue.rules import PriceFacts, price_in_force
from tenure.events.journal import transaction
from tenure.subscriptions.models import Period, Subscription


@dataclass(frozen=True, slots=True)
class TouchedRenewal:
    """A coming renewal whose price an import changes.

    ``renews_on`` is the local day on which the period ends; ``before`` and ``after`` are for all
    ``quantity`` seats, without the tax that business prices do not hold (R7); None is no price.
    """

    organisation: UUID
    organisation_name: str
    subscription: UUID
    offer: str
    term: Term
    quantity: int
    renews_on: date
    before: Money | None
    after: Money | None


@dataclass(frozen=True, slots=True)
class DryRun:
    """What an import would change, and the renewals that it would touch, by their day."""

    plan: ImportPlan
    renewals: tuple[TouchedRenewal, ...]


def import_file(*, file: CatalogueFile, source: str, now: datetime, by: str) -> ImportResult:
    """Bring ``file`` into force, all or nothing; ``now`` is a UTC instant, ``by`` who does it.

    Decisions rest on it from the next one on, since the catalogue's revision rises (R42).
    """
    with transaction(now=now, by=by) as journal:
        return import_catalogue(file=file, source=source, journal=journal)


def dry_run(*, file: CatalogueFile, now: datetime) -> DryRun:
    """What importing ``file`` would change, and whom a price change touches, when, by how much.

    Nothing is written. ``now`` is the UTC instant for organisations without a test clock.
    """
    held = held_catalogue()
    plan = plan_differences(held, file)
    return DryRun(plan=plan, renewals=_touched(held, file, plan, now))


def _touched(
    held: Held, file: CatalogueFile, plan: ImportPlan, now: datetime
) -> tuple[TouchedRenewal, ...]:
    offers = {change.offer for change in plan.prices}
    if not offers:
        return ()
    old = _prices((*held.current.offers, *held.withdrawn.get("offers", {}).values()), offers)
    new = _prices(file.offers, offers)
    found = []
    for row in _running(offers, now):
        on: date = row["renews_on"]
        term = Term(row["term"])
        before = _amount(old, row, term, on)
        after = _amount(new, row, term, on)
        if before != after:
            found.append(
                TouchedRenewal(
                    organisation=row["organisation_id"],
                    organisation_name=row["name"],
                    subscription=row["id"],
                    offer=row["offer_id"],
                    term=term,
                    quantity=row["next_quantity"],
                    renews_on=on,
                    before=before,
                    after=after,
                )
            )
    return tuple(found)


def _running(offers: Iterable[str], now: datetime) -> Iterable[Mapping[str, Any]]:
    """Subscriptions to ``offers`` that will renew, by the day of it; one statement."""
    last = Period.objects.filter(subscription=OuterRef("pk")).order_by("-number")
    return (
        Subscription.objects.filter(offer_id__in=offers, auto_renew=True, cancelled_at=None)
        .exclude(term=Term.TRIAL)
        .annotate(
            name=F("organisation__name"),
            clock=Coalesce("organisation__test_clock", now),
            renews_on=Subquery(last.values("ends_on")[:1]),
            renews_at=Subquery(last.values("ends_at")[:1]),
            last_number=Subquery(last.values("number")[:1]),
        )
        .filter(
            Q(stops_after__isnull=True) | Q(stops_after__gt=F("last_number")),
            renews_at__gt=F("clock"),
        )
        .order_by("renews_on", "organisation_id", "id")
        .values(
            "id",
            "organisation_id",
            "name",
            "offer_id",
            "term",
            "currency",
            "next_quantity",
            "renews_on",
        )
    )


def _prices(offers: Iterable[OfferEntry], wanted: set[str]) -> Mapping[str, tuple[PriceFacts, ...]]:
    return {
        offer.id: tuple(
            PriceFacts(Term(price.term), price.currency, price.amount, price.valid_from)
            for price in offer.prices
        )
        for offer in offers
        if offer.id in wanted
    }


def _amount(
    prices: Mapping[str, tuple[PriceFacts, ...]], row: Mapping[str, Any], term: Term, on: date
) -> Money | None:
    price = price_in_force(prices.get(row["offer_id"], ()), term, row["currency"], on)
    if price is None:
        return None
    return Money(price.amount * row["next_quantity"], price.currency)
