"""What has to renew by card."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

from tenure.events.rows import read_values


def next_card_renewal(organisation: UUID, at: datetime) -> date | None:
    """The local day of the first renewal of an organisation's that is to be charged to a card.

    Such is every running subscription that goes on by itself and whose last period was paid by
    card (R24); None if there is none. One statement.
    """
    found = read_values(_NEXT, [organisation, at])
    return found[0][0] if found else None


_NEXT: Final = """
    SELECT min(last.ends_on)
    FROM subscriptions_subscription AS subscription
    JOIN LATERAL (
        SELECT number, ends_on, ends_at, order_id FROM subscriptions_period
        WHERE subscription_id = subscription.id ORDER BY number DESC LIMIT 1
    ) AS last ON true
    JOIN billing_payment AS payment
      ON payment.order_id = last.order_id AND payment.status = 'captured'
    WHERE subscription.organisation_id = %s AND subscription.source = 'store'
      AND subscription.auto_renew AND subscription.cancelled_at IS NULL
      AND (subscription.stops_after IS NULL OR subscription.stops_after > last.number)
      AND last.ends_at > %s AND payment.method = 'card'
"""
