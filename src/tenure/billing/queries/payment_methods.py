"""Reads of saved cards."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from tenure.billing.models import PaymentMethod, PaymentMethodStatus
from tenure.events.rows import AMONG, read_rows


def active_methods(organisation: UUID) -> QuerySet[PaymentMethod]:
    """The cards that an organisation can be charged by, oldest first."""
    rows = PaymentMethod.objects.filter(
        organisation_id=organisation, status=PaymentMethodStatus.ACTIVE
    )
    return rows.order_by("id")


def default_methods(organisations: Collection[UUID]) -> dict[UUID, PaymentMethod]:
    """The card that each organisation is charged by when nobody is there (R24); one statement."""
    rows = read_rows(
        PaymentMethod, f"WHERE organisation_id {AMONG} AND is_default", [list(organisations)]
    )
    return {row.organisation_id: row for row in rows}
