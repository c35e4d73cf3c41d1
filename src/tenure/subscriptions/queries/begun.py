"""What an order began: the periods that it paid, with what they are of."""

from __future__ import annotations

from uuid import UUID

from tenure.subscriptions.models import Period


def periods_paid_by(order: UUID) -> list[Period]:
    """The periods that an order paid, in the order of its lines; one statement."""
    rows = Period.objects.filter(order_id=order).select_related("subscription__order_line")
    return list(rows.order_by("subscription__order_line__position", "subscription_id", "number"))
