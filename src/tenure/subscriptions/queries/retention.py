"""How long the data of organisations last, as their subscriptions say (R31)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from tenure.events.rows import AMONG, read_values
from tenure.orders.queries.policy import policy_of
from tenure.policy.model import Policy


@dataclass(frozen=True, slots=True)
class DataEnd:
    """The end of an organisation's data if nothing more is paid.

    ``until_on`` is the last local day in ``zone``, ``until`` the UTC instant at which it is over:
    those of the subscription that ends last, judged by the policy that it was paid under (R32).
    ``runs`` is whether a subscription runs or is yet to begin.
    """

    until_on: date
    until: datetime
    zone: str
    policy_version: int | None
    runs: bool

    @property
    def policy(self) -> Policy:
        """By which policy its warnings are counted; where there was no order, that in force."""
        return policy_of(self.policy_version)


_DATA_ENDS: Final = f"""
    SELECT DISTINCT ON (last.organisation_id) last.organisation_id, last.data_until_on,
           last.data_until, last.zone, paid.policy_version_id,
           bool_or(last.runs) OVER (PARTITION BY last.organisation_id)
    FROM (
        SELECT DISTINCT ON (period.subscription_id)
               period.organisation_id, period.subscription_id, period.order_id,
               period.data_until_on, period.data_until, subscription.zone,
               period.ends_at > %s AND subscription.cancelled_at IS NULL AS runs
        FROM subscriptions_period AS period
        JOIN subscriptions_subscription AS subscription
          ON subscription.id = period.subscription_id
        WHERE period.organisation_id {AMONG}
        ORDER BY period.subscription_id, period.number DESC
    ) AS last
    LEFT JOIN orders_order AS paid ON paid.id = last.order_id
    ORDER BY last.organisation_id, last.data_until DESC, last.subscription_id
"""  # noqa: S608 - of constants


def data_ends(organisations: Collection[UUID], at: datetime) -> dict[UUID, DataEnd]:
    """When the data of each organisation end, as things stand at ``at``; one statement.

    Who never had a subscription is not among them.
    """
    found = read_values(_DATA_ENDS, [at, list(organisations)])
    return {organisation: DataEnd(*rest) for organisation, *rest in found}
