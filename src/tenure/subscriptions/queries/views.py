"""Subscriptions as customers see them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tenure.events.rows import AMONG, read_rows
from tenure.subscriptions.models import Period, Subscription
from tenure.subscriptions.queries.facts import subscription_facts
from tenure.subscriptions.rules.periods import SubscriptionStatus, status


@dataclass(frozen=True, slots=True)
class SubscriptionView:
    """A subscription at an instant; ``current`` covers it, or is the last one if none does."""

    subscription: Subscription
    status: SubscriptionStatus
    periods: tuple[Period, ...]
    current: Period
    is_covered: bool
    """Whether ``current`` does cover the instant."""


def subscription_views(
    subscriptions: Sequence[Subscription], at: datetime
) -> list[SubscriptionView]:
    """What each of ``subscriptions`` is at ``at``; one statement for any number of them."""
    periods: defaultdict[UUID, list[Period]] = defaultdict(list)
    keys = [subscription.id for subscription in subscriptions]
    for period in read_rows(Period, f"WHERE subscription_id {AMONG} ORDER BY number", [keys]):
        periods[period.subscription_id].append(period)
    return [_view(subscription, periods[subscription.id], at) for subscription in subscriptions]


def _view(subscription: Subscription, periods: list[Period], at: datetime) -> SubscriptionView:
    covering = [period for period in periods if period.starts_at <= at < period.ends_at]
    view_status = status(subscription_facts(subscription, periods), at)
    return SubscriptionView(
        subscription=subscription,
        status=view_status,
        periods=tuple(periods),
        current=covering[0] if covering else periods[-1],
        is_covered=bool(covering) and view_status is not SubscriptionStatus.CANCELLED,
    )
