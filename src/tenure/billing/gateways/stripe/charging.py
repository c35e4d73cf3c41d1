"""Charges by a card that is known: one PaymentIntent each."""

from __future__ import annotations

from typing import Final

import stripe
from stripe import PaymentIntent, StripeError
from stripe.params import PaymentIntentCreateParams

from tenure.base.clock import machine_now
from tenure.base.ids import public_id
from tenure.billing.gateways import Charge, Outcome, Result
from tenure.billing.gateways.stripe.access import (
    ABANDONED,
    NOT_CHARGED,
    STEP_NEEDED,
    Access,
    details_of,
    refusal_of,
    result_or_unknown,
    said_of,
    since,
    word_for,
)
from tenure.billing.gateways.stripe.amounts import stripe_amount

_EXPANDED: Final = "payment_method"
_STILL_EXECUTING: Final = 3600
"""Seconds for which a call whose key is taken, but of which nothing is seen, may still be at work:
far longer than any lasts."""


def charge_card(access: Access, charge: Charge, customer: str) -> Outcome:
    """Make and confirm the intent in one call; a lost answer is looked up at once."""
    try:
        intent = access.client.v1.payment_intents.create(
            _params(access, charge, customer), {"idempotency_key": str(charge.payment)}
        )
    except stripe.CardError as error:
        return _refused(access, charge, customer, error)
    except StripeError as error:
        reason = refusal_of(error)
        if reason is None:
            return ask_charge(access, charge, customer)
        return Outcome(charge.payment, Result.DECLINED, reason, customer=customer)
    return _said(access, charge, customer, intent)


def ask_charge(access: Access, charge: Charge, customer: str) -> Outcome:
    """What became of the intent; if there is none, its key is taken so that none can follow."""
    try:
        intent = _find(access, charge, customer) or _take_key(access, charge, customer)
        if intent is None:
            age = (machine_now() - charge.called_at).total_seconds()
            result = Result.DECLINED if age > _STILL_EXECUTING else Result.UNKNOWN
            reason = NOT_CHARGED if result is Result.DECLINED else ""
            return Outcome(charge.payment, result, reason, customer=customer)
        return _said(access, charge, customer, intent)
    except StripeError:
        return Outcome(charge.payment, Result.UNKNOWN, customer=customer)


def cancel_charge(access: Access, charge: Charge, customer: str) -> Outcome:
    """Give up the intent, unless it was captured in the meantime."""
    try:
        intent = _find(access, charge, customer)
    except StripeError:
        return Outcome(charge.payment, Result.UNKNOWN, customer=customer)
    if intent is None or intent.status in ("succeeded", "processing", "canceled"):
        return ask_charge(access, charge, customer)
    return close(access, charge, customer, intent, ABANDONED)


def captured(charge: Charge, customer: str, intent: PaymentIntent) -> Outcome:
    """The outcome of an intent that succeeded."""
    return Outcome(
        charge.payment,
        Result.CAPTURED,
        reference=intent.id,
        customer=customer,
        card=details_of(intent.payment_method),
    )


def retrieve(access: Access, id_: str) -> PaymentIntent:
    """An intent with its card, as it is now; raises ``StripeError``."""
    return access.client.v1.payment_intents.retrieve(id_, {"expand": [_EXPANDED]})


def metadata_of(charge: Charge) -> dict[str, str]:
    """By what a charge is found again, and known to whoever looks at Stripe's own pages."""
    return {
        "tenure_payment": public_id("pay", charge.payment),
        "tenure_order": public_id("ord", charge.order),
        "tenure_organisation": public_id("org", charge.organisation),
    }


def close(
    access: Access, charge: Charge, customer: str, intent: PaymentIntent, reason: str
) -> Outcome:
    """Cancel an intent that did not succeed: one left open could be confirmed by somebody later."""
    try:
        access.client.v1.payment_intents.cancel(intent.id)
    except stripe.InvalidRequestError:
        return _after_all(access, charge, customer, intent.id)
    except StripeError:
        return Outcome(charge.payment, Result.UNKNOWN, reference=intent.id, customer=customer)
    return Outcome(charge.payment, Result.DECLINED, reason, intent.id, customer)


def _after_all(access: Access, charge: Charge, customer: str, id_: str) -> Outcome:
    """It could not be cancelled: it had come to an end by itself."""
    try:
        intent = retrieve(access, id_)
    except StripeError:
        return Outcome(charge.payment, Result.UNKNOWN, reference=id_, customer=customer)
    if intent.status == "succeeded":
        return captured(charge, customer, intent)
    if intent.status == "canceled":
        return Outcome(charge.payment, Result.DECLINED, _why(intent), id_, customer)
    return Outcome(charge.payment, Result.UNKNOWN, reference=id_, customer=customer)


def _params(access: Access, charge: Charge, customer: str) -> PaymentIntentCreateParams:
    params: PaymentIntentCreateParams = {
        "amount": stripe_amount(charge.amount),
        "currency": charge.amount.currency.lower(),
        "customer": customer,
        "payment_method": charge.token,
        "allowed_payment_method_types": ["card"],
        "confirm": True,
        "metadata": metadata_of(charge),
        "expand": [_EXPANDED],
    }
    if charge.off_session:
        params["off_session"] = True
    else:
        params["return_url"] = access.return_page("payments", public_id("pay", charge.payment))
        if charge.saves_card:
            params["setup_future_usage"] = "off_session"
    return params


def _refused(access: Access, charge: Charge, customer: str, error: stripe.CardError) -> Outcome:
    """A card was refused; its intent stands open, and is closed."""
    intent = error.error.payment_intent if error.error and "payment_intent" in error.error else None
    result, reason = result_or_unknown(error)
    if intent is None:
        return Outcome(charge.payment, result, reason, customer=customer)
    return close(access, charge, customer, intent, reason)


def _find(access: Access, charge: Charge, customer: str) -> PaymentIntent | None:
    """The intent of a charge. Listing shows what is; a search is minutes behind, and serves only
    for a charge of long ago whose customer was never told."""
    if charge.reference:
        return retrieve(access, charge.reference)
    if not customer:
        return search(access, charge)
    made = access.client.v1.payment_intents.list(
        {
            "customer": customer,
            "created": {"gte": since(charge.called_at)},
            "limit": 100,
            "expand": [f"data.{_EXPANDED}"],
        }
    )
    ours = public_id("pay", charge.payment)
    for intent in made.auto_paging_iter():
        if said_of(intent.metadata, "tenure_payment") == ours:
            return intent
    return None


def search(access: Access, charge: Charge) -> PaymentIntent | None:
    """The intent of a charge of long ago, whoever its customer is; raises ``StripeError``."""
    ours = public_id("pay", charge.payment)
    found = access.client.v1.payment_intents.search(
        {
            "query": f"metadata['tenure_payment']:'{ours}'",
            "limit": 1,
            "expand": [f"data.{_EXPANDED}"],
        }
    )
    return found.data[0] if found.data else None


def _take_key(access: Access, charge: Charge, customer: str) -> PaymentIntent | None:
    """An intent that charges nothing, under the charge's key: a charge on its way meets it.

    None if the key is taken already, and nothing is seen of what took it even now.
    """
    params: PaymentIntentCreateParams = {
        "amount": stripe_amount(charge.amount),
        "currency": charge.amount.currency.lower(),
        "allowed_payment_method_types": ["card"],
        "metadata": {**metadata_of(charge), "tenure_closed": NOT_CHARGED},
    }
    if customer:
        params["customer"] = customer
    try:
        return access.client.v1.payment_intents.create(
            params, {"idempotency_key": str(charge.payment)}
        )
    except stripe.IdempotencyError:
        return _find(access, charge, customer)


def _said(access: Access, charge: Charge, customer: str, intent: PaymentIntent) -> Outcome:
    if intent.status == "succeeded":
        return captured(charge, customer, intent)
    if intent.status == "processing":
        return Outcome(charge.payment, Result.UNKNOWN, reference=intent.id, customer=customer)
    if intent.status == "canceled":
        return Outcome(charge.payment, Result.DECLINED, _why(intent), intent.id, customer)
    url = _step(intent)
    if url and not charge.off_session:
        return Outcome(
            charge.payment,
            Result.AUTHENTICATION_REQUIRED,
            reference=intent.id,
            customer=customer,
            action_url=url,
        )
    reason = STEP_NEEDED if intent.status == "requires_action" else _why(intent)
    return close(access, charge, customer, intent, reason)


def _step(intent: PaymentIntent) -> str:
    """Where the customer goes for the bank's step, if it waits for one."""
    action = intent.next_action
    if intent.status != "requires_action" or action is None:
        return ""
    redirect = action.redirect_to_url if "redirect_to_url" in action else None
    return (redirect.url or "") if redirect else ""


def _why(intent: PaymentIntent) -> str:
    if closed := said_of(intent.metadata, "tenure_closed"):
        return closed
    error = intent.last_payment_error
    if error is None:
        return ABANDONED
    return word_for((error.decline_code if "decline_code" in error else None) or error.code)
