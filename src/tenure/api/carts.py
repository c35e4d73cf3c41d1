"""Carts: what is being chosen, with its price as it stands (R10, R11)."""

from __future__ import annotations

from typing import Literal, NotRequired
from uuid import UUID

from typing_extensions import TypedDict

from tenure.api.callers import Call
from tenure.api.calls import Answer, Calls, etag_of, wanted_version
from tenure.api.fields import Body, Country, Identifier, Quantity, catalogue_id
from tenure.api.shapes import MoneyOut, money_out
from tenure.base.calendar import Term
from tenure.base.ids import public_id
from tenure.catalogue.errors import OFFER_NOT_IN_COUNTRY, OFFER_NOT_ONLINE, OFFER_WITHDRAWN
from tenure.flows import carts as flows
from tenure.orders.errors import (
    CART_ORDERED,
    MIXED_AUDIENCES,
    MIXED_TERMS,
    NOT_PRICED,
    TAX_RATE_UNKNOWN,
    TERM_NOT_FOR_AUDIENCE,
    TOO_MANY_SEATS,
    TRIAL_USED,
)
from tenure.orders.queries.carts import PricedCart, PricedLine
from tenure.policy.words import Audience

calls = Calls("Selling")

LINE_REFUSALS = (
    MIXED_AUDIENCES,
    TERM_NOT_FOR_AUDIENCE,
    MIXED_TERMS,
    OFFER_WITHDRAWN,
    OFFER_NOT_ONLINE,
    OFFER_NOT_IN_COUNTRY,
    NOT_PRICED,
    TRIAL_USED,
    TAX_RATE_UNKNOWN,
)


class NewCart(Body):
    """Whom the cart is for; with an organisation it is priced at that one's clock."""

    audience: Literal["business", "creator", "student"]
    country: Country
    organisation: Identifier | None = None


class NewLine(Body):
    """An offer, for how long, and for how many."""

    offer: Identifier
    term: Literal["month", "quarter", "year", "trial"]
    quantity: Quantity


class LineChange(Body):
    """Another quantity."""

    quantity: Quantity


class Obstacle(TypedDict):
    """Why a line cannot be bought as it stands."""

    code: str
    rule: str | None


class CartLineOut(TypedDict):
    """An offer in a cart; ``unit_price`` is by the catalogue (R7)."""

    id: str
    offer: str
    term: str
    quantity: int
    unit_price: MoneyOut
    net: MoneyOut
    tax: MoneyOut
    total: MoneyOut
    obstacle: Obstacle | None


class TaxOut(TypedDict):
    """The one rate of a cart or order, where the tax is owed, and by whom (R45)."""

    percent: str
    country: str | None
    reverse_charge: bool


class CartOut(TypedDict):
    """A cart; ``term`` is that of its lines, null without any; ``order`` what it became."""

    id: str
    version: int
    organisation: str | None
    audience: str
    country: str
    currency: str
    term: str | None
    lines: list[CartLineOut]
    tax: TaxOut
    total_net: MoneyOut
    total_tax: MoneyOut
    total: MoneyOut
    order: NotRequired[str]


def _again(call: Call, made: UUID) -> Answer:
    """The cart of a call that was cut short after its work was done."""
    priced = flows.show_cart(cart=made, within=call.caller.organisation, on=call.today)
    return _written(call, priced, made=True)


@calls.post(
    "/carts", {201: CartOut}, shows_version=True, refuses=(TAX_RATE_UNKNOWN,), resume=_again
)
def create_cart(call: Call, body: NewCart) -> Answer:
    """Open a cart for one audience and one country."""
    if body.organisation is not None:
        call.reach(body.organisation)
    elif call.caller.organisation is not None:
        call.reach(public_id("org", call.caller.organisation))
    priced = flows.open_cart(
        audience=Audience(body.audience),
        country=body.country,
        organisation=call.reached.id if call.reached else None,
        on=call.today,
        now=call.now,
        asked=call.asked,
    )
    return _written(call, priced, made=True)


@calls.get("/carts/{cart}", CartOut, shows_version=True, refuses=(TAX_RATE_UNKNOWN,))
def get_cart(call: Call) -> Answer:
    """The cart as it is today; its total counts as shown (R16)."""
    priced = flows.show_cart(cart=call.ids["cart"], within=call.caller.organisation, on=call.today)
    return Answer(cart_out(priced), etag=etag_of(priced.cart.version))


@calls.post(
    "/carts/{cart}/lines",
    {201: CartOut},
    shows_version=True,
    edits=True,
    refuses=(*LINE_REFUSALS, TOO_MANY_SEATS, CART_ORDERED),
    resume=_again,
)
def add_cart_line(call: Call, body: NewLine) -> Answer:
    """Put an offer into the cart; the same offer again adds to its quantity."""
    priced = flows.add_line(
        cart=call.ids["cart"],
        within=call.caller.organisation,
        offer=catalogue_id(body.offer),
        term=Term(body.term),
        quantity=body.quantity,
        on=call.today,
        version=wanted_version(call.request),
        asked=call.asked,
    )
    return _written(call, priced, made=True)


@calls.patch(
    "/carts/{cart}/lines/{line}",
    CartOut,
    shows_version=True,
    edits=True,
    refuses=(TOO_MANY_SEATS, CART_ORDERED, TAX_RATE_UNKNOWN),
)
def change_cart_line(call: Call, body: LineChange) -> Answer:
    """Set how many of an offer are in the cart."""
    priced = flows.change_line(
        cart=call.ids["cart"],
        within=call.caller.organisation,
        line=call.ids["line"],
        quantity=body.quantity,
        on=call.today,
        version=wanted_version(call.request),
    )
    return _written(call, priced, made=False)


@calls.delete(
    "/carts/{cart}/lines/{line}",
    {200: CartOut},
    shows_version=True,
    edits=True,
    refuses=(CART_ORDERED, TAX_RATE_UNKNOWN),
)
def remove_cart_line(call: Call) -> Answer:
    """Take an offer out of the cart."""
    priced = flows.remove_line(
        cart=call.ids["cart"],
        within=call.caller.organisation,
        line=call.ids["line"],
        on=call.today,
        version=wanted_version(call.request),
    )
    return _written(call, priced, made=False)


def cart_out(priced: PricedCart) -> CartOut:
    """A cart as it goes out."""
    cart, currency, amounts = priced.cart, priced.cart.currency, priced.amounts
    organisation = cart.organisation_id
    out: CartOut = {
        "id": public_id("cart", cart.id),
        "version": cart.version,
        "organisation": public_id("org", organisation) if organisation else None,
        "audience": cart.audience,
        "country": cart.country,
        "currency": currency,
        "term": cart.term or None,
        "lines": [_line(line, currency) for line in priced.lines],
        "tax": {
            "percent": f"{priced.situation.percent.normalize():f}",
            "country": priced.situation.country,
            "reverse_charge": priced.situation.reverse_charge,
        },
        "total_net": money_out(amounts.total_net, currency),
        "total_tax": money_out(amounts.total_tax, currency),
        "total": money_out(amounts.total, currency),
    }
    if priced.order is not None:
        out["order"] = public_id("ord", priced.order)
    return out


def _line(line: PricedLine, currency: str) -> CartLineOut:
    code = line.verdict.code
    return {
        "id": public_id("line", line.id),
        "offer": line.offer.id,
        "term": line.term.value,
        "quantity": line.quantity,
        "unit_price": money_out(line.unit_amount, currency),
        "net": money_out(line.net, currency),
        "tax": money_out(line.tax, currency),
        "total": money_out(line.gross, currency),
        "obstacle": None if line.verdict else {"code": code.code, "rule": code.rule},
    }


def _written(call: Call, priced: PricedCart, *, made: bool) -> Answer:
    """A cart is nobody's history, so its organisation's revision is the one it had."""
    out = cart_out(priced)
    return Answer(
        out,
        status=201 if made else 200,
        revision=call.reached.revision if call.reached else 0,
        location=f"/api/v1/carts/{out['id']}" if made else None,
        etag=etag_of(priced.cart.version),
    )
