"""Reads of payments."""

from __future__ import annotations

from uuid import UUID

from tenure.base.errors import NotFound
from tenure.billing.models import Payment


def payment_facts(payment: UUID) -> Payment:
    """A payment with its organisation; one statement. Raises ``NotFound``."""
    found = Payment.objects.select_related("organisation").filter(id=payment).first()
    if found is None:
        raise NotFound
    return found
