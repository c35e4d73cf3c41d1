"""R1 and R19: each chain of periods, computed again from its anchor."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from tenure.base.calendar import Term, first_instant, local_date, zone_named
from tenure.base.errors import Invalid
from tenure.base.ids import public_id
from tenure.flows.verify.checks import Tally, find, rows
from tenure.orders.queries.policy import policy_numbered
from tenure.policy.words import Audience
from tenure.subscriptions.rules.periods import PeriodKind, period
from tenure.subscriptions.rules.renewal import opt_out_deadline, opt_out_until
from tenure.subscriptions.rules.retention import (
    data_available_until,
    data_gone_at,
    retention_days,
)

_CHAINS: Final = """
SELECT subscription.id, subscription.anchor_on, subscription.zone, subscription.term,
       subscription.trial_days, organisation.audience, coalesce(cart.country, organisation.country),
       period.number, period.kind, period.starts_on, period.ends_on,
       period.starts_at, period.ends_at, period.opt_out_on, period.opt_out_until,
       period.data_until_on, period.data_until,
       orders.policy_version_id, orders.paid_at, orders.paid_on, subscription.cancelled_at,
       orders.closed_at
FROM subscriptions_subscription AS subscription
JOIN organisations_organisation AS organisation ON organisation.id = subscription.organisation_id
LEFT JOIN subscriptions_period AS period ON period.subscription_id = subscription.id
LEFT JOIN orders_order AS orders ON orders.id = period.order_id
LEFT JOIN orders_cart AS cart ON cart.id = orders.cart_id
ORDER BY subscription.id, period.number
"""


class _Row(NamedTuple):
    """A period beside its subscription, and the order that paid it."""

    subscription: UUID
    anchor_on: date
    zone: str
    term: str
    trial_days: int | None
    audience: str
    country: str
    number: int | None
    kind: str
    starts_on: date
    ends_on: date
    starts_at: datetime
    ends_at: datetime
    opt_out_on: date | None
    opt_out_until: datetime | None
    data_until_on: date
    data_until: datetime
    policy: int | None
    paid_at: datetime | None
    paid_on: date | None
    cancelled_at: datetime | None
    closed_at: datetime | None


_first_instant = lru_cache(maxsize=50_000)(first_instant)
"""Many subscriptions begin and end on the same days."""


def chains(_now: datetime) -> Tally:
    """R1: every chain runs from its anchor, from number 1, without gap or overlap.

    Its instants are those of its zone, and its deadline and data days those of the policy of the
    order that paid it (R32).
    """
    tally = Tally()
    found = (_Row(*row) for row in rows(_CHAINS))
    for subscription, chain in groupby(found, key=attrgetter("subscription")):
        tally.looked_at += 1
        wrong = _wrong_with(list(chain))
        if wrong is not None:
            tally.fail(public_id("sub", subscription), wrong)
    return tally


def _wrong_with(chain: list[_Row]) -> str | None:
    if chain[0].number is None:
        return "no_period"
    last = len(chain)
    try:
        found = (
            _wrong_period(number, row, is_last=number == last)
            for number, row in enumerate(chain, start=1)
        )
        wrong = next((each for each in found if each is not None), None)
        return wrong or _wrong_beginning(chain[0])
    except Invalid:
        return "zone_or_policy_unreadable"


def _wrong_period(number: int, row: _Row, *, is_last: bool) -> str | None:
    if row.number != number:
        return "numbers_broken"
    return _wrong_span(number, row) or _wrong_instants(row) or _wrong_dates(row, is_last)


def _wrong_span(number: int, row: _Row) -> str | None:
    if row.term == Term.TRIAL and (row.trial_days is None or number > 1):
        return "trial_renewed"
    computed = period(
        row.anchor_on, Term(row.term), number, zone_named(row.zone), trial_days=row.trial_days
    )
    if (row.starts_on, row.ends_on) != computed.span:
        return "off_the_anchor"
    kinds = {computed.kind} if number == 1 else {computed.kind, PeriodKind.EXTENSION}
    return None if row.kind in kinds else "wrong_kind"


def _wrong_instants(row: _Row) -> str | None:
    zone = zone_named(row.zone)
    midnights = _first_instant(row.starts_on, zone), _first_instant(row.ends_on, zone)
    return None if (row.starts_at, row.ends_at) == midnights else "not_at_midnight"


def _wrong_dates(row: _Row, is_last: bool) -> str | None:
    """What the policy of the paying order says; what was bought elsewhere has none (R35)."""
    if row.policy is None:
        return None
    policy, zone = policy_numbered(row.policy), zone_named(row.zone)
    deadline: tuple[date | None, datetime | None] = (None, None)
    if row.term != Term.TRIAL:
        deadline = _deadline(row.ends_on, zone, row.policy)
    if (row.opt_out_on, row.opt_out_until) != deadline:
        return "wrong_deadline"
    days = retention_days(policy, Audience(row.audience), row.country)
    last = data_available_until(row.ends_on, days)
    if (
        row.cancelled_at is not None
        and (row.term != Term.TRIAL or row.cancelled_at == row.closed_at)
        and (is_last or row.ends_at > row.cancelled_at)
    ):
        asked_on = local_date(row.cancelled_at, zone)
        last = data_available_until(min(row.ends_on, asked_on), days, requested_on=asked_on)
    kept = (row.data_until_on, row.data_until)
    return None if kept == (last, _data_gone(last, zone)) else "wrong_data_days"


@lru_cache(maxsize=50_000)
def _deadline(ends_on: date, zone: ZoneInfo, policy: int) -> tuple[date, datetime]:
    terms = policy_numbered(policy)
    return opt_out_deadline(ends_on, terms), opt_out_until(ends_on, zone, terms)


_data_gone = lru_cache(maxsize=50_000)(data_gone_at)


def _wrong_beginning(row: _Row) -> str | None:
    """R19: the first day is the local day of the money, which is the order's ``paid_on``."""
    if row.paid_at is None:
        return None
    paid_on = local_date(row.paid_at, zone_named(row.zone))
    return None if row.anchor_on == row.paid_on == paid_on else "not_from_the_day_of_payment"


def periods_paid(now: datetime) -> Tally:
    """R13: every period of what was bought in the store was paid by an order of its customer."""
    return find(
        "sub",
        of="SELECT count(*) FROM subscriptions_period",
        found="""
            SELECT subscription.id,
                   CASE WHEN orders.id IS NULL THEN 'period_without_order'
                        WHEN orders.paid_at IS NULL THEN 'period_unpaid'
                        ELSE 'of_another_organisation' END AS what,
                   false AS in_flight
            FROM subscriptions_period AS period
            JOIN subscriptions_subscription AS subscription
              ON subscription.id = period.subscription_id
            LEFT JOIN orders_order AS orders ON orders.id = period.order_id
            WHERE (subscription.source = 'store'
                   AND (orders.id IS NULL OR orders.paid_at IS NULL))
               OR period.organisation_id <> subscription.organisation_id
               OR orders.organisation_id <> subscription.organisation_id
        """,
        now=now,
    )
