"""Whose a quote is."""

from __future__ import annotations

from uuid import UUID

from tenure.base.errors import NotFound
from tenure.orders.models import Quote


def organisation_of(quote: UUID) -> UUID:
    """Whose quote it is. Raises ``NotFound``."""
    found = Quote.objects.filter(id=quote).values_list("organisation_id", flat=True).first()
    if found is None:
        raise NotFound
    return found
