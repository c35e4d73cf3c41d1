"""Filling a cart (R10, R11). Every change raises its version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from tenure.base.calendar import Term
from tenure.base.errors import NotFound, Refused, Stale
from tenure.base.ids import public_id
from tenure.catalogue.queries import KnownCatalogue
from tenure.events.rows import read_rows, to_read
from tenure.events.sending import Question
from tenure.events.writing import Writing
from tenure.orders.errors import CART_ORDERED, TOO_MANY_SEATS
from tenure.orders.models import Cart, CartLine, Order
from tenure.orders.queries.carts import (
    CartContents,
    PricedCart,
    as_shown,
    cart_facts,
    contents_of,
    price_cart,
    to_see_contents,
    with_tried,
)
from tenure.orders.queries.policy import policy_at
from tenure.orders.rules.cart import line_verdict
from tenure.orders.rules.shown import written
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
    writing: Writing,
) -> Cart:
    """An empty cart; its currency is that of the country (R5)."""
    cart = Cart(
        organisation_id=organisation,
        audience=audience.value,
        country=country,
        currency=known.currency_of(country) or FALLBACK_CURRENCY,
        created_at=now,
    )
    writing.insert([cart])
    return cart


def lock_cart(cart: UUID, organisation: UUID | None, version: int | None = None) -> Cart:
    """The cart, locked until commit; ``NotFound`` if it is not the organisation's.

    ``organisation`` is None for the vendor, who sees every cart. ``Stale`` if it is not at the
    ``version`` that the caller insists on.
    """
    found = read_rows(Cart, _LOCKED, [cart])
    if not found or organisation not in (None, found[0].organisation_id):
        raise NotFound
    if version not in (None, found[0].version):
        raise Stale
    return found[0]


_LOCKED: Final = "WHERE id = %s FOR UPDATE"


def to_lock_cart(cart: UUID) -> tuple[Question, Question]:
    """What ``lock_cart`` and then ``contents_of`` ask, to be foreseen."""
    return to_read(Cart, _LOCKED, [cart]), to_see_contents(cart)


def add_line(
    *, cart: Cart, offer: str, term: Term, quantity: int, on: date, writing: Writing
) -> PricedCart:
    """Put an offer into the locked ``cart``; the same offer again adds to its quantity.

    Raises ``NotFound`` for an unknown offer, ``Refused`` with the line's verdict; the cart is
    then unchanged.
    """
    contents = _open_contents(cart)
    known = contents.known
    facts = known.offers([offer]).get(offer)
    if facts is None:
        raise NotFound
    _, policy = policy_at(known.stamp)
    about = cart_facts(cart, term)
    others = [line.offer_id for line in contents.lines if line.offer_id != offer]
    for other in known.offers(others).values():
        about = with_tried(about, other)
    verdict = line_verdict(about, facts, term, on=on, policy=policy)
    if not verdict:
        raise Refused.by(verdict)
    cart.term = term.value
    present = next((line for line in contents.lines if line.offer_id == offer), None)
    if present is not None:
        _set_quantity(present, present.quantity + quantity, writing)
        return _changed(cart, contents, on, writing)
    line = CartLine(
        cart=cart, organisation_id=cart.organisation_id, offer_id=offer, quantity=quantity
    )
    writing.insert([line])
    return _changed(cart, replace(contents, lines=[*contents.lines, line]), on, writing)


def change_line(*, cart: Cart, line: UUID, quantity: int, on: date, writing: Writing) -> PricedCart:
    """Set the quantity of a line of the locked ``cart``; ``NotFound`` if it has no such line."""
    contents = _open_contents(cart)
    _set_quantity(_line(contents, line), quantity, writing)
    return _changed(cart, contents, on, writing)


def remove_line(*, cart: Cart, line: UUID, on: date, writing: Writing) -> PricedCart:
    """Take a line out of the locked ``cart``; an empty cart has no term any more (R11)."""
    contents = _open_contents(cart)
    removed = _line(contents, line)
    left = [each for each in contents.lines if each is not removed]
    writing.change("DELETE FROM orders_cartline WHERE id = %s", [line])
    if not left:
        cart.term = ""
    return _changed(cart, replace(contents, lines=left), on, writing)


def change_lines(
    *, cart: Cart, quantities: Mapping[UUID, int], on: date, writing: Writing
) -> PricedCart:
    """Set the quantities of several lines of the locked ``cart``; 0 takes a line out.

    What says the same changes nothing. ``NotFound`` if it has no such line.
    """
    contents = _open_contents(cart)
    wanted = {_line(contents, id_): quantity for id_, quantity in quantities.items()}
    changed = {line: quantity for line, quantity in wanted.items() if line.quantity != quantity}
    if not changed:
        return price_cart(cart, contents, on=on)
    for line, quantity in changed.items():
        line.quantity = quantity
    left = [line for line in contents.lines if line.quantity]
    if not left:
        cart.term = ""
    gone = [line.id for line in contents.lines if not line.quantity]
    kept = [line for line in changed if line.quantity]
    writing.change("DELETE FROM orders_cartline WHERE id = ANY(%s::uuid[])", [gone])
    writing.change(
        "UPDATE orders_cartline AS line SET quantity = wanted.quantity "
        "FROM unnest(%s::uuid[], %s::int[]) AS wanted (id, quantity) WHERE line.id = wanted.id",
        [[line.id for line in kept], [line.quantity for line in kept]],
    )
    return _changed(cart, replace(contents, lines=left), on, writing)


def refill_cart(
    *, cart: Cart, known: KnownCatalogue, order: Order, on: date, writing: Writing
) -> PricedCart:
    """Put what ``order`` was of into the empty ``cart``, which is written already.

    What can no longer be bought comes along, and says so by its verdict.
    """
    lines = list(order.lines.order_by("position"))
    cart.term = lines[0].term
    rows = [
        CartLine(
            cart=cart,
            organisation_id=cart.organisation_id,
            offer_id=line.offer_id,
            quantity=line.quantity,
        )
        for line in lines
    ]
    writing.insert(rows)
    return _changed(cart, CartContents(rows, None, known), on, writing)


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


def note_page(priced: PricedCart) -> None:
    """Remember all that a page showed, so that each difference can be named later (R10, R16)."""
    shown = written(as_shown(priced))
    if priced.order is None and (
        priced.cart.shown != shown or priced.cart.shown_total != priced.amounts.total
    ):
        Cart.objects.filter(id=priced.cart.id).update(shown=shown, shown_total=priced.amounts.total)


def _open_contents(cart: Cart) -> CartContents:
    """What is in the locked ``cart``, unless it was ordered."""
    contents = contents_of(cart)
    if contents.order is not None:
        raise Refused(CART_ORDERED, order=public_id("ord", contents.order))
    return contents


def _line(contents: CartContents, id_: UUID) -> CartLine:
    for line in contents.lines:
        if line.id == id_:
            return line
    raise NotFound


def _set_quantity(line: CartLine, quantity: int, writing: Writing) -> None:
    line.quantity = quantity
    writing.change("UPDATE orders_cartline SET quantity = %s WHERE id = %s", [quantity, line.id])


def _changed(cart: Cart, contents: CartContents, on: date, writing: Writing) -> PricedCart:
    seats = sum(line.quantity for line in contents.lines)
    if seats > MOST_SEATS:
        raise Refused(TOO_MANY_SEATS, most=MOST_SEATS, quantity=seats)
    cart.version += 1
    priced = price_cart(cart, contents, on=on)
    cart.shown_total = priced.amounts.total
    writing.change(
        "UPDATE orders_cart SET version = %s, term = %s, shown_total = %s WHERE id = %s",
        [cart.version, cart.term, cart.shown_total, cart.id],
    )
    return priced
