"""Paying a renewal now (R24)."""

from __future__ import annotations

from typing import Final

from tenure.api.callers import Call
from tenure.api.calls import Answer, Calls
from tenure.api.fields import Body
from tenure.api.ordered import OrderOut
from tenure.api.orders import PAYMENT_REFUSALS, PaymentIn, payment_of, repaid, settled
from tenure.flows.renewals.paying import pay_now
from tenure.orders.errors import ORDER_CLOSED, PAYMENT_IN_FLIGHT, VERIFICATION_PENDING
from tenure.subscriptions.errors import NOTHING_DUE

calls = Calls("Subscriptions")


class PayNow(Body):
    """How the renewal is paid: by the default card if nothing is said."""

    payment: PaymentIn | None = None


BY_DEFAULT: Final = PayNow()


@calls.post(
    "/subscriptions/{subscription}/pay",
    {200: OrderOut},
    moves_money=True,
    resume=repaid,
    refuses=(
        NOTHING_DUE,
        PAYMENT_IN_FLIGHT,
        ORDER_CLOSED,
        VERIFICATION_PENDING,
        *PAYMENT_REFUSALS,
    ),
)
def pay_renewal_now(call: Call, body: PayNow = BY_DEFAULT) -> Answer:
    """Pay what is due for the next period now, by another method if one is given (R24).

    It is paid with all that its order is for. What lapsed goes on from where it ended.
    """
    outcome = pay_now(
        subscription=call.ids["subscription"],
        payment=payment_of(body.payment) if body.payment else None,
        now=call.now,
        by=call.by,
        asked=call.asked,
    )
    return settled(outcome, 200)
