"""Reads of payments."""

from __future__ import annotations

from uuid import UUID

from tenure.base.errors import NotFound
from tenure.billing.models import Payment, PaymentStatus


def payment_facts(payment: UUID) -> Payment:
    """A payment with its organisation; one statement. Raises ``NotFound``."""
    found = Payment.objects.select_related("organisation").filter(id=payment).first()
    if found is None:
        raise NotFound
    return found


def waiting_step(order: UUID) -> tuple[UUID, str] | None:
    """The payment of an order that waits for its customer's step, and where that is taken if not
    at the sandbox's bank; one statement."""
    rows = Payment.objects.filter(order_id=order, status=PaymentStatus.AUTHENTICATION_REQUIRED)
    return rows.values_list("id", "action_url").first()
