"""Orders whose country too little speaks for: staff look at them (R45)."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F, Q, QuerySet

from tenure.base.errors import NotFound
from tenure.orders.models import CountryEvidence
from tenure.support.queries.lists import MOST, Listed

IN_DOUBT = Q(
    proofs__lt=F("wanted"),
    accepted_at__isnull=True,
    order__status="paid",
)
"""Fewer proofs agree than are wanted, of an order that was paid, and nobody accepted it."""


def count_countries_in_doubt() -> int:
    """How many wait for staff; one statement."""
    return CountryEvidence.objects.filter(IN_DOUBT).count()


def countries_in_doubt(after: UUID | None = None) -> Listed[CountryEvidence]:
    """Those that wait, oldest first, each with its order and its customer; one statement."""
    rows = _whole().filter(IN_DOUBT)
    if after is not None:
        rows = rows.filter(order_id__gt=after)
    found = list(rows.order_by("order_id")[: MOST + 1])
    return Listed(found[:MOST], found[MOST - 1].order_id if len(found) > MOST else None)


def country_evidence_of(order: UUID) -> CountryEvidence:
    """What is kept of one order. Raises ``NotFound``. One statement."""
    found = _whole().filter(order_id=order).first()
    if found is None:
        raise NotFound
    return found


def _whole() -> QuerySet[CountryEvidence]:
    return CountryEvidence.objects.select_related("order", "organisation")
