"""A student is verified, and what waited for that goes on (R8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from tenure.base.clock import machine_now
from tenure.base.errors import NotFound
from tenure.billing.commands.payments import keep_promises
from tenure.billing.models import Payment, PaymentStatus
from tenure.events.journal import transaction
from tenure.flows.charging import call_gateway
from tenure.flows.locks import lock_organisation
from tenure.flows.settlement import settle
from tenure.flows.transfers import wait_from_now
from tenure.flows.written import Written
from tenure.orders.commands.orders import lock_orders, mark
from tenure.orders.models import Order, OrderStatus
from tenure.organisations.commands import proofs as commands
from tenure.organisations.commands.organisation import submit_proof, verify_student
from tenure.organisations.models import StudentProof
from tenure.policy.words import PaymentMethod


def accept_proof(*, organisation: UUID, now: datetime, by: str) -> int:
    """Accept a student's proof, and charge the orders that waited for it; returns the revision.

    Accepting it again changes nothing, but takes up what a call that was cut short had begun.
    What had waited to its limit is left to expire. Raises ``NotFound``.
    """
    with transaction(now=now, by=by, organisation=organisation) as journal:
        student = lock_organisation(organisation, journal)
        verify_student(organisation=student, journal=journal)
        waiting = Order.objects.filter(
            organisation_id=organisation, status=OrderStatus.AWAITING_VERIFICATION
        )
        locked = lock_orders(waiting.values_list("id", flat=True)).values()
        orders = [order for order in locked if _waits_still(order, journal.at)]
        kept = keep_promises(orders=[order.id for order in orders], called_at=machine_now())
        to_transfer = {each.order_id for each in kept if each.method == PaymentMethod.BANK_TRANSFER}
        by_card = [order for order in orders if order.id not in to_transfer]
        mark(orders=by_card, status=OrderStatus.PAYMENT_UNKNOWN, closed_at=None)
        for order in orders:
            if order.id in to_transfer:
                wait_from_now(order=order, organisation=student, journal=journal)
        journal.touch(organisation)
    promised = Payment.objects.filter(
        organisation_id=organisation,
        status=PaymentStatus.INTENDED,
        order__expires_at__isnull=False,
    )
    if not promised:
        return journal.revisions[organisation]
    outcomes = [call_gateway(payment) for payment in promised]
    with transaction(now=now, by=by, organisation=organisation) as journal:
        lock_organisation(organisation, journal)
        settle(outcomes=outcomes, journal=journal)
        journal.touch(organisation)
    return journal.revisions[organisation]


def hand_in_proof(
    *, organisation: UUID, given: Mapping[str, str], now: datetime, by: str
) -> Written:
    """A student hands in a proof, for staff to judge (R8).

    The same once more, while the first one waits, changes nothing. Raises ``NotFound``,
    ``Refused`` (``not_a_student``).
    """
    with transaction(now=now, by=by, organisation=organisation) as journal:
        student = lock_organisation(organisation, journal)
        waiting = StudentProof.objects.filter(organisation=student, decided_at__isnull=True)
        if not waiting.filter(given=dict(given)).exists():
            submit_proof(organisation=student, given=given, journal=journal)
        journal.touch(organisation)
    return Written((organisation,), journal.revisions[organisation])


def decline_proof(*, proof: UUID, reason: str, now: datetime, by: str) -> Written:
    """A student's proof does not convince: another may be handed in, the order waits on (R8).

    Declining it again changes nothing. Raises ``NotFound``, ``Invalid`` without a reason,
    ``Refused`` (``proof_decided``) if it was accepted.
    """
    with transaction(now=now, by=by) as journal:
        found = StudentProof.objects.filter(id=proof).values_list("organisation_id", flat=True)
        organisation = found.first()
        if organisation is None:
            raise NotFound
        lock_organisation(organisation, journal)
        row = StudentProof.objects.select_for_update().get(id=proof)
        commands.decline_proof(proof=row, reason=reason, journal=journal)
    return Written((row.id,), journal.revisions[organisation])


def _waits_still(order: Order, now: datetime) -> bool:
    """Whether the locked order waits: meanwhile it may have been withdrawn, or its time passed."""
    waiting = order.status == OrderStatus.AWAITING_VERIFICATION
    return waiting and order.expires_at is not None and now < order.expires_at
