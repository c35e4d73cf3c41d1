"""The sandbox's customer, who takes the step that the bank asks for, or does not."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from tenure.api.callers import Call
from tenure.api.calls import Answer, Calls
from tenure.api.fields import Body
from tenure.api.ordered import OrderOut, order_out
from tenure.api.shapes import MoneyOut, money_out
from tenure.base.ids import public_id
from tenure.billing.models import Payment
from tenure.flows.purchase import authenticate

calls = Calls("Sandbox")


class Step(Body):
    """What the customer does."""

    outcome: Literal["pass", "fail"]


class AuthenticationOut(TypedDict):
    """A payment that waits, or waited, for the customer's step."""

    payment: str
    order: str
    status: str
    amount: MoneyOut


@calls.get("/sandbox/authentications/{payment}", AuthenticationOut, sandbox_only=True)
def get_authentication(call: Call) -> Answer:
    """What the customer is asked to confirm."""
    row = Payment.objects.get(id=call.ids["payment"])
    out: AuthenticationOut = {
        "payment": public_id("pay", row.id),
        "order": public_id("ord", row.order_id),
        "status": row.status,
        "amount": money_out(row.amount, row.currency),
    }
    return Answer(out)


@calls.post("/sandbox/authentications/{payment}", {200: OrderOut}, sandbox_only=True)
def take_authentication_step(call: Call, body: Step) -> Answer:
    """Pass the step or fail it; the order is settled when this answers."""
    outcome = authenticate(
        payment=call.ids["payment"],
        passed=body.outcome == "pass",
        now=call.now,
        by=call.by,
    )
    return Answer(order_out(outcome.order), revision=outcome.revision)
