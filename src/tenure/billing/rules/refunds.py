"""How much of a payment can be given back (R48)."""

from __future__ import annotations

from collections.abc import Sequence

from tenure.base.money import Money
from tenure.base.verdicts import Verdict, allow, refuse
from tenure.billing.errors import (
    REFUND_ALL_BACK,
    REFUND_AMOUNT_INVALID,
    REFUND_TOO_MUCH,
    REFUNDABLE,
)


def refund_verdict(asked: Money, *, paid: Money, given_back: Sequence[int]) -> Verdict:
    """Whether ``asked`` can go back of what was ``paid``.

    ``given_back`` are the payment's refunds that did not fail, in minor units, those still on
    their way included: never more goes back than was paid.
    """
    available = Money(paid.amount - sum(given_back), paid.currency)
    if not available.amount:
        return refuse(REFUND_ALL_BACK)
    if asked.amount <= 0 or asked.currency != paid.currency:
        return refuse(REFUND_AMOUNT_INVALID, currency=paid.currency)
    if asked.amount > available.amount:
        return refuse(REFUND_TOO_MUCH, asked=asked, available=available)
    return allow(REFUNDABLE, available=available)
