"""An organisation's subscriptions as its console lists them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from tenure.base.errors import NotFound
from tenure.subscriptions.models import Period, Subscription
from tenure.subscriptions.queries.views import SubscriptionView, subscription_views, views_of

MOST: Final = 50
"""How many one page shows."""


@dataclass(frozen=True, slots=True)
class SubscriptionPage:
    """Some subscriptions, the newest first, and the last of them if there are more."""

    views: Sequence[SubscriptionView]
    last: UUID | None


def subscription_page(
    organisation: UUID, *, over: bool, at: datetime, before: UUID | None = None, most: int = MOST
) -> SubscriptionPage:
    """Those that run or are yet to begin at ``at``, or those that are ``over``; two statements."""
    rows = Subscription.objects.filter(organisation_id=organisation)
    rows = rows.exclude(_goes_on(at)) if over else rows.filter(_goes_on(at))
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = list(rows.order_by("-id")[: most + 1])
    last = found[most - 1].id if len(found) > most else None
    return SubscriptionPage(subscription_views(found[:most], at), last)


def all_subscriptions(organisation: UUID, at: datetime) -> list[SubscriptionView]:
    """All that an organisation ever had, oldest first; one statement."""
    return views_of("s.organisation_id = %s ORDER BY s.id", [organisation], at)


def has_subscriptions(organisation: UUID) -> bool:
    """Whether it ever had one; one statement."""
    return Subscription.objects.filter(organisation_id=organisation).exists()


def subscription_of(organisation: UUID, subscription: UUID, at: datetime) -> SubscriptionView:
    """One of the organisation's subscriptions; one statement. Raises ``NotFound``."""
    which = "s.id = %s AND s.organisation_id = %s ORDER BY s.id"
    found = views_of(which, [subscription, organisation], at)
    if not found:
        raise NotFound
    return found[0]


def _goes_on(at: datetime) -> Q:
    periods = Period.objects.filter(subscription=OuterRef("pk"), ends_at__gt=at)
    return Q(Q(cancelled_at__isnull=True) | Q(cancelled_at__gt=at), Exists(periods))
