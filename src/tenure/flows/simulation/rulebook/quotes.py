"""Frozen priced promises (R12)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tenure.flows.simulation.rulebook.buying import (
    line_refused,
    method_refused,
    new_order,
    place,
    priced,
)
from tenure.flows.simulation.rulebook.customer import (
    VENDOR_ZONE,
    Cart,
    Customer,
    Line,
    Order,
    Paper,
    Quote,
)
from tenure.flows.simulation.rulebook.days import ONE_DAY, day_of, day_over
from tenure.flows.simulation.rulebook.goods import Offer, taxed

VALID_DAYS = 30


def checked(
    customer: Customer, wishes: Sequence[tuple[Offer, str, int]], at: datetime
) -> tuple[str | None, list[Line]]:
    """What speaks against a cart, or its lines at the prices of the day."""
    before: list[tuple[Offer, str]] = []
    on = customer.today(at)
    for offer, term, _ in wishes:
        refused = line_refused(customer, before, offer, term, on)
        if refused is not None:
            return refused, []
        before.append((offer, term))
    return None, priced(customer, wishes, on)


def make(customer: Customer, cart: Cart, at: datetime) -> str | Quote:
    """The prices of a cart are promised for 30 days, on a paper."""
    if cart.order is not None:
        return "cart_ordered"
    refused, lines = checked(customer, cart.wishes, at)
    if refused is not None:
        return refused
    net, tax = taxed(sum(each.amount for each in lines), customer.audience, customer.country)
    if cart.shown is None:
        cart.shown = sum(each.amount for each in lines)
    until = customer.today(at) + VALID_DAYS * ONE_DAY
    quote = Quote(UUID(int=0), cart, lines, net, tax, until, day_over(until, customer.zone))
    customer.quotes.append(quote)
    customer.papers.append(Paper("quote", "QUO", net, tax, day_of(at, VENDOR_ZONE)))
    return quote


def accept(customer: Customer, quote: Quote, method: str, token: str, at: datetime) -> str | Order:
    """It becomes one order, however often; the one that its cart became, if that was bought."""
    there = quote.order or quote.cart.order
    if there is not None:
        told = any(each.order is there for each in customer.quotes)
        if quote.order is None and quote.status == "sent" and not told:
            quote.status, quote.order = "accepted", there
        return there
    refused = _closed(quote, at) or method_refused(customer, method)
    if refused is not None:
        return refused
    order = new_order(customer, quote.lines, method, token)
    order.net, order.tax = quote.net, quote.tax
    quote.status, quote.order, quote.cart.order = "accepted", order, order
    place(customer, order, at)
    return order


def decline(quote: Quote, at: datetime) -> str | None:
    """The customer does not want it."""
    if quote.status == "declined":
        return None
    if quote.order is not None:
        return "quote_accepted"
    refused = _closed(quote, at)
    if refused is None:
        quote.status = "declined"
    return refused


def _closed(quote: Quote, at: datetime) -> str | None:
    if quote.status == "declined":
        return "quote_declined"
    return "quote_expired" if quote.expires_at <= at else None


def quotes_expired(customer: Customer, at: datetime) -> None:
    """Nobody accepted in time."""
    for quote in customer.quotes:
        if quote.status == "sent" and quote.expires_at <= at:
            quote.status = "expired"
