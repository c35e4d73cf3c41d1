"""What renewing a subscription depends on, for whole batches of them (R20 to R26)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from tenure.base.calendar import Term, zone_named
from tenure.base.ids import new_id
from tenure.events.rows import AMONG, column_names, keep_related, new_row, read_joined, row_of
from tenure.events.sending import Values
from tenure.orders.queries.policy import policy_numbered
from tenure.policy.model import Policy
from tenure.policy.words import PaymentMethod
from tenure.subscriptions.models import Period, Renewal, Source, Subscription
from tenure.subscriptions.queries.facts import period_facts
from tenure.subscriptions.rules.due import Course, renews
from tenure.subscriptions.rules.periods import PeriodFacts, period


@dataclass(slots=True)
class Obligation:
    """A subscription in the period ``current``, and the obligation to renew it for the next.

    ``renewal`` is the row that is there, or a new one that nobody wrote yet. ``policy`` is that of
    the order which paid ``current`` (R32); ``by_transfer`` is how it was paid.
    """

    subscription: Subscription
    current: Period
    renewal: Renewal
    policy: Policy
    by_transfer: bool
    followed: bool
    """Whether the next period is there already."""

    @property
    def course(self) -> Course:
        """The facts of which the rules judge what follows."""
        row = self.subscription
        return Course(
            current=period_facts(self.current),
            term=Term(row.term),
            zone=self.zone,
            policy=self.policy,
            data_until_on=self.current.data_until_on,
            auto_renew=row.auto_renew,
            stops_after=row.stops_after,
            by_transfer=self.by_transfer,
            external=row.source == Source.EXTERNAL,
            cancelled=row.cancelled_at is not None,
            withdrawn=self.renewal.withdrawn,
        )

    @property
    def zone(self) -> ZoneInfo:
        """The zone that the subscription keeps for life."""
        return zone_named(self.subscription.zone)

    @property
    def following(self) -> PeriodFacts:
        """The period to come."""
        return following_period(self.subscription, self.current.number + 1)

    @property
    def is_new(self) -> bool:
        """Whether nobody wrote the renewal yet."""
        return self.renewal._state.adding

    def is_owed(self, at: datetime) -> bool:
        """Whether the next period is still to be ordered or paid at the instant ``at``."""
        return (
            renews(self.course)
            and not self.followed
            and self.renewal.closed_at is None
            and at < self.current.data_until
        )


def following_period(row: Subscription, number: int) -> PeriodFacts:
    """Period ``number`` of what renews, whether it is there or not (R1)."""
    return period(row.anchor_on, Term(row.term), number, zone_named(row.zone))


_SUBSCRIPTION: Final = tuple(f"s.{name}" for name in column_names(Subscription))
_RENEWAL: Final = tuple(f"r.{name}" for name in column_names(Renewal))
_MORE: Final = ("paid.policy_version_id", "payment.method", "known.followed")
_OF: Final = f"""
    JOIN subscriptions_subscription AS s ON s.id = subscriptions_period.subscription_id
    JOIN orders_order AS paid ON paid.id = subscriptions_period.order_id
    LEFT JOIN subscriptions_renewal AS r
      ON r.subscription_id = s.id AND r.number = subscriptions_period.number + 1
    LEFT JOIN billing_payment AS payment
      ON payment.order_id = paid.id AND payment.status = 'captured'
    CROSS JOIN LATERAL (
        SELECT EXISTS (
            SELECT FROM subscriptions_period AS later
            WHERE later.subscription_id = s.id
              AND later.number = subscriptions_period.number + 1
        ) AS followed
    ) AS known
    WHERE subscriptions_period.id {AMONG}
    ORDER BY subscriptions_period.organisation_id, s.id
"""  # noqa: S608 - of constants


def obligations(periods: Collection[UUID]) -> list[Obligation]:
    """The obligations that follow from ``periods``, in the order of customers and subscriptions.

    What was bought elsewhere has none (R35). One statement for any number of them.
    """
    more = (*_SUBSCRIPTION, *_RENEWAL, *_MORE)
    return [
        _obligation(current, values)
        for current, values in read_joined(Period, more, _OF, [list(periods)])
    ]


def _obligation(current: Period, values: Values) -> Obligation:
    width, wide = len(_SUBSCRIPTION), len(_RENEWAL)
    row = row_of(Subscription, values[:width])
    there = values[width : width + wide]
    policy, method, followed = values[width + wide :]
    keep_related(current, "subscription", row)
    return Obligation(
        subscription=row,
        current=current,
        renewal=row_of(Renewal, there) if there[0] is not None else _new(row, current),
        policy=policy_numbered(policy),
        by_transfer=method == PaymentMethod.BANK_TRANSFER,
        followed=followed,
    )


def _new(row: Subscription, current: Period) -> Renewal:
    return new_row(
        Renewal,
        id=new_id(),
        organisation_id=row.organisation_id,
        subscription=row,
        number=current.number + 1,
        currency=row.currency,
    )
