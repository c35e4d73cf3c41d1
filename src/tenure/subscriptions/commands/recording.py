"""What was bought elsewhere is written down: shown and assigned here, never charged (R35)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from tenure.base.calendar import Term
from tenure.base.ids import new_id
from tenure.events.journal import Journal
from tenure.organisations.models import Organisation
from tenure.policy.model import Policy
from tenure.subscriptions.commands.beginning import period_row
from tenure.subscriptions.events import SubscriptionRecorded
from tenure.subscriptions.models import Period, Source, Subscription
from tenure.subscriptions.rules.periods import period


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is to be recorded: from the local day ``starts_on``, so many periods of ``term``."""

    offer: str
    term: Term
    quantity: int
    starts_on: date
    periods: int
    reference: str


def record_subscription(
    *,
    recorded: Recorded,
    organisation: Organisation,
    zone: ZoneInfo,
    policy: Policy,
    days: int,
    journal: Journal,
) -> Subscription:
    """A subscription from elsewhere with its periods, written with the journal.

    ``days`` are those for which data outlive access (R31).
    """
    subscription = Subscription(
        id=new_id(),
        organisation=organisation,
        offer_id=recorded.offer,
        term=recorded.term.value,
        currency=organisation.currency,
        quantity=recorded.quantity,
        next_quantity=recorded.quantity,
        auto_renew=False,
        source=Source.EXTERNAL,
        reference=recorded.reference,
        anchor_on=recorded.starts_on,
        zone=zone.key,
        created_at=journal.at,
    )
    periods = [
        _period(subscription, number, zone, policy, days)
        for number in range(1, recorded.periods + 1)
    ]
    journal.insert([subscription])
    journal.insert(periods)
    _tell(subscription, periods[0].starts_on, periods[-1].ends_on, journal)
    return subscription


def extend_recorded(
    *,
    subscription: Subscription,
    last: Period,
    zone: ZoneInfo,
    policy: Policy,
    days: int,
    journal: Journal,
) -> Period:
    """One more period after the ``last`` of a locked subscription from elsewhere."""
    more = _period(subscription, last.number + 1, zone, policy, days)
    journal.insert([more])
    _tell(subscription, more.starts_on, more.ends_on, journal)
    return more


def _period(
    subscription: Subscription, number: int, zone: ZoneInfo, policy: Policy, days: int
) -> Period:
    facts = period(subscription.anchor_on, Term(subscription.term), number, zone)
    return period_row(
        facts,
        subscription=subscription,
        order=None,
        quantity=subscription.quantity,
        zone=zone,
        policy=policy,
        days=days,
    )


def _tell(subscription: Subscription, starts_on: date, ends_on: date, journal: Journal) -> None:
    journal.record(
        subscription.organisation_id,
        SubscriptionRecorded(
            subscription=subscription.id,
            offer=subscription.offer_id,
            quantity=subscription.quantity,
            starts_on=starts_on,
            ends_on=ends_on,
        ),
    )
