"""Refunds in three steps: the intent, the call (by a flow), the settlement (R30, R48)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from tenure.base.errors import NotFound, Refused
from tenure.base.ids import new_id
from tenure.base.money import Money
from tenure.billing.commands.payments import lock_payments
from tenure.billing.errors import REFUND_NOTHING_PAID
from tenure.billing.events import RefundFailed, RefundIntended, RefundPaid
from tenure.billing.gateways import RefundOutcome, RefundResult
from tenure.billing.models import Payment, PaymentStatus, Refund, RefundStatus
from tenure.billing.queries.payers import payer_ibans
from tenure.billing.rules.refunds import refund_verdict
from tenure.events.journal import Journal
from tenure.events.rows import AMONG, read_rows, read_values
from tenure.policy.words import PaymentMethod

_STATUS: Final = {
    RefundResult.DONE: RefundStatus.DONE,
    RefundResult.ON_ITS_WAY: RefundStatus.CALLED,
    RefundResult.FAILED: RefundStatus.FAILED,
    RefundResult.UNKNOWN: RefundStatus.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class NewRefund:
    """Money to go back of one payment, by the way it came; ``iban`` for a transfer, if known."""

    payment: UUID
    amount: Money
    reason: str
    iban: str = ""


def intend_refunds(
    *, refunds: Sequence[NewRefund], called_at: datetime, journal: Journal
) -> list[Refund]:
    """Commit to giving money back, under each refund's id; written with the journal.

    ``called_at`` is the machine's instant. The payments are locked, so that never more goes back
    than was paid (R48). Raises ``NotFound``, or ``Refused`` with ``refund_nothing_paid``,
    ``refund_all_back``, ``refund_too_much`` or ``refund_amount_invalid``.
    """
    payments = lock_payments({each.payment for each in refunds})
    given_back = amounts_given_back(payments)
    by_transfer = [p.id for p in payments.values() if p.method == PaymentMethod.BANK_TRANSFER]
    payers = payer_ibans(by_transfer) if by_transfer else {}
    made = []
    for each in refunds:
        payment = _captured(payments, each.payment)
        verdict = refund_verdict(
            each.amount,
            paid=Money(payment.amount, payment.currency),
            given_back=given_back[payment.id],
        )
        if not verdict:
            raise Refused.by(verdict)
        given_back[payment.id].append(each.amount.amount)
        payer = payers.get(payment.id, ("", ""))[0]
        made.append(_intended(each, payment, payer, called_at, journal))
    journal.insert(made)
    return made


def intend_refund_of(
    *,
    order: UUID,
    amount: Money,
    reason: str,
    iban: str = "",
    called_at: datetime,
    journal: Journal,
) -> list[Refund]:
    """The same of the payment that was captured for a locked order; none where nothing goes back.

    Raises as ``intend_refunds`` does.
    """
    if not amount.amount:
        return []
    payment = Payment.objects.get(order=order, status=PaymentStatus.CAPTURED)
    new = NewRefund(payment.id, amount, reason, iban)
    return intend_refunds(refunds=[new], called_at=called_at, journal=journal)


def amounts_given_back(payments: Iterable[UUID]) -> defaultdict[UUID, list[int]]:
    """What went back of each payment or is on its way, in minor units; one statement."""
    found: defaultdict[UUID, list[int]] = defaultdict(list)
    for payment, amount in read_values(_GIVEN_BACK, [list(payments)]):
        found[payment].append(amount)
    return found


_GIVEN_BACK: Final = """
    SELECT payment_id, amount FROM billing_refund
    WHERE payment_id = ANY((SELECT %s::uuid[])::uuid[]) AND status <> 'failed'
"""
"""By the list of keys as ``AMONG`` finds them."""


def lock_refunds(ids: Iterable[UUID]) -> dict[UUID, Refund]:
    """The refunds, locked until commit in the order of their ids."""
    rows = read_rows(Refund, f"WHERE id {AMONG} ORDER BY id FOR UPDATE", [list(ids)])
    return {refund.id: refund for refund in rows}


def settle_refunds(*, outcomes: Sequence[RefundOutcome], journal: Journal) -> list[Refund]:
    """Write what the gateway said of refunds; returns those that changed.

    Settling is idempotent: what is done or failed stays so, whoever comes second.
    """
    by_refund = {outcome.refund: outcome for outcome in outcomes}
    changed = []
    for refund in lock_refunds(by_refund).values():
        outcome = by_refund[refund.id]
        if refund.status in (RefundStatus.DONE, RefundStatus.FAILED):
            continue
        refund.gateway_reference = outcome.reference or refund.gateway_reference
        refund.failure = outcome.reason
        if refund.status != _STATUS[outcome.result]:
            refund.status = _STATUS[outcome.result]
            _tell(refund, journal)
        changed.append(refund)
    if changed:
        journal.change(_SETTLE, [_json(changed)])
    return changed


_SETTLE: Final = """
    UPDATE billing_refund AS refund
    SET status = said.status, failure = said.failure, settled_at = said.settled_at,
        gateway_reference = said.gateway_reference
    FROM json_to_recordset(%s::json) AS said
        (id uuid, status text, failure text, settled_at timestamptz, gateway_reference text)
    WHERE refund.id = said.id
"""


def _json(refunds: Sequence[Refund]) -> str:
    said = [
        {
            "id": refund.id,
            "status": str(refund.status),
            "failure": refund.failure,
            "settled_at": refund.settled_at,
            "gateway_reference": refund.gateway_reference,
        }
        for refund in refunds
    ]
    return msgspec.json.encode(said).decode()


def _captured(payments: Mapping[UUID, Payment], id_: UUID) -> Payment:
    payment = payments.get(id_)
    if payment is None:
        raise NotFound
    if payment.status != PaymentStatus.CAPTURED:
        raise Refused(REFUND_NOTHING_PAID)
    return payment


def _intended(
    each: NewRefund, payment: Payment, payer: str, called_at: datetime, journal: Journal
) -> Refund:
    refund = Refund(
        id=new_id(),
        organisation_id=payment.organisation_id,
        order_id=payment.order_id,
        payment=payment,
        amount=each.amount.amount,
        currency=each.amount.currency,
        method=payment.method,
        status=_first_status(payment, each.iban, payer),
        iban=each.iban or payer,
        reason=each.reason,
        created_at=journal.at,
        called_at=called_at,
    )
    fact = RefundIntended(
        refund=refund.id, payment=payment.id, order=payment.order_id, amount=each.amount
    )
    journal.record(payment.organisation_id, fact)
    return refund


def _first_status(payment: Payment, iban: str, payer: str) -> RefundStatus:
    """By card the gateway is called at once; a transfer waits for a file to the bank.

    It goes to the account that paid; to another one only once staff have approved it (R30).
    """
    if payment.method == PaymentMethod.CARD:
        return RefundStatus.INTENDED
    known = payer and iban in ("", payer)
    return RefundStatus.TO_SEND if known else RefundStatus.AWAITING_IBAN


def _tell(refund: Refund, journal: Journal) -> None:
    if refund.status == RefundStatus.DONE:
        refund.settled_at = journal.at
        amount = Money(refund.amount, refund.currency)
        fact: RefundPaid | RefundFailed = RefundPaid(
            refund=refund.id, payment=refund.payment_id, order=refund.order_id, amount=amount
        )
    elif refund.status == RefundStatus.FAILED:
        refund.settled_at = journal.at
        fact = RefundFailed(
            refund=refund.id,
            payment=refund.payment_id,
            order=refund.order_id,
            reason=refund.failure,
        )
    else:
        return
    journal.record(refund.organisation_id, fact)
