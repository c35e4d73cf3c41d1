"""The customer's choices about the next period, in the Subscriptions tab (R21, R22, R26)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import F

from tenure.base.errors import Stale
from tenure.events.journal import transaction
from tenure.events.queries import revision_of
from tenure.flows.locks import lock_subscription_first
from tenure.flows.refunds import carry_out
from tenure.flows.renewals.charging import charge_renewals_of
from tenure.flows.renewals.following import follow_choice
from tenure.flows.written import Written
from tenure.orders.queries.policy import policy_of
from tenure.subscriptions.commands.choices import (
    choose_next_quantity,
    current_or_last,
    switch_auto_renewal,
)
from tenure.subscriptions.models import Subscription


def choose_renewal(
    *,
    subscription: UUID,
    auto_renew: bool | None = None,
    from_next_period: bool = False,
    next_quantity: int | None = None,
    expected_version: int | None = None,
    now: datetime,
    by: str,
) -> Written:
    """Switch auto-renewal, set the next quantity, or both; all or nothing.

    Switched on after its deadline, the renewal is charged at once; what was ordered ahead and is
    no longer wanted is credited, and its money goes back.

    ``expected_version`` is the version that the caller read, if it insists. Raises ``NotFound``,
    ``Stale``, or ``Refused`` with a verdict such as ``opt_out_closed`` and its ``deadline``,
    ``offer_withdrawn`` for what is not renewed any more, or ``payment_in_flight`` for another
    quantity than is just being charged.
    """
    with transaction(now=now, by=by) as journal:
        buyer, row = lock_subscription_first(subscription, journal)
        if expected_version not in (None, row.version):
            raise Stale
        current = current_or_last(row, journal.at)
        policy = policy_of(current.order.policy_version_id if current.order else None)
        if auto_renew is not None:
            switch_auto_renewal(
                subscription=row,
                current=current,
                auto_renew=auto_renew,
                from_next_period=from_next_period,
                policy=policy,
                journal=journal,
            )
        if next_quantity is not None:
            choose_next_quantity(
                subscription=row,
                current=current,
                next_quantity=next_quantity,
                policy=policy,
                journal=journal,
            )
        Subscription.objects.filter(id=row.id).update(version=F("version") + 1)
        following = follow_choice(
            current=current,
            buyer=buyer,
            switched_on=auto_renew is True,
            changed_quantity=next_quantity is not None,
            journal=journal,
        )
        journal.touch(row.organisation_id)
    carry_out(following.refunds, now=journal.at, by=by)
    if following.charges:
        charge_renewals_of(row.organisation_id, now=journal.at)
    return Written((row.id,), revision_of(row.organisation_id))
