"""Payments in three steps: the intent, the call (by a flow), the settlement (R17)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from tenure.base.ids import new_id
from tenure.base.money import Money
from tenure.billing.events import PaymentCaptured, PaymentDeclined
from tenure.billing.gateways import Outcome, Result
from tenure.billing.models import Payment, PaymentStatus
from tenure.events.journal import Journal
from tenure.events.rows import AMONG, new_row, read_rows, run, to_read
from tenure.events.sending import Question
from tenure.events.writing import told_plainly
from tenure.orders.models import Order
from tenure.policy.words import PaymentMethod

_STATUS = {
    Result.CAPTURED: PaymentStatus.CAPTURED,
    Result.DECLINED: PaymentStatus.DECLINED,
    Result.AUTHENTICATION_REQUIRED: PaymentStatus.AUTHENTICATION_REQUIRED,
    Result.UNKNOWN: PaymentStatus.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Intent:
    """A payment to be tried for the whole amount of an order (R13), by card unless told."""

    order: Order
    gateway: str
    token: str
    method: PaymentMethod = PaymentMethod.CARD
    customer: str = ""
    """The gateway's name for who pays, if it has one."""
    saves_card: bool = True
    off_session: bool = False


def intend_payments(
    *,
    intents: Sequence[Intent],
    called_at: datetime,
    journal: Journal,
    status: PaymentStatus = PaymentStatus.INTENDED,
) -> list[Payment]:
    """Commit to calling the gateway, under each payment's id; written with the journal.

    ``called_at`` is the machine's instant, from which a missing answer is counted. With
    ``PROMISED`` the call waits until ``keep_promises``.
    """
    payments = [
        new_row(
            Payment,
            id=new_id(),
            organisation_id=intent.order.organisation_id,
            order=intent.order,
            method=intent.method.value,
            gateway=intent.gateway,
            token=intent.token,
            gateway_customer=intent.customer,
            saves_card=intent.saves_card,
            off_session=intent.off_session,
            amount=intent.order.total,
            currency=intent.order.currency,
            status=status,
            created_at=journal.at,
            called_at=called_at,
        )
        for intent in intents
    ]
    journal.insert(payments)
    return payments


def keep_promises(*, orders: Iterable[UUID], called_at: datetime) -> list[Payment]:
    """The promised payments of the locked ``orders`` become intents, to be charged now (R8).

    One by transfer is waited for from now on.
    """
    promised = Payment.objects.select_for_update().filter(
        order_id__in=list(orders), status=PaymentStatus.PROMISED
    )
    payments = list(promised.order_by("id"))
    for payment in payments:
        by_transfer = payment.method == PaymentMethod.BANK_TRANSFER
        payment.status = PaymentStatus.AWAITING_TRANSFER if by_transfer else PaymentStatus.INTENDED
        payment.called_at = called_at
    Payment.objects.bulk_update(payments, ["status", "called_at"])
    return payments


def call_again(*, payment: UUID, called_at: datetime) -> Payment | None:
    """The payment, locked; one that waits for the customer's step becomes an intent again.

    That is the word to tell the gateway how the step ended: until it has answered, nobody else
    tries anything, and recovery asks (R17). None if there is no such payment.
    """
    row = Payment.objects.select_for_update().filter(id=payment).first()
    if row is not None and row.status == PaymentStatus.AUTHENTICATION_REQUIRED:
        row.status, row.called_at = PaymentStatus.INTENDED, called_at
        row.save(update_fields=["status", "called_at"])
    return row


def call_for(*, payments: Collection[UUID], called_at: datetime) -> list[Payment]:
    """Whoever locked these intents calls the gateway for them from now on; in order of ids."""
    run(_CALL, [called_at, list(payments)])
    return read_rows(Payment, f"WHERE id {AMONG} ORDER BY id", [list(payments)])


_CALL: Final = f"""
    UPDATE billing_payment SET called_at = %s WHERE id {AMONG}
"""  # noqa: S608 - of constants


def drop_promises(
    *, orders: Iterable[UUID], at: datetime, reason: str = "order_closed"
) -> list[UUID]:
    """The promised payments of orders that were withdrawn or expired are never charged.

    Nor is a transfer waited for any longer; ``replaced`` is the reason where the customer chose
    another way to pay. Returns the payments by transfer that were waited for.
    """
    open_ones = Payment.objects.filter(
        order_id__in=list(orders),
        status__in=[PaymentStatus.PROMISED, PaymentStatus.AWAITING_TRANSFER],
    )
    rows = list(open_ones.select_for_update().order_by("id"))
    Payment.objects.filter(id__in=[row.id for row in rows]).update(
        status=PaymentStatus.DECLINED, decline_code=reason, settled_at=at
    )
    return [row.id for row in rows if row.status == PaymentStatus.AWAITING_TRANSFER]


def lock_orders_of(payments: Iterable[UUID]) -> dict[UUID, Order]:
    """The orders that ``payments`` are to pay, locked until commit in the order of their ids."""
    rows = read_rows(Order, _ORDERS_OF, [list(payments)])
    return {order.id: order for order in rows}


_ORDERS_OF: Final = """
    WHERE id IN (SELECT order_id FROM billing_payment
                 WHERE id = ANY((SELECT %s::uuid[])::uuid[]))
    ORDER BY id FOR UPDATE
"""
"""By the list of keys as ``AMONG`` finds them."""


def lock_payments(ids: Iterable[UUID]) -> dict[UUID, Payment]:
    """The payments, locked until commit in the order of their ids."""
    rows = read_rows(Payment, _LOCKED, [list(ids)])
    return {payment.id: payment for payment in rows}


_LOCKED: Final = f"WHERE id {AMONG} ORDER BY id FOR UPDATE"


def to_lock(payment: UUID) -> list[Question]:
    """What ``lock_orders_of`` and then ``lock_payments`` ask, to be foreseen."""
    return [to_read(Order, _ORDERS_OF, [[payment]]), to_read(Payment, _LOCKED, [[payment]])]


def settle_payments(
    *, payments: Sequence[Payment], outcomes: dict[UUID, Outcome], journal: Journal
) -> list[Payment]:
    """Write what the gateway said of the locked ``payments``; returns those that changed.

    Settling is idempotent: what is captured or declined stays so, whoever comes second.
    """
    changed = []
    for payment in payments:
        if payment.status in (PaymentStatus.CAPTURED, PaymentStatus.DECLINED):
            continue
        outcome = outcomes[payment.id]
        status = _STATUS[outcome.result]
        if payment.status == status:
            continue
        payment.status = status
        payment.decline_code = outcome.reason[:_MOST_REASON]
        payment.gateway_reference = outcome.reference or payment.gateway_reference
        payment.gateway_customer = outcome.customer or payment.gateway_customer
        payment.action_url = outcome.action_url
        _record(payment, journal)
        changed.append(payment)
    if changed:
        journal.change(_SETTLE, [_json(changed)])
    return changed


_MOST_REASON: Final = 60

_SETTLE: Final = """
    UPDATE billing_payment AS payment
    SET status = said.status, decline_code = said.decline_code, settled_at = said.settled_at,
        gateway_reference = said.gateway_reference, action_url = said.action_url,
        gateway_customer = said.gateway_customer
    FROM json_to_recordset(%s::json) AS said
        (id uuid, status text, decline_code text, settled_at timestamptz,
         gateway_reference text, action_url text, gateway_customer text)
    WHERE payment.id = said.id
"""
_SETTLED: Final = (
    "status",
    "decline_code",
    "settled_at",
    "gateway_reference",
    "action_url",
    "gateway_customer",
)


def _json(payments: Sequence[Payment]) -> str:
    said = [
        {"id": payment.id, **{name: getattr(payment, name) for name in _SETTLED}}
        for payment in payments
    ]
    return msgspec.json.encode(said, enc_hook=told_plainly).decode()


def _record(payment: Payment, journal: Journal) -> None:
    if payment.status == PaymentStatus.CAPTURED:
        payment.settled_at = journal.at
        amount = Money(payment.amount, payment.currency)
        fact: PaymentCaptured | PaymentDeclined = PaymentCaptured(
            payment=payment.id, order=payment.order_id, amount=amount
        )
    elif payment.status == PaymentStatus.DECLINED:
        payment.settled_at = journal.at
        fact = PaymentDeclined(
            payment=payment.id, order=payment.order_id, reason=payment.decline_code
        )
    else:
        return
    journal.record(payment.organisation_id, fact)
