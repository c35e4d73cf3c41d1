"""R25: reminders of renewals went out on their days, once each, and name what is then charged."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from tenure.base.calendar import Span, Term, first_instant, local_date, zone_named
from tenure.flows.verify.checks import Tally, rows
from tenure.flows.verify.telling import Row, side_by_side
from tenure.orders.queries.policy import policy_numbered
from tenure.policy.words import Audience
from tenure.subscriptions.rules.renewal import notice_days

_REMINDED: Final = "subscription.renewal_reminded"

_CHANGES: Final = (
    "subscription.auto_renewal_switched",
    "subscription.renewal_taken_back",
    "subscription.renewed",
)
"""After these of a period nothing may be left to remind of."""

_PERIODS: Final = """
    SELECT period.subscription_id, period.number, period.starts_on, period.ends_on,
           period.opt_out_until, subscription.zone, subscription.term, organisation.audience,
           placed.policy_version_id, placed.paid_at,
           subscription.cancelled_at, organisation.test_clock,
           renewal.unit_amount, coalesce(renewal.withdrawn, false),
           renewal.order_id IS NOT NULL
    FROM subscriptions_period AS period
    JOIN subscriptions_subscription AS subscription ON subscription.id = period.subscription_id
    JOIN organisations_organisation AS organisation ON organisation.id = period.organisation_id
    JOIN orders_order AS placed ON placed.id = period.order_id
    LEFT JOIN subscriptions_renewal AS renewal
      ON renewal.subscription_id = period.subscription_id AND renewal.number = period.number + 1
    WHERE subscription.term <> 'trial' AND period.opt_out_until IS NOT NULL
      AND placed.paid_at IS NOT NULL
    ORDER BY period.subscription_id, period.number
"""

_TOLD: Final = """
    SELECT data->>'subscription', type, at, data::text FROM events_event WHERE type = ANY(%(types)s)
    ORDER BY data->>'subscription' COLLATE "C", sequence
"""


class _Period(NamedTuple):
    """A period with a deadline, whose it is, and the renewal that is to follow."""

    number: int
    starts_on: date
    ends_on: date
    opt_out_until: datetime
    zone: str
    term: str
    audience: str
    policy: int
    paid_at: datetime
    cancelled_at: datetime | None
    clock: datetime | None
    unit_amount: int | None
    withdrawn: bool
    ordered: bool

    def days(self, *, protected: bool) -> tuple[date, ...]:
        """The local days on which reminders of it go out."""
        span = Span(self.starts_on, self.ends_on)
        policy = policy_numbered(self.policy)
        return notice_days(span, Term(self.term), policy, protected=protected)


def reminders_sent(_now: datetime) -> Tally:
    """R25: each reminder that was due went out, before the deadline, on its day or after a pause,
    and never twice; each names the price that was fixed, which is the one charged.

    Whether one is missing of what was ordered is asked of test clocks, which stop at every day,
    where nothing was switched, paid or taken back until then. A worker may have been at rest: what
    it then does of several reminders is one, and none after the deadline.
    """
    tally = Tally()
    told = rows(_TOLD, {"types": [_REMINDED, *_CHANGES]})
    for id_, facts, events in side_by_side("sub", rows(_PERIODS), told):
        tally.looked_at += len(facts)
        for what in _wrong([_Period(*row) for row in facts], events):
            tally.fail(id_, what)
    return tally


def _wrong(periods: Sequence[_Period], events: Sequence[Row]) -> Iterator[str]:
    reminders = defaultdict(list)
    changes = []
    for type_, at, text in events:
        data = json.loads(text)
        if type_ == _REMINDED:
            reminders[data["number"] - 1].append((at, data))
        else:
            changes.append((at, data.get("number")))
    for period in periods:
        mine = reminders.pop(period.number, [])
        zone = zone_named(period.zone)
        yield from _wrong_days(period, [at for at, _ in mine], zone)
        if any(not _names_price(period, data) for _, data in mine):
            yield "another_price_than_charged"
        changed = [at for at, number in changes if number in (None, period.number + 1)]
        if _missing(period, [at for at, _ in mine], changed, zone):
            yield "not_reminded"
    if reminders:
        yield "reminded_of_nothing"


def _wrong_days(period: _Period, sent: Sequence[datetime], zone: ZoneInfo) -> Iterator[str]:
    """A reminder belongs to the last of its days that has come; one goes out for each."""
    days = period.days(protected=True)
    of = [sum(day <= local_date(at, zone) for day in days) for at in sent]
    if 0 in of:
        yield "reminded_too_early"
    if len(set(of)) < len(of):
        yield "reminded_twice"
    if any(at >= period.opt_out_until for at in sent):
        yield "reminded_too_late"


def _names_price(period: _Period, data: dict[str, Any]) -> bool:
    """Amounts are without tax for companies, and with it for consumers (R7)."""
    named = data["net"] if period.audience == Audience.BUSINESS else data["amount"]
    if named is None or period.unit_amount is None:
        return named is None and period.withdrawn
    return bool(named["amount"] == period.unit_amount * data["quantity"])


def _missing(
    period: _Period, sent: Sequence[datetime], changed: Sequence[datetime], zone: ZoneInfo
) -> bool:
    """Whether a test clock went by one of its days without a reminder."""
    clock = period.clock
    if clock is None or not period.ordered or period.cancelled_at is not None:
        return False
    starts = [first_instant(day, zone) for day in period.days(protected=False)]
    for start, end in zip(starts, [*starts[1:], period.opt_out_until], strict=True):
        due = period.paid_at < start and end <= clock and not any(at < end for at in changed)
        if due and not any(start <= at < end for at in sent):
            return True
    return False
