"""How long data outlive access, and when they may go (R31, R33)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tenure.base.calendar import (
    end_of_day_instant,
    first_instant,
    last_day_before,
    last_day_within,
    local_date,
)
from tenure.base.verdicts import Verdict, allow, refuse
from tenure.policy.model import Policy
from tenure.policy.words import Audience
from tenure.subscriptions.errors import (
    PURGE_DUE,
    PURGE_WAITS_FOR_DATA,
    PURGE_WAITS_FOR_MONEY,
    PURGE_WAITS_FOR_REQUEST,
    PURGE_WAITS_FOR_SUBSCRIPTION,
)


def retention_days(policy: Policy, audience: Audience, country: str) -> int:
    """How many days data last for such a customer: the kinder of R31 and R33."""
    published, statutory = policy.retention.data_days, policy.statutory_eu
    return (
        max(published, statutory.data_days)
        if statutory.keeps_data(audience, country)
        else published
    )


def data_available_until(
    access_ended_on: date, days: int, *, requested_on: date | None = None
) -> date:
    """The last local day, all of it, on which data are there (R31).

    The later of the end of access (``ends_on``, or the local day of a cancellation) and the
    request, plus ``days`` (see ``retention_days``): access ended 2027-11-23, until 2027-12-07.
    """
    return last_day_within(max(access_ended_on, requested_on or access_ended_on), days)


def data_gone_at(until: date, zone: ZoneInfo) -> datetime:
    """The first UTC instant at which data that last ``until`` a local day no longer need to."""
    return end_of_day_instant(until, zone)


def retention_warning_days(until: date, policy: Policy) -> tuple[date, ...]:
    """The local days on which the customer is warned, in order (R31)."""
    return tuple(last_day_before(until, days) for days in policy.retention.warning_days_before_end)


def retention_steps(
    until: date, policy: Policy, zone: ZoneInfo, *, since: datetime
) -> tuple[datetime, ...]:
    """The UTC instants of the warnings, in order, and of the end of the data (R31).

    A warning comes with the first instant of its local day, never before ``since``, the instant
    from which nobody has access; one whose day was over by then is left out.
    """
    began = local_date(since, zone)
    days = (day for day in retention_warning_days(until, policy) if day >= began)
    warnings = (max(first_instant(day, zone), since) for day in days)
    return (*warnings, data_gone_at(until, zone))


@dataclass(frozen=True, slots=True)
class PurgeFacts:
    """What stands between an organisation and its purge; the date is its last data's."""

    has_subscription: bool
    data_until: date
    awaits_money: bool
    open_request: bool
    unsettled_money: bool


def purge_verdict(facts: PurgeFacts, *, at: datetime, zone: ZoneInfo) -> Verdict:
    """Whether an organisation's data are due to go (R31).

    Never while a subscription is not gone, an order or renewal awaits its money, money is
    unmatched or not yet paid back, a request is open, or data last.
    """
    if facts.has_subscription:
        return refuse(PURGE_WAITS_FOR_SUBSCRIPTION)
    if facts.awaits_money or facts.unsettled_money:
        return refuse(PURGE_WAITS_FOR_MONEY)
    if facts.open_request:
        return refuse(PURGE_WAITS_FOR_REQUEST)
    if at < data_gone_at(facts.data_until, zone):
        return refuse(PURGE_WAITS_FOR_DATA, data_available_until=facts.data_until)
    return allow(PURGE_DUE, data_available_until=facts.data_until)
