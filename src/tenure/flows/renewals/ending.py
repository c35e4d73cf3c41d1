"""What was ordered ahead comes to nothing when its subscription, or it itself, is taken back (R30).

Plain steps for whoever takes an order back, inside its transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from tenure.billing.models import Refund
from tenure.events.journal import Journal
from tenure.flows.renewals.taking_back import take_back
from tenure.orders.errors import ORDER_CANCELLED
from tenure.orders.models import Order
from tenure.organisations.models import Organisation
from tenure.subscriptions.commands.renewing import (
    current_periods,
    drop_period,
    forget_order,
    renewals_of,
)
from tenure.subscriptions.events import AutoRenewalSwitched
from tenure.subscriptions.models import Period, Renewal, Subscription
from tenure.subscriptions.queries.obligations import obligations


def take_renewals_along(
    *, subscriptions: Sequence[UUID], but: UUID, buyer: Organisation, journal: Journal
) -> list[Refund]:
    """The ``subscriptions`` have ended: what was ordered for a period that has not begun is taken
    back, paid or not, and invoices ahead are credited; the rest of such an order is ordered anew.

    ``but`` is the order that is taken back as a whole. Returns what is to be carried out.
    """
    open_ones = [
        each
        for each in Renewal.objects.filter(subscription__in=subscriptions, order__isnull=False)
        if each.order_id != but and not _has_begun(each, journal)
    ]
    refunds: list[Refund] = []
    for owed in obligations(current_periods(open_ones)):
        refunds += take_back(owed=owed, buyer=buyer, why=ORDER_CANCELLED, journal=journal)
    Renewal.objects.filter(
        subscription__in=subscriptions, order__isnull=True, closed_at__isnull=True
    ).update(closed_at=journal.at, due_at=None)
    return refunds


def stop_before_it_begins(*, order: Order, journal: Journal) -> list[UUID]:
    """A locked, paid renewal is taken back: what it paid that has not begun falls away, and those
    subscriptions run to their end as paid. Returns them; what has begun is for the caller."""
    ahead = [each for each in renewals_of([order.id]) if not _has_begun(each, journal)]
    stopped = [each.subscription_id for each in ahead]
    for each in ahead:
        drop_period(renewal=each)
        fact = AutoRenewalSwitched(
            subscription=each.subscription_id, auto_renew=False, from_next_period=False
        )
        journal.record(each.organisation_id, fact)
    forget_order(renewals=ahead, journal=journal)
    Subscription.objects.filter(id__in=stopped).update(auto_renew=False)
    return stopped


def _has_begun(renewal: Renewal, journal: Journal) -> bool:
    """Whether the period that it paid runs, or did."""
    return Period.objects.filter(
        subscription=renewal.subscription_id,
        number=renewal.number,
        starts_at__lte=journal.at,
    ).exists()
