"""Filling a cart (R10, R11). Every change raises its version."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from tenure.base.calendar import Term
from tenure.base.errors import NotFound, Refused, Stale
from tenure.base.ids import public_id
from tenure.catalogue.queries import KnownCatalogue, known_catalogue
from tenure.events.rows import insert_rows, read_rows, write
from tenure.orders.errors import CART_ORDERED, TOO_MANY_SEATS
from tenure.orders.models import Cart, CartLine
from tenure.orders.queries.carts import (
    PricedCart,
    cart_facts,
    lines_of,
    order_of_cart,
    price_cart,
    with_tried,
)
from tenure.orders.queries.policy import policy_at
from tenure.orders.rules.cart import line_verdict
from tenure.policy.words import Audience

FALLBACK_CURRENCY = "EUR"
"""In which nothing is priced: that of a cart while no catalogue names any currency."""

MOST_SEATS = 10_000
"""How many seats one cart can hold; more is a slip of the pen or a matter for a quote."""


def create_cart(
    *,
    audience: Audience,
    country: str,
    organisation: UUID | None,
    known: KnownCatalogue,
    now: datetime,
) -> Cart:
    """An empty cart; its currency is that of the country (R5)."""
    cart = Cart(
        organisation_id=organisation,
        audience=audience.value,
        country=country,
        currency=known.currency_of(country) or FALLBACK_CURRENCY,
        created_at=now,
    )
    insert_rows([cart])
    return cart


def lock_cart(cart: UUID, organisation: UUID | None, version: int | None = None) -> Cart:
    """The cart, locked until commit; ``NotFound`` if it is not the organisation's.

    ``organisation`` is None for the vendor, who sees every cart. ``Stale`` if it is not at the
    ``version`` that the caller insists on.
    """
    found = read_rows(Cart, "WHERE id = %s FOR UPDATE", [cart])
    if not found or organisation not in (None, found[0].organisation_id):
        raise NotFound
    if version not in (None, found[0].version):
        raise Stale
    return found[0]


def add_line(*, cart: Cart, offer: str, term: Term, quantity: int, on: date) -> PricedCart:
    """Put an offer into the locked ``cart``; the same offer again adds to its quantity.

    Raises ``NotFound`` for an unknown offer, ``Refused`` with the line's verdict; the cart is
    then unchanged.
    """
    _refuse_ordered(cart)
    lines = lines_of(cart)
    known = known_catalogue()
    facts = known.offers([offer]).get(offer)
    if facts is None:
        raise NotFound
    _, policy = policy_at(known.stamp)
    about = cart_facts(cart, term)
    for other in known.offers(line.offer_id for line in lines if line.offer_id != offer).values():
        about = with_tried(about, other)
    verdict = line_verdict(about, facts, term, on=on, policy=policy)
    if not verdict:
        raise Refused.by(verdict)
    present = next((line for line in lines if line.offer_id == offer), None)
    if present is not None:
        present.quantity += quantity
        present.save(update_fields=["quantity"])
    else:
        lines.append(
            CartLine(
                cart=cart,
                organisation_id=cart.organisation_id,
                offer_id=offer,
                quantity=quantity,
            )
        )
        insert_rows(lines[-1:])
    cart.term = term.value
    return _changed(cart, on, lines, known)


def change_line(*, cart: Cart, line: UUID, quantity: int, on: date) -> PricedCart:
    """Set the quantity of a line of the locked ``cart``; ``NotFound`` if it has no such line."""
    _refuse_ordered(cart)
    if not cart.lines.filter(id=line).update(quantity=quantity):
        raise NotFound
    return _changed(cart, on, lines_of(cart), None)


def remove_line(*, cart: Cart, line: UUID, on: date) -> PricedCart:
    """Take a line out of the locked ``cart``; an empty cart has no term any more (R11)."""
    _refuse_ordered(cart)
    if not cart.lines.filter(id=line).delete()[0]:
        raise NotFound
    lines = lines_of(cart)
    if not lines:
        cart.term = ""
    return _changed(cart, on, lines, None)


def claim_cart(cart: Cart, organisation: UUID) -> None:
    """A visitor's locked ``cart`` becomes the organisation's that orders it."""
    if cart.organisation_id is None:
        cart.organisation_id = organisation
        Cart.objects.filter(id=cart.id).update(organisation_id=organisation)
        CartLine.objects.filter(cart=cart).update(organisation_id=organisation)


def note_shown(priced: PricedCart) -> None:
    """Remember the total that was shown, so that a later one is not charged unseen (R16)."""
    if priced.cart.shown_total != priced.amounts.total and priced.order is None:
        Cart.objects.filter(id=priced.cart.id).update(shown_total=priced.amounts.total)


def _changed(
    cart: Cart, on: date, lines: list[CartLine], known: KnownCatalogue | None
) -> PricedCart:
    seats = sum(line.quantity for line in lines)
    if seats > MOST_SEATS:
        raise Refused(TOO_MANY_SEATS, most=MOST_SEATS, quantity=seats)
    cart.version += 1
    priced = price_cart(cart, on=on, order=None, lines=lines, known=known)
    cart.shown_total = priced.amounts.total
    write(
        "UPDATE orders_cart SET version = %s, term = %s, shown_total = %s WHERE id = %s",
        [cart.version, cart.term, cart.shown_total, cart.id],
    )
    return priced


def _refuse_ordered(cart: Cart) -> None:
    order = order_of_cart(cart.id)
    if order is not None:
        raise Refused(CART_ORDERED, order=public_id("ord", order))
