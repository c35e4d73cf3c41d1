"""A step that a customer takes elsewhere, and what a gateway tells of it by itself.

The customer comes back, or a message comes, or neither does: each time the gateway is asked how
things stand, and that is settled. So it does not matter in which order these come, how often, or
whether they come at all.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from tenure.base.errors import NotFound
from tenure.billing.commands.payment_methods import settle_payment_methods
from tenure.billing.commands.refunds import settle_refunds
from tenure.billing.gateways.calls import card_to_save, charge_of, refund_order_of
from tenure.billing.gateways.choice import gateway, installed
from tenure.billing.models import (
    IN_FLIGHT,
    REFUNDS_IN_FLIGHT,
    Payment,
    PaymentMethod,
    PaymentMethodStatus,
    PaymentStatus,
    Refund,
)
from tenure.events.journal import transaction
from tenure.flows.bookkeeping import book_refunds
from tenure.flows.locks import lock_organisation
from tenure.flows.role_requests import give_to_waiting
from tenure.flows.settlement import settle

WAITING: Final = (*IN_FLIGHT, PaymentStatus.AUTHENTICATION_REQUIRED)
CARDS_WAITING: Final = (
    PaymentMethodStatus.INTENDED,
    PaymentMethodStatus.AUTHENTICATION_REQUIRED,
)


def hear(*, name: str, body: bytes, signature: str, at: datetime) -> None:
    """A gateway sends a message: what it is about is asked for, and settled.

    ``at`` is the machine's instant. Raises ``NotFound`` for a gateway that there is not,
    ``Refused`` (``webhook_signature_invalid``). What is not ours is no matter of ours.
    """
    if name not in installed():
        raise NotFound
    heard = gateway(name).hear(body, signature)
    by = f"gateway:{name}"
    if heard.payment is not None:
        ask_payment(payment=heard.payment, at=at, by=by)
    if heard.refund is not None:
        ask_refund(refund=heard.refund, at=at, by=by)
    if heard.card is not None:
        ask_card(card=heard.card, at=at, by=by)


def ask_payment(*, payment: UUID, at: datetime, by: str) -> Payment | None:
    """Ask how a payment stands that waits for its customer or for an answer; one that is settled
    is left as it is. Returns it as it was, None for one that there is not.

    ``at`` is the machine's instant; an organisation with a test clock lives by that (R2).
    """
    row = Payment.objects.select_related("organisation").filter(id=payment).first()
    if row is None or row.status not in WAITING or row.gateway not in installed():
        return row
    outcome = gateway(row.gateway).ask(charge_of(row))
    now = row.organisation.test_clock or at
    with transaction(now=now, by=by, organisation=row.organisation_id) as journal:
        buyer = lock_organisation(row.organisation_id, journal)
        settle(outcomes=[outcome], journal=journal)
        give_to_waiting(customer=buyer, journal=journal)
    return row


def ask_refund(*, refund: UUID, at: datetime, by: str) -> None:
    """Ask how a refund stands that is on its way; ``at`` as for a payment."""
    rows = Refund.objects.select_related("organisation", "payment")
    row = rows.filter(id=refund, status__in=REFUNDS_IN_FLIGHT).first()
    if row is None or row.payment.gateway not in installed():
        return
    outcome = gateway(row.payment.gateway).ask_refund(refund_order_of(row))
    if outcome is None:
        return
    now = row.organisation.test_clock or at
    with transaction(now=now, by=by, organisation=row.organisation_id) as journal:
        lock_organisation(row.organisation_id, journal)
        book_refunds(refunds=settle_refunds(outcomes=[outcome], journal=journal), journal=journal)


def ask_card(*, card: UUID, at: datetime, by: str) -> PaymentMethod | None:
    """Ask how a card stands that is to be saved; as for a payment."""
    row = PaymentMethod.objects.select_related("organisation").filter(id=card).first()
    if row is None or row.status not in CARDS_WAITING or row.gateway not in installed():
        return row
    outcome = gateway(row.gateway).ask_card(card_to_save(row))
    now = row.organisation.test_clock or at
    with transaction(now=now, by=by, organisation=row.organisation_id) as journal:
        lock_organisation(row.organisation_id, journal)
        settle_payment_methods(outcomes=[outcome], journal=journal)
    return row
