"""Money given back of a charge."""

from __future__ import annotations

import stripe
from stripe import Refund, StripeError

from tenure.base.ids import public_id
from tenure.billing.gateways import RefundOrder, RefundOutcome, RefundResult
from tenure.billing.gateways.stripe.access import Access, said_of
from tenure.billing.gateways.stripe.amounts import stripe_amount

_RESULTS = {
    "succeeded": RefundResult.DONE,
    "pending": RefundResult.ON_ITS_WAY,
    "requires_action": RefundResult.ON_ITS_WAY,
}


def give_back(access: Access, order: RefundOrder) -> RefundOutcome:
    """Give back under the refund's key; Stripe gives back no more than it charged."""
    try:
        refund = access.client.v1.refunds.create(
            {
                "payment_intent": order.charge,
                "amount": stripe_amount(order.amount),
                "metadata": {"tenure_refund": public_id("ref", order.refund)},
            },
            {"idempotency_key": str(order.refund)},
        )
    except stripe.InvalidRequestError as error:
        return RefundOutcome(order.refund, RefundResult.FAILED, error.code or "request_refused")
    except StripeError:
        return RefundOutcome(order.refund, RefundResult.UNKNOWN)
    return _said(order, refund)


def ask_given_back(access: Access, order: RefundOrder) -> RefundOutcome | None:
    """What became of a refund; None if the charge has none of that name."""
    ours = public_id("ref", order.refund)
    try:
        made = access.client.v1.refunds.list({"payment_intent": order.charge, "limit": 100})
        for refund in made.auto_paging_iter():
            if said_of(refund.metadata, "tenure_refund") == ours:
                return _said(order, refund)
    except StripeError:
        return RefundOutcome(order.refund, RefundResult.UNKNOWN)
    return None


def _said(order: RefundOrder, refund: Refund) -> RefundOutcome:
    result = _RESULTS.get(refund.status or "", RefundResult.FAILED)
    reason = ""
    if result is RefundResult.FAILED:
        reason = (refund.failure_reason if "failure_reason" in refund else "") or "refund_failed"
    return RefundOutcome(order.refund, result, reason, refund.id)
