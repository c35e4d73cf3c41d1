"""Which orders rest upon another: what is to be locked with it, in the order of their ids."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from tenure.events.rows import read_values

_UPON: Final = """
    WITH begun AS (
        SELECT subscription.id FROM subscriptions_subscription AS subscription
        JOIN orders_orderline AS line ON line.id = subscription.order_line_id
        WHERE line.order_id = %s
    )
    SELECT order_id FROM subscriptions_renewal
    WHERE subscription_id IN (SELECT id FROM begun) AND order_id IS NOT NULL
    UNION
    SELECT order_id FROM subscriptions_seatchange
    WHERE subscription_id IN (SELECT id FROM begun)
"""


def orders_upon(order: UUID) -> list[UUID]:
    """The order itself, and those of renewals and seats of what it began; one statement."""
    return [order, *(found for (found,) in read_values(_UPON, [order]) if found != order)]
