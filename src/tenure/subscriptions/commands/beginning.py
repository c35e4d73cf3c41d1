"""Subscriptions begin: a paid line becomes one, with its first period (R19)."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tenure.base.calendar import Term, first_instant
from tenure.base.ids import new_id
from tenure.events.journal import Journal
from tenure.events.rows import new_row
from tenure.orders.models import Order, OrderLine
from tenure.policy.model import Policy
from tenure.policy.words import Audience
from tenure.subscriptions.events import SubscriptionStarted
from tenure.subscriptions.models import Period, Subscription
from tenure.subscriptions.rules.periods import PeriodFacts, PeriodKind, period
from tenure.subscriptions.rules.renewal import (
    notice_days,
    opt_out_deadline,
    opt_out_until,
    renewal_begins_at,
)
from tenure.subscriptions.rules.retention import (
    data_available_until,
    data_gone_at,
    retention_days,
)


@dataclass(frozen=True, slots=True)
class Beginning:
    """A paid line, and whose: the first local day, the zone it keeps for life, its policy (R32).

    ``by_transfer`` is how it was paid, and so how it renews (R24).
    """

    order: Order
    line: OrderLine
    starts_on: date
    zone: ZoneInfo
    audience: Audience
    country: str
    policy: Policy
    by_transfer: bool = False


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
    return new_row(
        Subscription,
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
    policy, audience, country = beginning.policy, beginning.audience, beginning.country
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
        quantity=beginning.line.quantity,
        zone=beginning.zone,
        policy=policy,
        days=retention_days(policy, audience, country),
        protected=policy.statutory_eu.protects(audience, country),
        by_transfer=beginning.by_transfer,
    )


Dates = dict[Hashable, dict[str, date | datetime | None]]
"""What was found for a batch: the days and instants of rows, by all that they depend on."""


def period_row(
    facts: PeriodFacts,
    *,
    subscription: Subscription,
    order: Order | None,
    quantity: int,
    zone: ZoneInfo,
    policy: Policy,
    days: int,
    protected: bool = False,
    by_transfer: bool = False,
    known: Dates | None = None,
) -> Period:
    """The row of a period, with what the policy of the order that paid it says of it (R32).

    What was bought elsewhere has no order, and no deadline of ours (R35). The boundary of a
    renewal is still to come, or to be applied (R26). ``days`` are those for which data outlive
    access (R31); ``protected`` says whether the law wants a notice of its own (R33). ``known``
    keeps what is the same for many of a batch.
    """
    known = {} if known is None else known
    term = None if order is None else Term(subscription.term)
    key = (facts, term, zone, id(policy), days, protected, by_transfer)
    dates = known.get(key)
    if dates is None:
        dates = known[key] = _dates(facts, zone, days)
        if term is not None:
            notices = notice_days(facts.span, term, policy, protected=protected)
            dates["remind_at"] = first_instant(notices[0], zone) if notices else None
        if term is not None and term is not Term.TRIAL:
            dates |= _deadlines(facts, zone, policy, by_transfer=by_transfer)
    return new_row(
        Period,
        id=new_id(),
        organisation_id=subscription.organisation_id,
        subscription=subscription,
        order=order,
        number=facts.number,
        quantity=quantity,
        kind=facts.kind.value,
        **dates,
    )


def _dates(facts: PeriodFacts, zone: ZoneInfo, days: int) -> dict[str, date | datetime | None]:
    """The days and instants of any period."""
    data_until_on = data_available_until(facts.ends_on, days)
    return {
        "starts_on": facts.starts_on,
        "ends_on": facts.ends_on,
        "starts_at": facts.starts_at,
        "ends_at": facts.ends_at,
        "data_until_on": data_until_on,
        "data_until": data_gone_at(data_until_on, zone),
        "begin_noted_at": facts.starts_at,
    }


def _deadlines(
    facts: PeriodFacts, zone: ZoneInfo, policy: Policy, *, by_transfer: bool
) -> dict[str, date | datetime | None]:
    """Those of one that another may follow."""
    begins_later = facts.kind is PeriodKind.RENEWAL
    return {
        "begin_noted_at": None if begins_later else facts.starts_at,
        "opt_out_on": opt_out_deadline(facts.ends_on, policy),
        "opt_out_until": opt_out_until(facts.ends_on, zone, policy),
        "renew_at": renewal_begins_at(facts, zone, policy, by_transfer=by_transfer),
    }
