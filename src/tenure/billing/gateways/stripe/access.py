"""How Stripe is reached, what it is told of customers, and what its errors mean."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import stripe
from stripe import StripeClient, StripeError

from tenure.base.clock import machine_now
from tenure.base.ids import public_id
from tenure.billing.gateways import CardDetails, Result

SECONDS: Final = 20
"""How long one call may last. A charge with its look-up is four of them at the most, which is less
than recovery waits."""

SLACK: Final = timedelta(days=1)
"""How far Stripe's clock and ours are surely not apart."""

KEYS_LAST: Final = timedelta(hours=23)
"""How long a key is remembered for sure."""

UNKNOWN_CARD: Final = "unknown_card"
NOT_CHARGED: Final = "not_charged"
ABANDONED: Final = "abandoned"
STEP_NEEDED: Final = "authentication_required"
NOT_CHARGEABLE: Final = "amount_not_chargeable"

_WORDS: Final = {
    "generic_decline": "card_declined",
    "payment_intent_authentication_failure": "authentication_failed",
    "setup_intent_authentication_failure": "authentication_failed",
    "resource_missing": UNKNOWN_CARD,
}
"""Stripe's words for what other gateways say too."""

stripe.enable_telemetry = False


class Access:
    """One account at Stripe, by its secret key."""

    def __init__(
        self, secret_key: str, api_base: str | None, public_url: str, seconds: float
    ) -> None:
        self.client = StripeClient(
            secret_key,
            base_addresses={"api": api_base} if api_base else None,
            http_client=stripe.RequestsClient(timeout=seconds),
            max_network_retries=0,
        )
        self.public_url = public_url

    def customer(self, organisation: UUID) -> str:
        """What Stripe calls an organisation: its name is not told, nor an address."""
        metadata = {"tenure_organisation": public_id("org", organisation)}
        key = f"customer-{organisation}"
        made = self.client.v1.customers.create({"metadata": metadata}, {"idempotency_key": key})
        return made.id

    def return_page(self, kind: str, id_: str) -> str:
        """Where Stripe sends the customer back to: ``payments`` or ``cards``."""
        return f"{self.public_url}/gateway/{kind}/{id_}"


def is_young(called_at: datetime) -> bool:
    """Whether Stripe still remembers the keys of what was called then.

    A customer that is asked for later, under the same key, could be another one.
    """
    return machine_now() - called_at < KEYS_LAST


def since(called_at: datetime) -> int:
    """The instant from which what was made by a call is looked for, as Stripe counts time."""
    return int((called_at - SLACK).timestamp())


def refusal_of(error: StripeError) -> str | None:
    """Why nothing was charged, if an error says that for sure; None if the outcome is unknown.

    A call that is turned away for its rate, its key or the server's state says nothing of an
    earlier one under the same key.
    """
    if isinstance(error, stripe.CardError):
        code = getattr(error.error, "decline_code", None) if error.error else None
        return word_for(code or error.code)
    if isinstance(error, stripe.InvalidRequestError):
        return word_for(error.code or "request_refused")
    return None


def word_for(code: str | None) -> str:
    """Our word for a reason of Stripe's."""
    return _WORDS.get(code or "", code or "card_declined")


def result_or_unknown(error: StripeError) -> tuple[Result, str]:
    """What an error amounts to."""
    reason = refusal_of(error)
    return (Result.UNKNOWN, "") if reason is None else (Result.DECLINED, reason)


def details_of(method: str | stripe.PaymentMethod | None) -> CardDetails | None:
    """What a card is known by, if the answer holds it."""
    if not isinstance(method, stripe.PaymentMethod) or "card" not in method or not method.card:
        return None
    card = method.card
    return CardDetails(
        reference=method.id,
        fingerprint=card.fingerprint or method.id,
        brand=card.brand,
        last4=card.last4,
        exp_month=card.exp_month,
        exp_year=card.exp_year,
        country=(card.country if "country" in card else "") or "",
    )


def said_of(metadata: stripe.StripeObject | None, name: str) -> str:
    """A word that we had attached to something at Stripe; empty if it is not ours."""
    if metadata is None or name not in metadata:
        return ""
    return str(metadata[name])
