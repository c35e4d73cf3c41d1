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
from tenure.flows.simulation.rulebook.taxing import number_in_vain, tax_of

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


def checked_cart(customer: Customer, cart: Cart, at: datetime) -> tuple[str | None, list[Line]]:
    """The same of a cart that was filled before: it is for the country that was billed then."""
    if cart.country != customer.country:
        return "country_mismatch", []
    return checked(customer, cart.wishes, at)


def make(customer: Customer, cart: Cart, at: datetime) -> str | Quote:
    """The prices of a cart are promised for 30 days, on a paper."""
    if cart.order is not None:
        return "cart_ordered"
    refused, lines = checked_cart(customer, cart, at)
    if refused is not None:
        return refused
    whose = tax_of(customer, customer.today(at))
    net, tax = taxed(sum(each.amount for each in lines), customer.audience, whose.rate)
    if cart.shown is None:
        cart.shown = net + tax
    until = customer.today(at) + VALID_DAYS * ONE_DAY
    over = day_over(until, customer.zone)
    quote = Quote(
        UUID(int=0), cart, lines, net, tax, until, over, currency=customer.currency, tax=whose
    )
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
    refused = (
        _closed(quote, at)
        or _outdated(customer, quote, at)
        or method_refused(customer, method, quote.currency)
    )
    if refused is not None:
        return refused
    order = new_order(customer, quote.lines, method, token, at, currency=quote.currency)
    order.net, order.tax = quote.net, quote.tax_amount
    order.vat_number = number_in_vain(customer, quote.tax, quote.tax_amount)
    order.reverse = quote.tax.reverse
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


def _outdated(customer: Customer, quote: Quote, at: datetime) -> str | None:
    """Its tax is frozen, and not whose it is: another country, or a number that is none any more;
    one that was validated since spares the tax afterwards (R12, R45)."""
    now = tax_of(customer, customer.today(at))
    if quote.tax.reverse:
        same = customer.vat_validated_at is not None and customer.country == quote.tax.country
    else:
        same = now.country == quote.tax.country
    return None if same else "quote_outdated"


def _closed(quote: Quote, at: datetime) -> str | None:
    if quote.status == "declined":
        return "quote_declined"
    return "quote_expired" if quote.expires_at <= at else None


def quotes_expired(customer: Customer, at: datetime) -> None:
    """Nobody accepted in time."""
    for quote in customer.quotes:
        if quote.status == "sent" and quote.expires_at <= at:
            quote.status = "expired"
