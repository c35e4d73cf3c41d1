"""The gateway Stripe: each call of the protocol, told to the part that knows it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final
from uuid import UUID

import stripe
from stripe import StripeError

from tenure.base.errors import NotFound, Refused
from tenure.base.ids import parse_public_id
from tenure.billing.errors import WEBHOOK_UNSIGNED
from tenure.billing.gateways import (
    CardToSave,
    Charge,
    Heard,
    Outcome,
    RefundOrder,
    RefundOutcome,
    RefundResult,
    Result,
)
from tenure.billing.gateways.stripe import charging, hosted, refunding, saving
from tenure.billing.gateways.stripe.access import (
    NOT_CHARGEABLE,
    SECONDS,
    UNKNOWN_CARD,
    Access,
    is_young,
)
from tenure.billing.gateways.stripe.amounts import AmountNotChargeable
from tenure.billing.gateways.transactions import refuse_transaction

_CARDS: Final = ("pm_", "card_")
"""How Stripe's words for cards begin; the sandbox's tokens are none."""

_Told = Callable[[Access, Charge, str], Outcome]


class StripeGateway:
    """One account at Stripe. ``webhook_secret`` proves its messages; a call lasts ``seconds``."""

    name = "stripe"

    def __init__(
        self,
        *,
        secret_key: str,
        webhook_secret: str | None,
        api_base: str | None,
        public_url: str,
        seconds: float = SECONDS,
        at_once: int = 1,
    ) -> None:
        self.at_once = at_once
        self._access = Access(secret_key, api_base, public_url, seconds)
        self._webhook_secret = webhook_secret

    def charge(self, charge: Charge) -> Outcome:
        """Charge a card, or open the page that takes one."""
        if charge.token and not charge.token.startswith(_CARDS):
            return Outcome(charge.payment, Result.DECLINED, UNKNOWN_CARD)
        return self._tell(charge, charging.charge_card if charge.token else hosted.open_page)

    def ask(self, charge: Charge) -> Outcome:
        """Look a charge up; one that never arrived is closed."""
        return self._tell(charge, hosted.ask_page if _on_page(charge) else charging.ask_charge)

    def cancel(self, charge: Charge) -> Outcome:
        """Give up a charge that waits for the customer."""
        return self._tell(charge, hosted.close_page if _on_page(charge) else charging.cancel_charge)

    def save_card(self, card: CardToSave) -> Outcome:
        """Save a card, or open the page that takes one."""
        if card.token and not card.token.startswith(_CARDS):
            return Outcome(card.key, Result.DECLINED, UNKNOWN_CARD)
        return self._tell_of(card, saving.save)

    def ask_card(self, card: CardToSave) -> Outcome:
        """What became of a card to be saved."""
        return self._tell_of(card, saving.ask_saved)

    def forget_card(self, reference: str) -> bool:
        """Charge a saved card no more."""
        refuse_transaction()
        return saving.forget(self._access, reference)

    def refund(self, order: RefundOrder) -> RefundOutcome:
        """Give money back."""
        refuse_transaction()
        try:
            return refunding.give_back(self._access, order)
        except AmountNotChargeable:
            return RefundOutcome(order.refund, RefundResult.FAILED, NOT_CHARGEABLE)

    def ask_refund(self, order: RefundOrder) -> RefundOutcome | None:
        """What became of a refund."""
        refuse_transaction()
        return refunding.ask_given_back(self._access, order)

    def hear(self, body: bytes, signature: str, /) -> Heard:
        """What a message of Stripe's is about: only what carries a name of ours counts."""
        if not self._webhook_secret:
            raise NotFound
        try:
            stripe.WebhookSignature.verify_header(
                body, signature, self._webhook_secret, stripe.Webhook.DEFAULT_TOLERANCE
            )
            named = _metadata_in(json.loads(body))
        except (stripe.SignatureVerificationError, ValueError) as error:
            raise Refused(WEBHOOK_UNSIGNED) from error
        return Heard(
            payment=_ours("pay", named.get("tenure_payment")),
            refund=_ours("ref", named.get("tenure_refund")),
            card=_ours("pm", named.get("tenure_card")),
        )

    def _tell(self, charge: Charge, told: _Told) -> Outcome:
        refuse_transaction()
        try:
            customer = charge.customer
            if not customer and is_young(charge.called_at):
                customer = self._access.customer(charge.organisation)
            return told(self._access, charge, customer)
        except AmountNotChargeable:
            return Outcome(charge.payment, Result.DECLINED, NOT_CHARGEABLE)
        except StripeError:
            return Outcome(charge.payment, Result.UNKNOWN)

    def _tell_of(
        self, card: CardToSave, told: Callable[[Access, CardToSave, str], Outcome]
    ) -> Outcome:
        refuse_transaction()
        try:
            customer = card.customer or self._access.customer(card.organisation)
            return told(self._access, card, customer)
        except StripeError:
            return Outcome(card.key, Result.UNKNOWN)


def _on_page(charge: Charge) -> bool:
    """Whether the card is taken by Stripe's page; once paid, the charge is an intent as any."""
    return not charge.token and not charge.reference.startswith("pi_")


def _metadata_in(message: object) -> dict[str, object]:
    """What we had attached to the thing that a message is about."""
    for name in ("data", "object", "metadata"):
        message = message.get(name) if isinstance(message, dict) else None
    return message if isinstance(message, dict) else {}


def _ours(prefix: str, named: object) -> UUID | None:
    try:
        return parse_public_id(prefix, named) if isinstance(named, str) else None
    except NotFound:
        return None
