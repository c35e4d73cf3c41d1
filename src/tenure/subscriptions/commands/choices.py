"""What a customer chooses about the next period: whether it comes, and for how many."""

from __future__ import annotations

from datetime import datetime

from tenure.base.calendar import Term, local_date, zone_named
from tenure.base.errors import Refused
from tenure.events.journal import Journal
from tenure.policy.model import Policy
from tenure.subscriptions.errors import NOT_RENEWED_HERE, OPT_OUT_CLOSED, SUBSCRIPTION_OVER
from tenure.subscriptions.events import AutoRenewalSwitched, NextQuantityChosen
from tenure.subscriptions.models import Period, Source, Subscription
from tenure.subscriptions.queries.facts import period_facts
from tenure.subscriptions.rules.quantity import quantity_verdict
from tenure.subscriptions.rules.renewal import opt_in_verdict, opt_out_verdict


def switch_auto_renewal(
    *,
    subscription: Subscription,
    current: Period,
    auto_renew: bool,
    from_next_period: bool,
    policy: Policy,
    journal: Journal,
) -> None:
    """Switch auto-renewal of the locked ``subscription`` (R21, R22).

    ``current`` is the period that covers now, or the last; ``policy`` that of the order that paid
    it (R32). Raises ``Refused`` with the verdict: ``opt_out_closed`` names the deadline that was,
    and then ``from_next_period`` is still possible; asked for in time, it too lets one more
    period come, and asked for again no further one. What is so already is no change; but what is
    not renewed, since its offer is gone, is not switched on (``offer_withdrawn``, R5).
    """
    _refuse_cancelled(subscription)
    facts, zone = period_facts(current), zone_named(subscription.zone)
    external = subscription.source == Source.EXTERNAL
    if auto_renew:
        verdict = opt_in_verdict(
            facts,
            at=journal.at,
            zone=zone,
            policy=policy,
            external=external,
            withdrawn=_is_withdrawn(subscription, current),
        )
    else:
        verdict = opt_out_verdict(facts, at=journal.at, zone=zone, policy=policy, external=external)
    too_late = verdict.code is OPT_OUT_CLOSED
    if too_late and not subscription.auto_renew:
        return
    after_next = from_next_period and not auto_renew and journal.at < facts.ends_at
    late = after_next and (too_late or bool(verdict)) and subscription.auto_renew
    if not verdict and not late:
        if from_next_period and journal.at >= facts.ends_at:
            raise Refused(SUBSCRIPTION_OVER, ends_on=current.ends_on)
        raise Refused.by(verdict)
    chosen: tuple[bool, int | None] = (auto_renew, None)
    if late:
        stops_after = subscription.stops_after or current.number + 1
        chosen = (True, min(stops_after, current.number + 1))
    if chosen == (subscription.auto_renew, subscription.stops_after):
        return
    _write(subscription, auto_renew=chosen[0], stops_after=chosen[1])
    journal.record(
        subscription.organisation_id,
        AutoRenewalSwitched(
            subscription=subscription.id, auto_renew=auto_renew, from_next_period=late
        ),
    )


def choose_next_quantity(
    *,
    subscription: Subscription,
    current: Period,
    next_quantity: int,
    policy: Policy,
    journal: Journal,
) -> None:
    """Set the quantity for the next period of the locked ``subscription`` (R26).

    Raises ``Refused`` with ``not_renewed_here`` (R35), ``subscription_over`` or
    ``quantity_closed``.
    """
    _refuse_cancelled(subscription)
    if subscription.source == Source.EXTERNAL:
        raise Refused(NOT_RENEWED_HERE)
    if subscription.term == Term.TRIAL or journal.at >= current.ends_at:
        raise Refused(SUBSCRIPTION_OVER, ends_on=current.ends_on)
    verdict = quantity_verdict(
        period_facts(current), at=journal.at, zone=zone_named(subscription.zone), policy=policy
    )
    if not verdict:
        raise Refused.by(verdict)
    subscription.next_quantity = next_quantity
    subscription.save(update_fields=["next_quantity"])
    journal.record(
        subscription.organisation_id,
        NextQuantityChosen(subscription=subscription.id, next_quantity=next_quantity),
    )


def _is_withdrawn(subscription: Subscription, current: Period) -> bool:
    """Whether it was found, and announced, that its offer can no longer be had (R5)."""
    following = subscription.renewals.filter(number=current.number + 1, withdrawn=True)
    return following.exists()


def _refuse_cancelled(subscription: Subscription) -> None:
    """What was taken back has no next period, whatever days its last one still shows (R30)."""
    if subscription.cancelled_at is not None:
        ended_on = local_date(subscription.cancelled_at, zone_named(subscription.zone))
        raise Refused(SUBSCRIPTION_OVER, ends_on=ended_on)


def current_or_last(subscription: Subscription, at: datetime) -> Period:
    """The period that covers ``at``, or the last one if none does."""
    periods = list(subscription.periods.select_related("order").order_by("number"))
    return next((p for p in periods if p.starts_at <= at < p.ends_at), periods[-1])


def _write(subscription: Subscription, *, auto_renew: bool, stops_after: int | None) -> None:
    subscription.auto_renew = auto_renew
    subscription.stops_after = stops_after
    subscription.save(update_fields=["auto_renew", "stops_after"])
