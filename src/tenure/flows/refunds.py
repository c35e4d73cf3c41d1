"""Giving money back by card (R30, R48): intended, called, settled; never twice, never too much.

As a charge, a refund moves in three steps. Its intent is committed by whoever decides it, under
the payment's lock; then the gateway is called, outside of any transaction, under the refund's id
as its key; then what it said is settled. Recovery asks about those without an answer, and calls
again only for one that surely never arrived, under the same key.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from tenure.base.clock import machine_now
from tenure.base.errors import FieldError, Invalid, NotFound, Refused
from tenure.base.money import Money
from tenure.billing.commands.refunds import (
    NewRefund,
    amounts_given_back,
    intend_refunds,
    settle_refunds,
)
from tenure.billing.errors import (
    REFUND_GATEWAY_GONE,
    REFUND_NOTHING_PAID,
    REFUND_REASON_NEEDED,
)
from tenure.billing.gateways import RefundOutcome
from tenure.billing.gateways.calls import refund_order_of
from tenure.billing.gateways.choice import gateway, installed
from tenure.billing.models import Payment, PaymentStatus, Refund, RefundStatus
from tenure.events.asked import Asked
from tenure.events.journal import Journal, transaction
from tenure.events.queries import revision_of
from tenure.flows.bookkeeping import book_refunds
from tenure.flows.documents.crediting import credit_what_goes_back
from tenure.flows.locks import lock_organisation
from tenure.flows.written import Written
from tenure.orders.commands.orders import lock_orders
from tenure.orders.models import Order
from tenure.policy.words import PaymentMethod

PATIENCE: Final = timedelta(minutes=2)
"""How long an answer may be on its way: longer than any call to a gateway lasts."""

ON_ITS_WAY_FOR: Final = timedelta(hours=1)
"""How long a refund that the gateway is still carrying out is left alone before it is asked."""

MOST_REASON: Final = 500

BATCH: Final = 100


def refund_order(
    *,
    order: UUID,
    amount: Money | None,
    reason: str,
    now: datetime,
    by: str,
    asked: Asked | None = None,
) -> Written:
    """Staff give back some of what was paid for an order, or all that is left; by the way it came.

    What was not credited yet is, so that papers and money agree (R48); the order and its
    subscriptions stay as they are. Returns the refund. Raises ``NotFound``,
    ``Invalid`` without a reason, ``Refused`` with ``refund_nothing_paid``,
    ``refund_gateway_gone``, ``refund_too_much`` or ``refund_amount_invalid``.
    """
    why = _reason(reason)
    with transaction(now=now, by=by, asked=asked) as journal:
        organisation = _organisation_of(order)
        lock_organisation(organisation, journal)
        lock_orders([order])
        payment = Payment.objects.filter(order_id=order, status=PaymentStatus.CAPTURED).first()
        if payment is None:
            raise Refused(REFUND_NOTHING_PAID)
        _refuse_gone_gateway(payment)
        new = NewRefund(payment.id, amount or _left_of(payment), why)
        refunds = intend_refunds(refunds=[new], called_at=machine_now(), journal=journal)
        credit_what_goes_back(order=order, reason=why, journal=journal)
        journal.made = refunds[0].id
    ended = carry_out(refunds, now=now, by=by) or journal
    return Written((refunds[0].id,), ended.revisions[organisation])


def resume_refund(*, refund: UUID, now: datetime, by: str) -> Written:
    """Take a refund up where it stands: asked again after a crash, the money goes back once."""
    row = Refund.objects.filter(id=refund).first()
    if row is None:
        raise NotFound
    if row.status == RefundStatus.INTENDED:
        carry_out([row], now=now, by=by)
    return Written((refund,), revision_of(row.organisation_id))


def carry_out(refunds: Sequence[Refund], *, now: datetime, by: str) -> Journal | None:
    """The second and the third step for intents of one organisation that are committed.

    Those by transfer wait for their file to the bank, and those of a gateway that is not set up
    until it is. None if nothing was to be called.
    """
    here = installed()
    intents = [
        each
        for each in refunds
        if each.status == RefundStatus.INTENDED and each.payment.gateway in here
    ]
    if not intents:
        return None
    outcomes = [gateway(each.payment.gateway).refund(refund_order_of(each)) for each in intents]
    organisation = intents[0].organisation_id
    with transaction(now=now, by=by, organisation=organisation) as journal:
        lock_organisation(organisation, journal)
        book_refunds(refunds=settle_refunds(outcomes=outcomes, journal=journal), journal=journal)
        journal.touch(organisation)
    return journal


def recover_refunds(*, now: datetime, patience: timedelta = PATIENCE) -> int:
    """Settle the refunds that were left without an answer, for all who live by the machine's clock.

    ``now`` is the machine's instant. Organisations with a test clock are left alone (R2). Returns
    how many were asked about.
    """
    missing = Q(
        status__in=(RefundStatus.INTENDED, RefundStatus.UNKNOWN), called_at__lte=now - patience
    )
    slow = Q(status=RefundStatus.CALLED, called_at__lte=now - max(patience, ON_ITS_WAY_FOR))
    return _recover(_cards().filter(missing | slow, organisation__test_clock__isnull=True), now)


def recover_refunds_of(organisation: UUID, *, now: datetime) -> int:
    """Settle the refunds that one organisation was left without; ``now`` by its own clock (R2)."""
    waiting = (RefundStatus.INTENDED, RefundStatus.UNKNOWN, RefundStatus.CALLED)
    return _recover(_cards().filter(organisation_id=organisation, status__in=waiting), now)


def _cards() -> QuerySet[Refund]:
    cards = Refund.objects.filter(method=PaymentMethod.CARD, payment__gateway__in=installed())
    return cards.select_related("payment").order_by("id")


def _recover(waiting: Iterable[Refund], now: datetime) -> int:
    found = list(waiting)
    for start in range(0, len(found), BATCH):
        batch = found[start : start + BATCH]
        outcomes = [_answer_of(each) for each in batch]
        with transaction(now=now, by="worker") as journal:
            settled = settle_refunds(outcomes=outcomes, journal=journal)
            book_refunds(refunds=settled, journal=journal)
            Refund.objects.filter(id__in=[each.id for each in batch]).update(
                called_at=machine_now()
            )
    return len(found)


def _answer_of(refund: Refund) -> RefundOutcome:
    """What became of it. One that never arrived goes again: its key makes that safe."""
    called, order = gateway(refund.payment.gateway), refund_order_of(refund)
    return called.ask_refund(order) or called.refund(order)


def _refuse_gone_gateway(payment: Payment) -> None:
    """What a gateway charged that is no longer set up cannot go back by itself."""
    by_card = payment.method == PaymentMethod.CARD
    if by_card and payment.gateway not in installed():
        raise Refused(REFUND_GATEWAY_GONE, gateway=payment.gateway)


def _left_of(payment: Payment) -> Money:
    back = sum(amounts_given_back([payment.id])[payment.id])
    return Money(payment.amount - back, payment.currency)


def _reason(text: str) -> str:
    said = text.strip()
    if not said or len(said) > MOST_REASON:
        raise Invalid([FieldError("reason", REFUND_REASON_NEEDED, {"most": MOST_REASON})])
    return said


def _organisation_of(order: UUID) -> UUID:
    found = Order.objects.filter(id=order).values_list("organisation_id", flat=True).first()
    if found is None:
        raise NotFound
    return found
