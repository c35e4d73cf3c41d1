"""A customer pays a renewal now, from the console or by a link in a mail (R24)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tenure.base.errors import Refused
from tenure.events.asked import Asked
from tenure.events.journal import Journal, transaction
from tenure.events.queries import revision_of
from tenure.flows.locks import lock_subscription_first
from tenure.flows.placing import refuse_card_of_staff
from tenure.flows.purchase import CardPayment, TransferPayment, pay_order
from tenure.flows.renewals.ordering import place_renewals
from tenure.flows.written import Outcome
from tenure.orders.errors import VERIFICATION_PENDING
from tenure.orders.models import Order, OrderStatus
from tenure.policy.words import Audience
from tenure.subscriptions.commands.choices import current_or_last
from tenure.subscriptions.commands.renewing import unschedule
from tenure.subscriptions.errors import NOTHING_DUE
from tenure.subscriptions.models import Period
from tenure.subscriptions.queries.obligations import Obligation, obligations

Paying = CardPayment | TransferPayment


def pay_now(
    *,
    subscription: UUID,
    payment: Paying | None,
    now: datetime,
    by: str,
    asked: Asked | None = None,
) -> Outcome:
    """Pay what is due for the next period of a subscription, with all that its order is for.

    Without ``payment`` the default card is charged; an order that waits for a transfer, or is paid
    already, is given as it is. Raises ``NotFound``, ``Refused`` with ``nothing_due``, or as
    ``pay_order`` does; with ``verification_pending`` also where nothing was ordered (R8).
    """
    refuse_card_of_staff(payment, by)
    with transaction(now=now, by=by) as journal:
        buyer, order = _order_due(subscription, payment, journal)
        at = journal.at
    waits = Order.objects.filter(id=order, status=OrderStatus.AWAITING_TRANSFER).exists()
    if payment is None and waits:
        return Outcome(order, False, revision_of(buyer))
    return pay_order(order=order, payment=payment or CardPayment(), now=at, by=by, asked=asked)


def _order_due(subscription: UUID, payment: Paying | None, journal: Journal) -> tuple[UUID, UUID]:
    """Who buys, and the order of the renewal that is due; placed now, if it was not but can be."""
    buyer, row = lock_subscription_first(subscription, journal, living=True)
    owed = _obligation(current_or_last(row, journal.at))
    if owed is None:
        raise Refused(NOTHING_DUE)
    if owed.renewal.order_id is not None:
        return buyer.id, owed.renewal.order_id
    due = owed.current.renew_at is None or owed.current.renew_at <= journal.at
    if not due or not owed.is_owed(journal.at):
        raise Refused(NOTHING_DUE)
    orders = place_renewals(
        due=[owed],
        buyers={buyer.id: buyer},
        journal=journal,
        to_be_paid=payment is not None or not owed.by_transfer,
    )
    unschedule(periods=[owed.current.id])
    if not orders:
        unproved = buyer.audience == Audience.STUDENT and buyer.verified_at is None
        raise Refused(VERIFICATION_PENDING if unproved else NOTHING_DUE)
    return buyer.id, orders[0].id


def _obligation(current: Period) -> Obligation | None:
    found = obligations([current.id]) if current.order_id is not None else []
    return found[0] if found else None
