"""May this member do this, now? R41, word by word."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from tenure.flows.simulation.rulebook.customer import Customer, Member, Subscription
from tenure.flows.simulation.rulebook.days import day_over
from tenure.flows.simulation.rulebook.goods import goods

Grant = tuple[str, str]


class Answer(NamedTuple):
    """A decision: yes or no, why, and until when."""

    allowed: bool
    reason: str
    valid_until: datetime | None = None
    data_until: date | None = None


def decide(customer: Customer, member: Member, grant: Grant, at: datetime) -> Answer:
    """The reason is the first that holds."""
    if member.status != "active":
        return Answer(False, "member_not_active")
    seats = [each for each in customer.subscriptions if _counts(each, member, at)]
    if not seats:
        return Answer(False, "no_seat")
    able = [each for each in seats if _brings(each, grant)]
    if not able:
        return Answer(False, "no_role_with_permission")
    if any(each.covers(at) for each in able):
        return Answer(True, "granted", _until(able, at))
    lasting = [_data_until(each) for each in able if _data_last(each, at)]
    if lasting:
        return Answer(False, "retention", None, max(lasting))
    return Answer(False, "no_current_period")


def _counts(subscription: Subscription, member: Member, at: datetime) -> bool:
    if member not in subscription.holders:
        return False
    return subscription.cancelled_at is None or at < _data_gone(subscription)


def _brings(subscription: Subscription, grant: Grant) -> bool:
    granted = goods().grants
    return any(grant in granted[role] for role in subscription.offer.roles)


def _until(able: list[Subscription], at: datetime) -> datetime:
    """Where the paid time that covers now ends, whichever seat it is of."""
    while any(each.covers(at) for each in able):
        at = min(
            period.ends_at
            for each in able
            if each.covers(at)
            for period in each.periods
            if period.starts_at <= at < period.ends_at
        )
    return at


def _data_until(subscription: Subscription) -> date:
    return subscription.periods[-1].data_until


def _data_gone(subscription: Subscription) -> datetime:
    return day_over(_data_until(subscription), subscription.zone)


def _data_last(subscription: Subscription, at: datetime) -> bool:
    """Data are kept of what was used; before the first paid day there are none."""
    over = subscription.cancelled_at is not None or subscription.periods[0].ends_at <= at
    return over and at < _data_gone(subscription)
