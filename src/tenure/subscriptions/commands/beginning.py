"""Subscriptions begin: a paid line becomes one, with its first period (R19)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tenure.base.calendar import Term
from tenure.base.ids import new_id
from tenure.events.journal import Journal
from tenure.orders.models import Order, OrderLine
from tenure.policy.model import Policy
from tenure.policy.words import Audience
from tenure.subscriptions.events import SubscriptionStarted
from tenure.subscriptions.models import Period, Subscription
from tenure.subscriptions.rules.periods import PeriodFacts, period
from tenure.subscriptions.rules.renewal import opt_out_deadline, opt_out_until
from tenure.subscriptions.rules.retention import (
    data_available_until,
    data_gone_at,
    retention_days,
)


@dataclass(frozen=True, slots=True)
class Beginning:
    """A paid line, and whose: the first local day, the zone it keeps for life, its policy (R32)."""

    order: Order
    line: OrderLine
    starts_on: date
    zone: ZoneInfo
    audience: Audience
    country: str
    policy: Policy


class Begun(NamedTuple):
    """A subscription that just began, with its first period."""

    subscription: Subscription
    period: Period


def begin_subscriptions(*, beginnings: Sequence[Beginning], journal: Journal) -> list[Begun]:
    """Begin subscriptions with their first periods, written with the journal."""
    subscriptions = [_subscription(beginning, journal) for beginning in beginnings]
    periods = [
        _first_period(beginning, subscription)
        for beginning, subscription in zip(beginnings, subscriptions, strict=True)
    ]
    journal.insert(subscriptions)
    journal.insert(periods)
    for beginning, subscription, first in zip(beginnings, subscriptions, periods, strict=True):
        journal.record(
            subscription.organisation_id,
            SubscriptionStarted(
                subscription=subscription.id,
                order=beginning.order.id,
                offer=subscription.offer_id,
                quantity=subscription.quantity,
                starts_on=first.starts_on,
                ends_on=first.ends_on,
            ),
        )
    return [Begun(*each) for each in zip(subscriptions, periods, strict=True)]


def _subscription(beginning: Beginning, journal: Journal) -> Subscription:
    line = beginning.line
    return Subscription(
        id=new_id(),
        organisation_id=beginning.order.organisation_id,
        order_line=line,
        offer_id=line.offer_id,
        term=line.term,
        currency=beginning.order.currency,
        quantity=line.quantity,
        next_quantity=line.quantity,
        auto_renew=line.term != Term.TRIAL,
        anchor_on=beginning.starts_on,
        zone=beginning.zone.key,
        trial_days=line.trial_days,
        created_at=journal.at,
    )


def _first_period(beginning: Beginning, subscription: Subscription) -> Period:
    facts = period(
        beginning.starts_on,
        Term(beginning.line.term),
        1,
        beginning.zone,
        trial_days=beginning.line.trial_days,
    )
    return period_row(
        facts,
        subscription=subscription,
        order=beginning.order,
        zone=beginning.zone,
        policy=beginning.policy,
        days=retention_days(beginning.policy, beginning.audience, beginning.country),
    )


def period_row(
    facts: PeriodFacts,
    *,
    subscription: Subscription,
    order: Order | None,
    zone: ZoneInfo,
    policy: Policy,
    days: int,
) -> Period:
    """The row of a period, with what the policy of the order that paid it says of it (R32).

    What was bought elsewhere has no order, and no deadline of ours (R35).

    ``days`` are those for which data outlive access (R31).
    """
    renews = subscription.term != Term.TRIAL and order is not None
    data_until_on = data_available_until(facts.ends_on, days)
    return Period(
        id=new_id(),
        organisation_id=subscription.organisation_id,
        subscription=subscription,
        order=order,
        number=facts.number,
        kind=facts.kind.value,
        starts_on=facts.starts_on,
        ends_on=facts.ends_on,
        starts_at=facts.starts_at,
        ends_at=facts.ends_at,
        opt_out_on=opt_out_deadline(facts.ends_on, policy) if renews else None,
        opt_out_until=opt_out_until(facts.ends_on, zone, policy) if renews else None,
        data_until_on=data_until_on,
        data_until=data_gone_at(data_until_on, zone),
    )
