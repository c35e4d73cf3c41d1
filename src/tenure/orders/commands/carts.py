"""Filling a cart (R10, R11). Every change raises its version."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db.models import F

from tenure.base.calendar import Term
from tenure.base.errors import NotFound, Refused
from tenure.base.ids import public_id
from tenure.catalogue.queries import currency_of_country, offer_facts
from tenure.catalogue.rules import OfferFacts
from tenure.orders.errors import CART_ORDERED
from tenure.orders.models import Cart, CartLine
from tenure.orders.queries.carts import PricedCart, cart_facts, order_of_cart, price_cart
from tenure.orders.queries.policy import policy_in_force
from tenure.orders.rules.cart import line_verdict
from tenure.policy.words import Audience

MOST_SEATS_PER_LINE = 10_000
"""How many seats one line can hold; more is a slip of the pen or a matter for a quote."""


def create_cart(
    *, audience: Audience, country: str, organisation: UUID | None, now: datetime
) -> Cart:
    """An empty cart; its currency is that of the country (R5)."""
    return Cart.objects.create(
        organisation_id=organisation,
        audience=audience.value,
        country=country,
        currency=currency_of_country(country) or settings.FALLBACK_CURRENCY,
        created_at=now,
    )


def lock_cart(cart: UUID, organisation: UUID | None) -> Cart:
    """The cart, locked until commit; ``NotFound`` if it is not the organisation's.

    ``organisation`` is None for the vendor, who sees every cart.
    """
    carts = Cart.objects.select_for_update().filter(id=cart)
    if organisation is not None:
        carts = carts.filter(organisation_id=organisation)
    found = carts.first()
    if found is None:
        raise NotFound
    return found


def add_line(*, cart: Cart, offer: str, term: Term, quantity: int, on: date) -> PricedCart:
    """Put an offer into the locked ``cart``; the same offer again adds to its quantity.

    Raises ``NotFound`` for an unknown offer, ``Refused`` with the line's verdict; the cart is
    then unchanged.
    """
    _refuse_ordered(cart)
    lines = list(cart.lines.order_by("id"))
    offers = offer_facts({offer, *(line.offer_id for line in lines)})
    facts = offers.get(offer)
    if facts is None:
        raise NotFound
    _check_line(cart, facts, term, on)
    present = next((line for line in lines if line.offer_id == offer), None)
    if present is not None:
        present.quantity = min(present.quantity + quantity, MOST_SEATS_PER_LINE)
        present.save(update_fields=["quantity"])
    else:
        lines.append(
            CartLine.objects.create(
                cart=cart,
                organisation_id=cart.organisation_id,
                offer_id=offer,
                quantity=quantity,
            )
        )
    cart.term = term.value
    return _changed(cart, on, lines, offers)


def change_line(*, cart: Cart, line: UUID, quantity: int, on: date) -> PricedCart:
    """Set the quantity of a line of the locked ``cart``; ``NotFound`` if it has no such line."""
    _refuse_ordered(cart)
    if not cart.lines.filter(id=line).update(quantity=quantity):
        raise NotFound
    return _changed(cart, on, list(cart.lines.order_by("id")), None)


def remove_line(*, cart: Cart, line: UUID, on: date) -> PricedCart:
    """Take a line out of the locked ``cart``; an empty cart has no term any more (R11)."""
    _refuse_ordered(cart)
    if not cart.lines.filter(id=line).delete()[0]:
        raise NotFound
    lines = list(cart.lines.order_by("id"))
    if not lines:
        cart.term = ""
    return _changed(cart, on, lines, None)


def note_shown(priced: PricedCart) -> None:
    """Remember the total that was shown, so that a later one is not charged unseen (R16)."""
    if priced.cart.shown_total != priced.amounts.total and priced.order is None:
        Cart.objects.filter(id=priced.cart.id).update(shown_total=priced.amounts.total)


def _changed(
    cart: Cart, on: date, lines: list[CartLine], offers: dict[str, OfferFacts] | None
) -> PricedCart:
    cart.version += 1
    priced = price_cart(cart, on=on, lines=lines, facts=offers)
    cart.shown_total = priced.amounts.total
    Cart.objects.filter(id=cart.id).update(
        version=F("version") + 1, term=cart.term, shown_total=cart.shown_total
    )
    return priced


def _check_line(cart: Cart, offer: OfferFacts, term: Term, on: date) -> None:
    _, policy = policy_in_force()
    verdict = line_verdict(cart_facts(cart, term), offer, term, on=on, policy=policy)
    if not verdict:
        raise Refused.by(verdict)


def _refuse_ordered(cart: Cart) -> None:
    order = order_of_cart(cart.id)
    if order is not None:
        raise Refused(CART_ORDERED, order=public_id("ord", order))
