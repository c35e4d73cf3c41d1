"""The carts that somebody carries along, and which of them an offer can join (R10, R11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tenure.base.calendar import Term
from tenure.base.verdicts import Verdict, allow
from tenure.events.rows import read_values
from tenure.orders.errors import CART_FITS
from tenure.orders.models import Order
from tenure.orders.rules.cart import CartFacts, joining_verdict
from tenure.policy.words import Audience


@dataclass(frozen=True, slots=True)
class OpenCart:
    """A cart that is not ordered yet; ``organisation`` is whose it became, if it did.

    ``term`` is None while it has no ``lines``; ``seats`` is the sum of their quantities.
    """

    id: UUID
    organisation: UUID | None
    version: int
    audience: Audience
    country: str
    currency: str
    term: Term | None
    lines: int
    seats: int

    @property
    def facts(self) -> CartFacts:
        """The cart as a new line finds it."""
        return CartFacts(self.audience, self.country, self.currency, self.term)


_OPEN: Final = """
    SELECT cart.id, cart.organisation_id, cart.version, cart.audience, cart.country,
        cart.currency, cart.term, count(line.id), coalesce(sum(line.quantity), 0)::bigint
    FROM orders_cart AS cart
    LEFT JOIN orders_cartline AS line ON line.cart_id = cart.id
    WHERE cart.id = ANY((SELECT %s::uuid[])::uuid[])
        AND NOT EXISTS (SELECT FROM orders_order AS placed WHERE placed.cart_id = cart.id)
    GROUP BY cart.id
    ORDER BY cart.id
"""


def open_carts(ids: Sequence[UUID]) -> tuple[OpenCart, ...]:
    """Those of ``ids`` that are carts not yet ordered, the oldest first; one statement."""
    return tuple(
        OpenCart(
            id=id_,
            organisation=organisation,
            version=version,
            audience=Audience(audience),
            country=country,
            currency=currency,
            term=Term(term) if term else None,
            lines=lines,
            seats=seats,
        )
        for id_, organisation, version, audience, country, currency, term, lines, seats in (
            read_values(_OPEN, [list(ids)])
        )
    )


def cart_to_join(
    carts: Sequence[OpenCart], *, audience: Audience, country: str, term: Term
) -> tuple[OpenCart | None, Verdict]:
    """The newest of ``carts`` that fits what is bought so, with the yes (R11).

    Without one: None, with the newest's no; or with a yes, if nothing is in any of them.
    """
    no: Verdict | None = None
    for cart in reversed(carts):
        verdict = joining_verdict(cart.facts, audience=audience, country=country, term=term)
        if verdict:
            return cart, verdict
        if no is None and cart.lines:
            no = verdict
    return None, allow(CART_FITS) if no is None else no


def order_of_cart(cart: UUID) -> tuple[UUID, UUID] | None:
    """The order that a cart became, and whose it is (R16); one statement."""
    return Order.objects.filter(cart_id=cart).values_list("id", "organisation_id").first()
