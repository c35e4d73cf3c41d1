"""Customers have quotes made, accept them, decline them, or buy their carts (R12)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from tenure.flows.purchase import Purchase, buy
from tenure.flows.quotes.accepting import accept as accept_quote
from tenure.flows.quotes.accepting import decline as decline_quote
from tenure.flows.quotes.making import quote_cart
from tenure.flows.simulation.deeds.buying import filled, some_wishes
from tenure.flows.simulation.deeds.deed import (
    BY,
    Deed,
    Kind,
    asked,
    made_under,
    needed,
    noted,
    pick,
    taken_up,
)
from tenure.flows.simulation.deeds.ordering import how_paid, method_of, ordered
from tenure.flows.simulation.rulebook import buying, quotes
from tenure.flows.simulation.rulebook.customer import Cart, Customer, Order, Quote
from tenure.flows.simulation.story import Op
from tenure.orders.models import Cart as CartRow
from tenure.orders.models import Quote as QuoteRow


def make(customer: Customer, op: Op) -> Deed | None:
    """A quote of a new cart, or another one of a cart that has one."""
    known = pick(customer.quotes, op.picks[1]) if op.picks[2] % 4 == 0 else None
    wishes = some_wishes(customer, op)
    if known is None and not wishes:
        return None
    cart = known.cart if known is not None else Cart(buying.NOT_YET, wishes, customer.country)
    made: list[Quote] = []

    def does() -> object:
        if not cart.id.int:
            cart.id = filled(customer, op, cart.wishes).cart.id
        return quote_cart(
            cart=cart.id, organisation=customer.id, now=op.at, by=BY, asked=asked(op, customer)
        )

    def expects() -> str | None:
        return noted(quotes.make(customer, cart, op.at), made)

    def learns(_told: object) -> None:
        if made:
            made[0].id = needed(made_under(op, customer))
            cart.id = QuoteRow.objects.values_list("cart_id", flat=True).get(id=made[0].id)

    again = taken_up(op, customer, does, lambda found: found)
    return Deed(does=does, expects=expects, again=again, learns=learns)


def accept(customer: Customer, op: Op) -> Deed | None:
    """A quote is accepted, once more, or when its cart was bought already."""
    quote = _quote(customer, op)
    if quote is None:
        return None
    method, token = method_of(customer, op)

    def does() -> object:
        return accept_quote(
            quote=quote.id,
            payment=how_paid(method, token),
            now=op.at,
            by=BY,
            asked=asked(op, customer),
        )

    return ordered(
        customer, op, does, partial(quotes.accept, customer, quote, method, token, op.at)
    )


def decline(customer: Customer, op: Op) -> Deed | None:
    """A quote is declined."""
    quote = _quote(customer, op)
    if quote is None:
        return None
    return Deed(
        does=partial(decline_quote, quote=quote.id, now=op.at, by=BY),
        expects=partial(quotes.decline, quote, op.at),
        twice=True,
    )


def buy_cart(customer: Customer, op: Op) -> Deed | None:
    """The cart of a quote is bought beside it, unless its prices changed since it was filled."""
    quote = _quote(customer, op)
    if quote is None:
        return None
    cart = quote.cart
    method, token = method_of(customer, op)

    def does() -> object:
        version = CartRow.objects.values_list("version", flat=True).get(id=cart.id)
        purchase = Purchase(cart.id, version, customer.id, how_paid(method, token))
        return buy(purchase=purchase, now=op.at, by=BY, asked=asked(op, customer))

    def places() -> Order | str | None:
        if cart.order is not None:
            return None
        refused, lines = quotes.checked_cart(customer, cart, op.at)
        if refused == "country_mismatch":
            return refused
        order = buying.new_order(customer, lines, method, token, op.at)
        if refused is None and order.total != cart.shown:
            refused = "cart_changed"
        refused = refused or buying.method_refused(customer, method, customer.currency)
        if refused is not None:
            return refused
        cart.order = order
        buying.place(customer, cart.order, op.at)
        return cart.order

    return ordered(customer, op, does, places)


def _quote(customer: Customer, op: Op) -> Quote | None:
    sent = [each for each in customer.quotes if each.status == "sent"]
    return pick(sent if sent and op.picks[0] % 4 else customer.quotes, op.picks[1])


KINDS: Final[Mapping[str, Kind]] = {
    "quote": make,
    "accept_quote": accept,
    "decline_quote": decline,
    "buy_quoted": buy_cart,
}
