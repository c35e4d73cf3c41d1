"""What a customer chooses about the next period (R21, R26)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tenure.flows.simulation.rulebook.customer import Member, Subscription


def opt_out(subscription: Subscription, at: datetime) -> str | None:
    """Switched off, until 5 days before the end."""
    if subscription.cancelled_at is not None:
        return "subscription_over"
    if subscription.is_trial:
        return "trial_does_not_renew"
    current = subscription.current(at)
    if at < min(subscription.deadline_over(current), current.ends_at):
        subscription.auto_renew, subscription.stops_after = False, None
        return None
    return "opt_out_closed" if subscription.auto_renew else None


def opt_out_later(subscription: Subscription, at: datetime) -> str | None:
    """Switched off from the next period on."""
    if subscription.cancelled_at is not None:
        return "subscription_over"
    if subscription.is_trial:
        return (
            "subscription_over"
            if at >= subscription.current(at).ends_at
            else "trial_does_not_renew"
        )
    current = subscription.current(at)
    late = at >= subscription.deadline_over(current)
    if late and not subscription.auto_renew:
        return None
    if at >= current.ends_at:
        return "subscription_over"
    if subscription.auto_renew:
        following = current.number + 1
        subscription.stops_after = min(subscription.stops_after or following, following)
    return None


def opt_in(subscription: Subscription, at: datetime) -> str | None:
    """Switched on again, until the end."""
    if subscription.cancelled_at is not None:
        return "subscription_over"
    if subscription.is_trial:
        return "trial_does_not_renew"
    if at >= subscription.current(at).ends_at:
        return "opt_in_closed"
    renewal = subscription.current(at).renewal
    if renewal is not None and renewal.withdrawn:
        return "offer_withdrawn"
    subscription.auto_renew, subscription.stops_after = True, None
    return None


def choose_quantity(subscription: Subscription, quantity: int, at: datetime) -> str | None:
    """How many seats the next period has."""
    current = subscription.current(at)
    if subscription.is_trial or subscription.cancelled_at or at >= current.ends_at:
        return "subscription_over"
    if at >= subscription.deadline_over(current):
        return "quantity_closed"
    renewal = current.renewal
    ordered = (renewal.quantity or 0) + subscription.ahead(current) if renewal else 0
    order = renewal.order if renewal is not None and quantity != ordered else None
    if order is not None and order.status in ("payment_unknown", "authentication_required"):
        return "payment_in_flight"
    subscription.next_quantity = quantity
    subscription.choices += 1
    return None


def choose_losers(
    subscription: Subscription, members: Sequence[Member], at: datetime
) -> str | None:
    """Who loses a seat first if the next period has fewer, until that begins (R26)."""
    if subscription.cancelled_at is not None or at >= subscription.current(at).ends_at:
        return "subscription_over"
    if any(member not in subscription.holders for member in members):
        return "holds_no_seat"
    subscription.losers[:] = members
    return None
