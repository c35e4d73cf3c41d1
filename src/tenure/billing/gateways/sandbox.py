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
    CardDetails,
    CardToSave,
    Charge,
    Heard,
    Outcome,
    RefundOrder,
    RefundOutcome,
    RefundResult,
    Result,
)
from tenure.billing.gateways.transactions import refuse_transaction
from tenure.billing.models import SandboxCharge, SandboxRefund
from tenure.events.rows import read_values

AUTHENTICATE: Final = "tok_authenticate"

_REFUSALS: Final = {
    "tok_declined": "card_declined",
    "tok_insufficient_funds": "insufficient_funds",
    "tok_expired": "expired_card",
}
WORKS_ONCE: Final = "tok_ok_then_declined"
_CAPTURED: Final = frozenset({"tok_ok", "tok_unknown", WORKS_ONCE})
_CARDS: Final = {
    "tok_ok": "4242",
    AUTHENTICATE: "3155",
    "tok_unknown": "0259",
    "tok_unknown_not_charged": "0127",
    WORKS_ONCE: "0341",
}
"""The cards that can be saved, with the last digits by which people tell them apart."""
_NEVER_ARRIVES: Final = frozenset({"tok_unknown_not_charged"})
_ANSWER_LOST: Final = _NEVER_ARRIVES | {"tok_unknown"}
NOT_CHARGED: Final = "not_charged"
ABANDONED: Final = "abandoned"
STEP_NEEDED: Final = "authentication_required"
UNKNOWN_CARD: Final = "unknown_card"
MORE_THAN_CHARGED: Final = "more_than_charged"


class SandboxGateway:
    """Plays the gateway, the bank and, by ``authenticate``, the customer."""

    name = "sandbox"
    at_once = 1

    def charge(self, charge: Charge) -> Outcome:
        """Charge once per key; the same key again gives the first answer."""
        refuse_transaction()
        if charge.token in _NEVER_ARRIVES:
            return Outcome(charge.payment, Result.UNKNOWN)
        booked = self._book(charge)
        if charge.token in _ANSWER_LOST:
            return Outcome(charge.payment, Result.UNKNOWN)
        return booked

    def ask(self, charge: Charge) -> Outcome:
        """What became of a charge; one never booked is cancelled, so that none can follow."""
        refuse_transaction()
        row, _ = SandboxCharge.objects.get_or_create(
            key=charge.payment,
            defaults={
                "token": "",
                "amount": 0,
                "currency": "",
                "status": "cancelled",
                "decline_code": NOT_CHARGED,
            },
        )
        return _outcome(row)

    def cancel(self, charge: Charge) -> Outcome:
        """Give up a charge that waits for the customer's step."""
        return self._end_step(charge.payment, "declined", ABANDONED)

    def authenticate(self, payment: UUID, *, passed: bool) -> Outcome:
        """The customer's step at the bank; a step already taken keeps its outcome.

        Raises ``NotFound`` for a charge that never arrived here.
        """
        if passed:
            return self._end_step(payment, "captured", "")
        return self._end_step(payment, "declined", "authentication_failed")

    def save_card(self, card: CardToSave) -> Outcome:
        """Save any card that could ever be charged; the sandbox's bank asks for no step here."""
        refuse_transaction()
        if card.token in _CARDS:
            return Outcome(card.key, Result.CAPTURED, card=_details(card.token))
        return Outcome(card.key, Result.DECLINED, _REFUSALS.get(card.token, UNKNOWN_CARD))

    def ask_card(self, card: CardToSave) -> Outcome:
        """The same answer always: the card is its token."""
        return self.save_card(card)

    def forget_card(self, reference: str) -> bool:
        """There is nothing to forget: the card is its token."""
        refuse_transaction()
        return bool(reference)

    def hear(self, _body: bytes, _signature: str, /) -> Heard:
        """The sandbox sends no messages: ``NotFound``."""
        raise NotFound

    def refund(self, order: RefundOrder) -> RefundOutcome:
        """Give money back once per key, and of a charge never more than it took."""
        refuse_transaction()
        if not SandboxRefund.objects.filter(key=order.refund).exists():
            self._give_back(order)
        row = SandboxRefund.objects.get(key=order.refund)
        return _refund_outcome(row)

    def ask_refund(self, order: RefundOrder) -> RefundOutcome | None:
        """What became of a refund; None if it was never asked for."""
        refuse_transaction()
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
        refuse_transaction()
        waiting = SandboxCharge.objects.filter(key=payment, status="authentication_required")
        waiting.update(status=status, decline_code=reason)
        row = SandboxCharge.objects.filter(key=payment).first()
        if row is None:
            raise NotFound
        return _outcome(row)

    def _book(self, charge: Charge) -> Outcome:
        """One statement, committed by itself: what is booked already is only read."""
        status, reason = _first_answer(charge)
        amount = charge.amount
        values = [charge.payment, charge.token, amount.amount, amount.currency, status, reason]
        (booked_status, booked_reason) = read_values(_BOOK, values)[0]
        return _said(charge.payment, charge.token, booked_status, booked_reason)


_BOOK: Final = """
    INSERT INTO billing_sandboxcharge AS booked
        (key, token, amount, currency, status, decline_code, refunded)
    SELECT %s::uuid, %s, %s::bigint, %s, %s, %s, 0
    FROM (SELECT set_config('synchronous_commit', 'off', true)) AS not_waited_for
    ON CONFLICT (key) DO UPDATE SET key = booked.key
    RETURNING status, decline_code
"""
"""Nobody waits for the disk: a later commit that tells of the charge brings it there first, and a
charge that is lost before, in a crash of the database, was never made and is asked about (R17)."""

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


def _first_answer(charge: Charge) -> tuple[str, str]:
    if charge.off_session:
        return _answer_off_session(charge.token)
    if charge.token in _CAPTURED:
        return "captured", ""
    if charge.token == AUTHENTICATE:
        return "authentication_required", ""
    return "declined", _REFUSALS.get(charge.token, UNKNOWN_CARD)


def _answer_off_session(token: str) -> tuple[str, str]:
    """Nobody is there to take a step, and a card that works once has worked before (R24)."""
    if token == AUTHENTICATE:
        return "declined", STEP_NEEDED
    if token in _CAPTURED - {WORKS_ONCE}:
        return "captured", ""
    return "declined", _REFUSALS.get(token, "card_declined" if token in _CARDS else UNKNOWN_CARD)


def _details(token: str) -> CardDetails:
    """What a card of the sandbox is known by: it is French, and lasts as long as any test clock."""
    return CardDetails(token, token, "visa", _CARDS[token], 12, 2199, "FR")


def _outcome(row: SandboxCharge) -> Outcome:
    return _said(row.key, row.token, row.status, row.decline_code)


def _said(payment: UUID, token: str, status: str, reason: str) -> Outcome:
    result = {
        "captured": Result.CAPTURED,
        "authentication_required": Result.AUTHENTICATION_REQUIRED,
    }.get(status, Result.DECLINED)
    card = _details(token) if result is Result.CAPTURED else None
    return Outcome(payment, result, reason, card=card)
