"""Orders: what was bought, and how it is paid."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StrictBool, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from tenure.api.callers import Call
from tenure.api.calls import Answer, Calls
from tenure.api.carts import LINE_REFUSALS
from tenure.api.errors import FIELD_UNUSABLE
from tenure.api.fields import Body, Identifier, MoneyIn, Text100, Version
from tenure.api.lists import Cursor, Limit, page_by_id
from tenure.api.ordered import OrderOut, order_out, orders_out
from tenure.api.shapes import Page
from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id
from tenure.base.money import Money
from tenure.billing.ledger.errors import RATE_UNKNOWN
from tenure.flows.purchase import (
    CardPayment,
    Purchase,
    TransferPayment,
    buy,
    pay_order,
    resume_order,
    withdraw_order,
)
from tenure.flows.written import Outcome
from tenure.orders.errors import (
    AUDIENCE_MISMATCH,
    CART_CHANGED,
    CART_EMPTY,
    COUNTRY_MISMATCH,
    METHOD_NOT_FOR_AUDIENCE,
    METHOD_UNAVAILABLE,
    ORDER_CLOSED,
    PAYMENT_IN_FLIGHT,
    PAYMENT_NEEDED,
    VERIFICATION_PENDING,
)
from tenure.orders.models import Cart, Order
from tenure.subscriptions.errors import RENEWAL_STANDS

calls = Calls("Selling")


class CardIn(Body):
    """A card, by the gateway's token; never its number.

    Or one on file, by its ``payment_method``; or one that the customer gives on the gateway's own
    page, ``hosted``. With nothing said it is the default one. ``save`` keeps a new one for
    renewals.
    """

    method: Literal["card"]
    token: Text100 | None = None
    payment_method: Identifier | None = None
    hosted: StrictBool = False
    save: StrictBool = True

    @field_validator("payment_method", "hosted")
    @classmethod
    def _is_one_card(cls, value: str | bool | None, info: ValidationInfo) -> str | bool | None:
        """Two ways to name a card are a slip: nobody may guess which one is charged."""
        if value and (info.data.get("token") or info.data.get("payment_method")):
            raise PydanticCustomError(FIELD_UNUSABLE.code, FIELD_UNUSABLE.en)
        return value


class TransferIn(Body):
    """A bank transfer, for companies (R14)."""

    method: Literal["bank_transfer"]


PaymentIn = Annotated[CardIn | TransferIn, Field(discriminator="method")]


class NewOrder(Body):
    """A cart as it was shown, who orders it, and how it is paid.

    `start_at_once` puts on record that a consumer expressly asked for it (R33).
    """

    cart: Identifier
    cart_version: Version
    organisation: Identifier
    expected_total: MoneyIn | None = None
    payment: PaymentIn | None = None
    start_at_once: StrictBool = False


class NewPayment(Body):
    """Another way to pay."""

    payment: PaymentIn


PAYMENT_REFUSALS = (METHOD_NOT_FOR_AUDIENCE, METHOD_UNAVAILABLE)


def resumed(call: Call, made: UUID) -> Answer:
    """A call cut short is taken up where the order stands."""
    outcome = resume_order(order=made, now=call.now, by=call.by)
    return settled(outcome, 201)


def repaid(call: Call, made: UUID) -> Answer:
    """A call to pay that was cut short is taken up where the order stands."""
    outcome = resume_order(order=made, now=call.now, by=call.by)
    return settled(outcome, 200)


@calls.post(
    "/orders",
    {201: OrderOut, 200: OrderOut},
    moves_money=True,
    resume=resumed,
    refuses=(
        CART_CHANGED,
        CART_EMPTY,
        AUDIENCE_MISMATCH,
        COUNTRY_MISMATCH,
        PAYMENT_NEEDED,
        RATE_UNKNOWN,
        *PAYMENT_REFUSALS,
        *LINE_REFUSALS,
    ),
)
def place_order(call: Call, body: NewOrder) -> Answer:
    """Order a cart and pay it; a cart already ordered gives 200 and that order (R16)."""
    call.reach(body.organisation)
    expected = body.expected_total
    purchase = Purchase(
        cart=_cart_of(call, body.cart),
        cart_version=body.cart_version,
        organisation=call.organisation,
        payment=payment_of(body.payment) if body.payment else None,
        expected_total=Money(expected.amount, expected.currency) if expected else None,
        start_at_once=body.start_at_once,
    )
    outcome = buy(purchase=purchase, now=call.now, by=call.by, asked=call.asked)
    return settled(outcome, 201 if outcome.created else 200)


@calls.get("/orders/{order}", OrderOut)
def get_order(call: Call) -> Answer:
    """One order."""
    return Answer(order_out(call.ids["order"]))


@calls.get("/organisations/{organisation}/orders", Page[OrderOut])
def list_orders(call: Call, limit: Limit = 50, cursor: Cursor = None) -> Answer:
    """The organisation's orders, oldest first."""
    rows = Order.objects.filter(organisation_id=call.organisation)
    shown, following = page_by_id("orders", rows, limit, cursor)
    return Answer({"data": orders_out([order.id for order in shown]), "next_cursor": following})


@calls.post(
    "/orders/{order}/payments",
    {200: OrderOut},
    moves_money=True,
    resume=repaid,
    refuses=(PAYMENT_IN_FLIGHT, ORDER_CLOSED, VERIFICATION_PENDING, *PAYMENT_REFUSALS),
)
def pay_unpaid_order(call: Call, body: NewPayment) -> Answer:
    """Pay an unpaid order again, with another card or another way."""
    outcome = pay_order(
        order=call.ids["order"],
        payment=payment_of(body.payment),
        now=call.now,
        by=call.by,
        asked=call.asked,
    )
    return settled(outcome, 200)


@calls.delete(
    "/orders/{order}",
    {200: OrderOut},
    refuses=(PAYMENT_IN_FLIGHT, ORDER_CLOSED, RENEWAL_STANDS),
)
def withdraw_unpaid_order(call: Call) -> Answer:
    """Withdraw an unpaid order (R16)."""
    outcome = withdraw_order(order=call.ids["order"], now=call.now, by=call.by)
    return settled(outcome, 200)


def settled(outcome: Outcome, status: int) -> Answer:
    """The order that came of a purchase, as it stands."""
    out = order_out(outcome.order)
    return Answer(
        out,
        status=status,
        revision=outcome.revision,
        location=f"/api/v1/orders/{out['id']}" if status == 201 else None,
    )


def payment_of(given: CardIn | TransferIn) -> CardPayment | TransferPayment:
    """How a body says that it is paid."""
    if isinstance(given, TransferIn):
        return TransferPayment()
    saved = given.payment_method
    return CardPayment(
        token=given.token or "",
        payment_method=parse_public_id("pm", saved) if saved else None,
        hosted=given.hosted,
        saves=given.save,
    )


def _cart_of(call: Call, given: str) -> UUID:
    """The cart that a body names; a visitor's cart is nobody's but the vendor's to order."""
    cart = parse_public_id("cart", given)
    caller = call.caller.organisation
    if caller is not None and not Cart.objects.filter(id=cart, organisation=caller).exists():
        raise NotFound
    return cart
