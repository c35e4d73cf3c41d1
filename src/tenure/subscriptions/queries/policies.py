"""By which policy a subscription is judged (R32)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from tenure.orders.queries.policy import policy_in_force, policy_numbered
from tenure.policy.model import Policy
from tenure.subscriptions.models import Period


def policies_of(subscriptions: Collection[UUID], at: datetime) -> dict[UUID, Policy]:
    """The policy of the order that paid the period of each that began last before ``at``.

    What was bought elsewhere is judged by the one in force. One statement for any number of
    them, and another where one was bought elsewhere.
    """
    begun = Period.objects.filter(subscription_id__in=subscriptions, starts_at__lte=at)
    paid_under = dict(
        begun.order_by("subscription_id", "-number")
        .distinct("subscription_id")
        .values_list("subscription_id", "order__policy_version_id")
    )
    return {each: _policy(paid_under.get(each)) for each in subscriptions}


def _policy(number: int | None) -> Policy:
    return policy_in_force()[1] if number is None else policy_numbered(number)
