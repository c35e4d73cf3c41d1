"""The sandbox gateway: cards that behave as their token says, and books of its own.

It keeps what it was asked in a table that nothing else writes, committed by itself, as another
party would: killed between its answer and our commit, we have to ask it.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final
from uuid import UUID

from django.db import IntegrityError, connection

from tenure.base.errors import NotFound
from tenure.billing.gateways import (
    Charge,
    Outcome,
    RefundOrder,
    RefundOutcome,
    RefundResult,
    Result,
)
from tenure.billing.models import SandboxCharge, SandboxRefund

AUTHENTICATE: Final = "tok_authenticate"

_REFUSALS: Final = {
    "tok_declined": "card_declined",
    "tok_insufficient_funds": "insufficient_funds",
    "tok_expired": "expired_card",
}
_CAPTURED: Final = frozenset({"tok_ok", "tok_unknown", "tok_ok_then_declined"})
_NEVER_ARRIVES: Final = frozenset({"tok_unknown_not_charged"})
_ANSWER_LOST: Final = _NEVER_ARRIVES | {"tok_unknown"}
NOT_CHARGED: Final = "not_charged"
ABANDONED: Final = "abandoned"
UNKNOWN_CARD: Final = "unknown_card"
MORE_THAN_CHARGED: Final = "more_than_charged"


class SandboxGateway:
    """Plays the gateway, the bank and, by ``authenticate``, the customer."""

    name = "sandbox"

    def charge(self, charge: Charge) -> Outcome:
        """Charge once per key; the same key again gives the first answer."""
        _refuse_transaction()
        if charge.token in _NEVER_ARRIVES:
            return Outcome(charge.payment, Result.UNKNOWN)
        booked = self._book(charge)
        if charge.token in _ANSWER_LOST:
            return Outcome(charge.payment, Result.UNKNOWN)
        return booked

    def ask(self, payment: UUID) -> Outcome:
        """What became of a charge; one never booked is cancelled, so that none can follow."""
        _refuse_transaction()
        row, _ = SandboxCharge.objects.get_or_create(
            key=payment,
            defaults={
                "token": "",
                "amount": 0,
                "currency": "",
                "status": "cancelled",
                "decline_code": NOT_CHARGED,
            },
        )
        return _outcome(row)

    def cancel(self, payment: UUID) -> Outcome:
        """Give up a charge that waits for the customer's step."""
        return self._end_step(payment, "declined", ABANDONED)

    def authenticate(self, payment: UUID, *, passed: bool) -> Outcome:
        """The customer's step at the bank; a step already taken keeps its outcome.

        Raises ``NotFound`` for a charge that never arrived here.
        """
        if passed:
            return self._end_step(payment, "captured", "")
        return self._end_step(payment, "declined", "authentication_failed")

    def refund(self, order: RefundOrder) -> RefundOutcome:
        """Give money back once per key, and of a charge never more than it took."""
        _refuse_transaction()
        if not SandboxRefund.objects.filter(key=order.refund).exists():
            self._give_back(order)
        row = SandboxRefund.objects.get(key=order.refund)
        return _refund_outcome(row)

    def ask_refund(self, order: RefundOrder) -> RefundOutcome | None:
        """What became of a refund; None if it was never asked for."""
        _refuse_transaction()
        row = SandboxRefund.objects.filter(key=order.refund).first()
        return _refund_outcome(row) if row else None

    def _give_back(self, order: RefundOrder) -> None:
        """One statement, committed by itself; one that lost to the same key changes nothing."""
        figures: dict[str, UUID | int | str] = {
            "key": order.refund,
            "charge": order.payment,
            "amount": order.amount.amount,
            "currency": order.amount.currency,
        }
        with suppress(IntegrityError), connection.cursor() as cursor:
            cursor.execute(_GIVE_BACK, figures)

    def _end_step(self, payment: UUID, status: str, reason: str) -> Outcome:
        _refuse_transaction()
        waiting = SandboxCharge.objects.filter(key=payment, status="authentication_required")
        waiting.update(status=status, decline_code=reason)
        row = SandboxCharge.objects.filter(key=payment).first()
        if row is None:
            raise NotFound
        return _outcome(row)

    def _book(self, charge: Charge) -> Outcome:
        """One statement, committed by itself: what is booked already is only read."""
        status, reason = _first_answer(charge.token)
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO billing_sandboxcharge AS booked
                    (key, token, amount, currency, status, decline_code)
                VALUES (%s, %s, %s, %s, %s, %s)
                ON CONFLICT (key) DO UPDATE SET key = booked.key
                RETURNING status, decline_code
                """,
                [
                    charge.payment,
                    charge.token,
                    charge.amount.amount,
                    charge.amount.currency,
                    status,
                    reason,
                ],
            )
            (booked_status, booked_reason) = cursor.fetchone()
        return _said(charge.payment, booked_status, booked_reason)


_GIVE_BACK: Final = """
    WITH back AS (
        UPDATE billing_sandboxcharge SET refunded = refunded + %(amount)s
        WHERE key = %(charge)s AND status = 'captured' AND currency = %(currency)s
          AND refunded + %(amount)s <= amount
        RETURNING key
    )
    INSERT INTO billing_sandboxrefund (key, charge, amount, currency, status)
    SELECT %(key)s, %(charge)s, %(amount)s, %(currency)s,
           CASE WHEN EXISTS (SELECT FROM back) THEN 'done' ELSE 'failed' END
"""


def _refund_outcome(row: SandboxRefund) -> RefundOutcome:
    if row.status == "done":
        return RefundOutcome(row.key, RefundResult.DONE)
    return RefundOutcome(row.key, RefundResult.FAILED, MORE_THAN_CHARGED)


def _first_answer(token: str) -> tuple[str, str]:
    if token in _CAPTURED:
        return "captured", ""
    if token == AUTHENTICATE:
        return "authentication_required", ""
    return "declined", _REFUSALS.get(token, UNKNOWN_CARD)


def _outcome(row: SandboxCharge) -> Outcome:
    return _said(row.key, row.status, row.decline_code)


def _said(payment: UUID, status: str, reason: str) -> Outcome:
    result = {
        "captured": Result.CAPTURED,
        "authentication_required": Result.AUTHENTICATION_REQUIRED,
    }.get(status, Result.DECLINED)
    return Outcome(payment, result, reason)


def _refuse_transaction() -> None:
    """A gateway is another party: what it does is not undone by our rollback."""
    if connection.in_atomic_block:
        raise RuntimeError("A gateway was called inside a transaction.")
