"""A student is verified, and what waited for that goes on (R8)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tenure.base.clock import machine_now
from tenure.base.money import Money
from tenure.billing.commands.payments import keep_promises
from tenure.billing.gateways import Charge
from tenure.billing.gateways.choice import gateway
from tenure.events.journal import transaction
from tenure.flows.locks import lock_organisation
from tenure.flows.settlement import settle
from tenure.orders.commands.orders import lock_orders, mark
from tenure.orders.models import Order, OrderStatus
from tenure.organisations.commands.organisation import verify_student


def accept_proof(*, organisation: UUID, now: datetime, by: str) -> int:
    """Accept a student's proof, and charge the orders that waited for it; returns the revision.

    Accepting it again changes nothing. Raises ``NotFound``.
    """
    with transaction(now=now, by=by, organisation=organisation) as journal:
        student = lock_organisation(organisation)
        verify_student(organisation=student, journal=journal)
        waiting = Order.objects.filter(
            organisation_id=organisation, status=OrderStatus.AWAITING_VERIFICATION
        )
        orders = lock_orders(waiting.values_list("id", flat=True))
        promised = keep_promises(orders=orders, called_at=machine_now())
        mark(orders=list(orders.values()), status=OrderStatus.PAYMENT_UNKNOWN, closed_at=None)
        journal.touch(organisation)
    if not promised:
        return journal.revisions[organisation]
    outcomes = [
        gateway(payment.gateway).charge(
            Charge(payment.id, payment.token, Money(payment.amount, payment.currency))
        )
        for payment in promised
    ]
    with transaction(now=now, by=by, organisation=organisation) as journal:
        settle(outcomes=outcomes, journal=journal)
        journal.touch(organisation)
    return journal.revisions[organisation]
