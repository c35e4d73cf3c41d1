"""Whether a renewed contract can be ended at any time, for want of its notice (R33)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from tenure.base.calendar import local_date, zone_named
from tenure.base.ids import public_id
from tenure.base.money import Money
from tenure.base.verdicts import Verdict
from tenure.events.models import Event
from tenure.orders.models import OrderLine
from tenure.orders.queries.policy import policy_numbered
from tenure.policy.words import Audience
from tenure.subscriptions.events import RenewalReminded
from tenure.subscriptions.models import Period, Renewal, Subscription
from tenure.subscriptions.queries.facts import period_facts
from tenure.subscriptions.rules.periods import PeriodKind
from tenure.subscriptions.rules.renewal import termination_verdict


@dataclass(frozen=True, slots=True)
class Renewed:
    """A subscription in a period that a renewal paid, with the line that cost it."""

    subscription: Subscription
    period: Period
    line: OrderLine
    verdict: Verdict


def termination_of(
    subscription: Subscription, *, audience: str, country: str, at: datetime
) -> Renewed | None:
    """The verdict on ending at ``at`` what runs by a renewal; None where no renewal does.

    ``audience`` and ``country`` are those of its organisation. Four statements at the most, and
    none for whoever is no consumer.
    """
    kind = Audience(audience)
    if subscription.cancelled_at is not None or not kind.is_consumer:
        return None
    rows = Period.objects.filter(subscription=subscription).select_related("order")
    chain = {row.number: row for row in rows.order_by("number")}
    current = next((each for each in chain.values() if each.starts_at <= at < each.ends_at), None)
    if current is None or current.kind != PeriodKind.RENEWAL or current.order is None:
        return None
    renewal = Renewal.objects.filter(subscription=subscription, number=current.number)
    line = renewal.values_list("order_line", flat=True).first()
    if line is None:
        return None
    paid = OrderLine.objects.get(id=line)
    policy = policy_numbered(current.order.policy_version_id)
    verdict = termination_verdict(
        period_facts(chain[current.number - 1]).span,
        period_facts(current).span,
        noticed_on=_noticed_on(subscription, current.number),
        on=local_date(at, zone_named(subscription.zone)),
        paid=Money(paid.gross, current.order.currency),
        protected=policy.statutory_eu.protects(kind, country),
        policy=policy,
    )
    return Renewed(subscription, current, paid, verdict)


def _noticed_on(subscription: Subscription, number: int) -> tuple[date, ...]:
    """The local days on which notices of the renewal to period ``number`` went out."""
    zone = zone_named(subscription.zone)
    told = Event.objects.filter(
        organisation_id=subscription.organisation_id,
        type=RenewalReminded.type,
        data__subscription=public_id("sub", subscription.id),
        data__number=number,
    )
    return tuple(local_date(at, zone) for at in told.values_list("at", flat=True))
