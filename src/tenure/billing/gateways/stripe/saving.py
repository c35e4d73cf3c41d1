"""Cards saved without a charge: a SetupIntent for a card that is known, or a page for one."""

from __future__ import annotations

import stripe
from stripe import RequestOptions, SetupIntent, StripeError
from stripe.checkout import Session
from stripe.params import SetupIntentCreateParams
from stripe.params.checkout import SessionCreateParams

from tenure.base.ids import public_id
from tenure.billing.gateways import CardToSave, Outcome, Result
from tenure.billing.gateways.stripe.access import (
    ABANDONED,
    NOT_CHARGED,
    Access,
    details_of,
    result_or_unknown,
    said_of,
    since,
    word_for,
)


def save(access: Access, card: CardToSave, customer: str) -> Outcome:
    """Save the card that a token stands for; the bank may ask for a step."""
    options: RequestOptions = {"idempotency_key": str(card.key)}
    try:
        if not card.token:
            sessions = access.client.v1.checkout.sessions
            session = sessions.create(_page_params(access, card, customer), options)
            return _page(access, card, customer, session)
        intents = access.client.v1.setup_intents
        return _said(card, customer, intents.create(_params(access, card, customer), options))
    except StripeError as error:
        result, reason = result_or_unknown(error)
        return Outcome(card.key, result, reason, customer=customer)


def ask_saved(access: Access, card: CardToSave, customer: str) -> Outcome:
    """What became of it; saving the same card twice costs nobody anything."""
    try:
        if card.token:
            intent = _find(access, card, customer)
            if intent is None:
                return Outcome(card.key, Result.DECLINED, NOT_CHARGED, customer=customer)
            return _said(card, customer, intent)
        if not card.reference:
            return save(access, card, customer)
        session = access.client.v1.checkout.sessions.retrieve(card.reference)
        return _page(access, card, customer, session)
    except StripeError:
        return Outcome(card.key, Result.UNKNOWN, customer=customer)


def forget(access: Access, reference: str) -> bool:
    """Detach a card from its customer: it cannot be charged any more."""
    try:
        access.client.v1.payment_methods.detach(reference)
    except stripe.InvalidRequestError:
        return True
    except StripeError:
        return False
    return True


def _params(access: Access, card: CardToSave, customer: str) -> SetupIntentCreateParams:
    return {
        "customer": customer,
        "payment_method": card.token,
        "allowed_payment_method_types": ["card"],
        "usage": "off_session",
        "confirm": True,
        "return_url": access.return_page("cards", public_id("pm", card.key)),
        "metadata": _metadata(card),
        "expand": ["payment_method"],
    }


def _page_params(access: Access, card: CardToSave, customer: str) -> SessionCreateParams:
    page = access.return_page("cards", public_id("pm", card.key))
    return {
        "mode": "setup",
        "customer": customer,
        "allowed_payment_method_types": ["card"],
        "metadata": _metadata(card),
        "setup_intent_data": {"metadata": _metadata(card)},
        "success_url": page,
        "cancel_url": page,
    }


def _metadata(card: CardToSave) -> dict[str, str]:
    return {"tenure_card": public_id("pm", card.key)}


def _find(access: Access, card: CardToSave, customer: str) -> SetupIntent | None:
    intents = access.client.v1.setup_intents
    if card.reference:
        return intents.retrieve(card.reference, {"expand": ["payment_method"]})
    made = intents.list(
        {
            "customer": customer,
            "created": {"gte": since(card.called_at)},
            "limit": 100,
            "expand": ["data.payment_method"],
        }
    )
    ours = public_id("pm", card.key)
    for intent in made.auto_paging_iter():
        if said_of(intent.metadata, "tenure_card") == ours:
            return intent
    return None


def _page(access: Access, card: CardToSave, customer: str, session: Session) -> Outcome:
    if session.status == "open" and session.url:
        return Outcome(
            card.key,
            Result.AUTHENTICATION_REQUIRED,
            reference=session.id,
            customer=customer,
            action_url=session.url,
        )
    if session.status == "expired":
        return Outcome(card.key, Result.DECLINED, ABANDONED, session.id, customer)
    made = session.setup_intent
    id_ = made if isinstance(made, str) else made.id if made else ""
    intent = access.client.v1.setup_intents.retrieve(id_, {"expand": ["payment_method"]})
    return _said(card, customer, intent, session.id)


def _said(card: CardToSave, customer: str, intent: SetupIntent, name: str = "") -> Outcome:
    reference = name or intent.id
    if intent.status == "succeeded":
        return Outcome(
            card.key,
            Result.CAPTURED,
            reference=reference,
            customer=customer,
            card=details_of(intent.payment_method),
        )
    if intent.status == "processing":
        return Outcome(card.key, Result.UNKNOWN, reference=reference, customer=customer)
    action = intent.next_action if intent.status == "requires_action" else None
    redirect = action.redirect_to_url if action and "redirect_to_url" in action else None
    if redirect and redirect.url:
        return Outcome(
            card.key,
            Result.AUTHENTICATION_REQUIRED,
            reference=reference,
            customer=customer,
            action_url=redirect.url,
        )
    error = intent.last_setup_error
    reason = word_for(error.code) if error else ABANDONED
    return Outcome(card.key, Result.DECLINED, reason, reference, customer)
