"""Rows as the facts that rules speak of."""

from __future__ import annotations

from collections.abc import Iterable

from tenure.base.calendar import Term
from tenure.subscriptions.models import Period, Subscription
from tenure.subscriptions.rules.periods import PeriodFacts, PeriodKind, SubscriptionFacts
from tenure.subscriptions.rules.renewal import is_wanted_after


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


def wants_more(subscription: Subscription, number: int) -> bool:
    """Whether a period is to follow its period ``number``, as it is chosen now (R20, R21)."""
    return is_wanted_after(
        number, auto_renew=subscription.auto_renew, stops_after=subscription.stops_after
    )


def subscription_facts(subscription: Subscription, periods: Iterable[Period]) -> SubscriptionFacts:
    """A subscription with its periods, oldest first.

    Where it was to stop after a period that is there, nothing was to follow (R21).
    """
    facts = tuple(period_facts(period) for period in periods)
    return SubscriptionFacts(
        is_trial=subscription.term == Term.TRIAL,
        auto_renew=wants_more(subscription, len(facts)),
        periods=facts,
        cancelled_at=subscription.cancelled_at,
    )
