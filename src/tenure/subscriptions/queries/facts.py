"""Rows as the facts that rules speak of."""

from __future__ import annotations

from collections.abc import Iterable

from tenure.base.calendar import Term
from tenure.subscriptions.models import Period, Subscription
from tenure.subscriptions.rules.periods import PeriodFacts, PeriodKind, SubscriptionFacts


def period_facts(period: Period) -> PeriodFacts:
    """One period."""
    return PeriodFacts(
        number=period.number,
        kind=PeriodKind(period.kind),
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
    )


def subscription_facts(subscription: Subscription, periods: Iterable[Period]) -> SubscriptionFacts:
    """A subscription with its periods, oldest first.

    Where it was to stop after a period that is there, nothing was to follow (R21).
    """
    facts = tuple(period_facts(period) for period in periods)
    stops = subscription.stops_after is not None and len(facts) >= subscription.stops_after
    return SubscriptionFacts(
        is_trial=subscription.term == Term.TRIAL,
        auto_renew=subscription.auto_renew and not stops,
        periods=facts,
        cancelled_at=subscription.cancelled_at,
    )
