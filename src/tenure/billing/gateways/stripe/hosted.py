"""Charges by a card that the customer gives on Stripe's own page: one Checkout session each."""

from __future__ import annotations

import stripe
from stripe import StripeError
from stripe.checkout import Session
from stripe.params.checkout import SessionCreateParams, SessionCreateParamsPaymentIntentData

from tenure.base.ids import public_id
from tenure.billing.gateways import Charge, Outcome, Result
from tenure.billing.gateways.stripe.access import (
    ABANDONED,
    Access,
    result_or_unknown,
    said_of,
    since,
)
from tenure.billing.gateways.stripe.amounts import stripe_amount
from tenure.billing.gateways.stripe.charging import captured, metadata_of, retrieve, search


def open_page(access: Access, charge: Charge, customer: str) -> Outcome:
    """Open a page that takes a card for the whole amount; opening it again gives the same one."""
    try:
        session = access.client.v1.checkout.sessions.create(
            _params(access, charge, customer), {"idempotency_key": str(charge.payment)}
        )
    except StripeError as error:
        result, reason = result_or_unknown(error)
        return Outcome(charge.payment, result, reason, customer=customer)
    return _said(access, charge, customer, session)


def ask_page(access: Access, charge: Charge, customer: str) -> Outcome:
    """What became of the page. One that never opened is opened now: that charges nothing.

    Of long ago no page is open any more: it was paid on, or it was not.
    """
    try:
        if not charge.reference and not customer:
            intent = search(access, charge)
            if intent is not None and intent.status == "succeeded":
                return captured(charge, customer, intent)
            return Outcome(charge.payment, Result.DECLINED, ABANDONED)
        session = _find(access, charge, customer)
        if session is None:
            return open_page(access, charge, customer)
        return _said(access, charge, customer, session)
    except StripeError:
        return Outcome(charge.payment, Result.UNKNOWN, customer=customer)


def close_page(access: Access, charge: Charge, customer: str) -> Outcome:
    """Close the page, unless it was paid on in the meantime."""
    if not charge.reference and not customer:
        return ask_page(access, charge, customer)
    try:
        session = _find(access, charge, customer)
        if session is None:
            return Outcome(charge.payment, Result.UNKNOWN, customer=customer)
        if session.status == "open":
            session = _expire(access, session)
        return _said(access, charge, customer, session)
    except StripeError:
        return Outcome(charge.payment, Result.UNKNOWN, customer=customer)


def _expire(access: Access, session: Session) -> Session:
    try:
        return access.client.v1.checkout.sessions.expire(session.id)
    except stripe.InvalidRequestError:
        return access.client.v1.checkout.sessions.retrieve(session.id)


def _params(access: Access, charge: Charge, customer: str) -> SessionCreateParams:
    page = access.return_page("payments", public_id("pay", charge.payment))
    intent: SessionCreateParamsPaymentIntentData = {"metadata": metadata_of(charge)}
    if charge.saves_card:
        intent["setup_future_usage"] = "off_session"
    return {
        "mode": "payment",
        "customer": customer,
        "allowed_payment_method_types": ["card"],
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": charge.amount.currency.lower(),
                    "unit_amount": stripe_amount(charge.amount),
                    "product_data": {"name": public_id("ord", charge.order)},
                },
            }
        ],
        "payment_intent_data": intent,
        "metadata": metadata_of(charge),
        "success_url": page,
        "cancel_url": page,
    }


def _find(access: Access, charge: Charge, customer: str) -> Session | None:
    sessions = access.client.v1.checkout.sessions
    if charge.reference:
        return sessions.retrieve(charge.reference)
    made = sessions.list(
        {"customer": customer, "created": {"gte": since(charge.called_at)}, "limit": 100}
    )
    ours = public_id("pay", charge.payment)
    for session in made.auto_paging_iter():
        if said_of(session.metadata, "tenure_payment") == ours:
            return session
    return None


def _said(access: Access, charge: Charge, customer: str, session: Session) -> Outcome:
    if session.status == "complete" and session.payment_status == "paid":
        intent = session.payment_intent
        id_ = intent if isinstance(intent, str) else intent.id if intent else ""
        return captured(charge, customer, retrieve(access, id_))
    if session.status == "expired":
        return Outcome(charge.payment, Result.DECLINED, ABANDONED, session.id, customer)
    if session.status == "open" and session.url:
        return Outcome(
            charge.payment,
            Result.AUTHENTICATION_REQUIRED,
            reference=session.id,
            customer=customer,
            action_url=session.url,
        )
    return Outcome(charge.payment, Result.UNKNOWN, reference=session.id, customer=customer)
