"""Subscriptions as customers see them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS

from tenure.events.rows import AMONG, column_names, read_joined, read_rows
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
    """Whether ``current`` covers the instant, and was not ended before (R9, R30)."""

    @property
    def paid_ahead(self) -> Period | None:
        """The period after the current one, where it is paid already (R24)."""
        after = (each for each in self.periods if each.number > self.current.number)
        return next(after, None)


def subscription_views(
    subscriptions: Sequence[Subscription], at: datetime
) -> list[SubscriptionView]:
    """What each of ``subscriptions`` is at ``at``; one statement for any number of them."""
    periods: defaultdict[UUID, list[Period]] = defaultdict(list)
    keys = [subscription.id for subscription in subscriptions]
    for period in read_rows(Period, f"WHERE subscription_id {AMONG} ORDER BY number", [keys]):
        periods[period.subscription_id].append(period)
    return [_view(subscription, periods[subscription.id], at) for subscription in subscriptions]


def views_of(rest: str, parameters: Sequence[Any], at: datetime) -> list[SubscriptionView]:
    """The subscriptions ``WHERE`` the constant ``rest`` says, as they are at ``at``.

    ``rest`` orders them too; their table is ``s``. One statement with their periods.
    """
    return [_view(row, periods, at) for row, periods in with_periods(rest, parameters)]


def with_periods(
    rest: str, parameters: Sequence[Any]
) -> Iterable[tuple[Subscription, list[Period]]]:
    """As ``views_of``: the rows themselves, each subscription with its periods in their order."""
    names = column_names(Subscription)
    columns = tuple(f"s.{name}" for name in names)
    found: dict[UUID, tuple[Subscription, list[Period]]] = {}
    for period, values in read_joined(Period, columns, _OF + rest + _IN_ORDER, parameters):
        if period.subscription_id not in found:
            row = Subscription.from_db(DEFAULT_DB_ALIAS, names, values)
            found[period.subscription_id] = (row, [])
        found[period.subscription_id][1].append(period)
    return found.values()


_OF: Final = "JOIN subscriptions_subscription AS s ON s.id = subscription_id WHERE "
_IN_ORDER: Final = ", subscriptions_period.number"


def _view(subscription: Subscription, periods: list[Period], at: datetime) -> SubscriptionView:
    covering = [period for period in periods if period.starts_at <= at < period.ends_at]
    view_status = status(subscription_facts(subscription, periods), at)
    return SubscriptionView(
        subscription=subscription,
        status=view_status,
        periods=tuple(periods),
        current=covering[0] if covering else periods[-1],
        is_covered=bool(covering) and view_status is SubscriptionStatus.ACTIVE,
    )
