"""Subscriptions end at the instant at which their order is taken back (R30, R31)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

from django.db.models import Q

from tenure.base.calendar import local_date, zone_named
from tenure.events.journal import Journal
from tenure.orders.queries.policy import policy_of
from tenure.organisations.commands.retention import look_at_retention
from tenure.organisations.models import Organisation
from tenure.policy.words import Audience
from tenure.subscriptions.events import SubscriptionCancelled
from tenure.subscriptions.models import Period, Subscription
from tenure.subscriptions.rules.retention import (
    data_available_until,
    data_gone_at,
    retention_days,
)


def lock_subscriptions_of(orders: Sequence[UUID]) -> list[Subscription]:
    """The subscriptions that lines of ``orders`` became, and those of which they paid a period;
    locked until commit in the order of their ids."""
    paid = Period.objects.filter(order_id__in=orders).values("subscription")
    rows = Subscription.objects.select_for_update(of=("self",))
    return list(rows.filter(Q(order_line__order_id__in=orders) | Q(id__in=paid)).order_by("id"))


def cancel_subscriptions(
    *,
    subscriptions: Mapping[UUID, Sequence[Subscription]],
    organisation: Organisation,
    journal: Journal,
) -> None:
    """End the locked ``subscriptions``, given by the order that is taken back, at this instant.

    Their data last from today on as the policy says under which each period was paid, and never
    less long than was promised before (R31, R32). Nothing is reminded of or renewed any more; the
    obligations to renew them, ordered ahead or not, are for the caller. What is cancelled already
    stays as it is.
    """
    ending = {
        each.id: (each, order)
        for order, rows in subscriptions.items()
        for each in rows
        if each.cancelled_at is None
    }
    chains: dict[UUID, list[Period]] = {id_: [] for id_ in ending}
    for period in _periods_of(list(ending)):
        chains[period.subscription_id].append(period)
    changed: list[Period] = []
    for id_, (each, order) in ending.items():
        each.cancelled_at = journal.at
        changed += _kept(each, chains[id_], organisation, journal)
        fact = SubscriptionCancelled(
            subscription=id_, order=order, data_available_until=chains[id_][-1].data_until_on
        )
        journal.record(each.organisation_id, fact)
    Subscription.objects.filter(id__in=list(ending)).update(cancelled_at=journal.at)
    Period.objects.bulk_update(changed, _KEPT_BY, batch_size=500)
    Period.objects.filter(subscription__in=list(ending)).update(remind_at=None, renew_at=None)
    if ending:
        look_at_retention(organisations=[organisation.id], at=journal.at)


_KEPT_BY: Final = ["data_until_on", "data_until"]


def _periods_of(subscriptions: Sequence[UUID]) -> Iterable[Period]:
    rows = Period.objects.select_for_update(of=("self",)).filter(subscription__in=subscriptions)
    return rows.select_related("order__cart").order_by("subscription_id", "number")


def _kept(
    subscription: Subscription,
    chain: Sequence[Period],
    organisation: Organisation,
    journal: Journal,
) -> list[Period]:
    """The periods that did not end before, and the last, with the days of their data."""
    zone = zone_named(subscription.zone)
    today = local_date(journal.at, zone)
    changed = [each for each in chain if each.ends_at > journal.at or each is chain[-1]]
    for each in changed:
        order = each.order
        policy = policy_of(order.policy_version_id if order else None)
        country = order.cart.country if order and order.cart else organisation.country
        days = retention_days(policy, Audience(organisation.audience), country)
        over_on = min(each.ends_on, today)
        each.data_until_on = data_available_until(over_on, days, requested_on=today)
        each.data_until = data_gone_at(each.data_until_on, zone)
    return changed
