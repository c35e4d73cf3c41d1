"""Reads of saved cards."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from tenure.billing.models import PaymentMethod, PaymentMethodStatus


def active_methods(organisation: UUID) -> QuerySet[PaymentMethod]:
    """The cards that an organisation can be charged by, oldest first."""
    rows = PaymentMethod.objects.filter(
        organisation_id=organisation, status=PaymentMethodStatus.ACTIVE
    )
    return rows.order_by("id")


def default_methods(organisations: Collection[UUID]) -> dict[UUID, PaymentMethod]:
    """The card that each organisation is charged by when nobody is there (R24); one statement."""
    rows = PaymentMethod.objects.filter(organisation_id__in=list(organisations), is_default=True)
    return {row.organisation_id: row for row in rows}
