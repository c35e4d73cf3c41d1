"""By which policy a subscription is judged (R32)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from tenure.events.rows import AMONG, read_values
from tenure.orders.queries.policy import policy_of
from tenure.policy.model import Policy

_PAID_UNDER: Final = f"""
    SELECT DISTINCT ON (p.subscription_id) p.subscription_id, o.policy_version_id
    FROM subscriptions_period AS p LEFT JOIN orders_order AS o ON o.id = p.order_id
    WHERE p.subscription_id {AMONG} AND p.starts_at <= %s
    ORDER BY p.subscription_id, p.number DESC
"""  # noqa: S608 - of constants


def policies_of(subscriptions: Collection[UUID], at: datetime) -> dict[UUID, Policy]:
    """The policy of the order that paid the period of each that began last before ``at``.

    What was bought elsewhere is judged by the one in force. One statement for any number of
    them, and another where one was bought elsewhere.
    """
    paid_under: dict[UUID, int | None] = dict(
        row[:2] for row in read_values(_PAID_UNDER, [list(subscriptions), at])
    )
    return {each: policy_of(paid_under.get(each)) for each in subscriptions}
