"""Filling a cart: each call is one transaction, and gives the cart as it now is (R10, R11)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction as database

from tenure.base.calendar import Term
from tenure.base.errors import NotFound, Refused
from tenure.catalogue.queries import known_catalogue
from tenure.events.asked import Asked
from tenure.events.journal import asked_rows
from tenure.events.rows import foresee
from tenure.events.sending import Question
from tenure.events.writing import Writing
from tenure.orders.commands import carts as commands
from tenure.orders.models import Order
from tenure.orders.queries.baskets import OpenCart, cart_to_join
from tenure.orders.queries.carts import (
    CartContents,
    PricedCart,
    as_shown,
    contents_of,
    price_cart,
)
from tenure.orders.rules.shown import Difference, differences, read
from tenure.policy.words import Audience


@contextmanager
def _cart_transaction(foreseen: Sequence[Question] = ()) -> Iterator[Writing]:
    """Like a flow's transaction, but carts are nobody's history: what is chosen and put back is
    not in the journal."""
    with database.atomic(durable=True):
        if foreseen:
            foresee(foreseen)
        writing = Writing()
        yield writing
        writing.send(ending=True)


def open_cart(
    *,
    audience: Audience,
    country: str,
    organisation: UUID | None,
    on: date,
    now: datetime,
    asked: Asked | None = None,
) -> PricedCart:
    """An empty cart, for one audience and one country (R11)."""
    with _cart_transaction() as writing:
        known = known_catalogue()
        cart = commands.create_cart(
            audience=audience,
            country=country,
            organisation=organisation,
            known=known,
            now=now,
            writing=writing,
        )
        writing.insert(asked_rows(asked, made=cart.id))
        return price_cart(cart, CartContents([], None, known), on=on)


def show_cart(*, cart: UUID, within: UUID | None, on: date) -> PricedCart:
    """The cart as it is today; its total is remembered as shown (R16). Raises ``NotFound``."""
    with _cart_transaction(commands.to_lock_cart(cart)):
        locked = commands.lock_cart(cart, within)
        priced = price_cart(locked, contents_of(locked), on=on)
        commands.note_shown(priced)
        return priced


@dataclass(frozen=True, slots=True)
class Showing:
    """A cart as a page shows it, with what differs from what a page last showed (R10)."""

    priced: PricedCart
    differences: tuple[Difference, ...]


def show_page(*, cart: UUID, buyer: UUID | None, on: date) -> Showing:
    """The cart as it is today for ``buyer``, remembered as shown (R10, R16).

    A visitor's cart is looked at as it would be for the organisation that may buy it, and stays
    the visitor's. Raises ``NotFound``, also if it is another organisation's.
    """
    with _cart_transaction():
        locked = commands.lock_cart(cart, None)
        if buyer is not None and locked.organisation_id not in (None, buyer):
            raise NotFound
        locked.organisation_id = buyer or locked.organisation_id
        priced = price_cart(locked, contents_of(locked), on=on)
        found = differences(read(locked.shown), as_shown(priced), contents=False)
        commands.note_page(priced)
        return Showing(priced, found)


def add_line(
    *,
    cart: UUID,
    within: UUID | None,
    offer: str,
    term: Term,
    quantity: int,
    on: date,
    version: int | None = None,
    asked: Asked | None = None,
) -> PricedCart:
    """Put an offer into the cart. Raises ``NotFound``, or ``Refused`` with the line's verdict.

    Here as below, ``version`` is the one that the caller read, if it insists: ``Stale``.
    """
    with _cart_transaction(commands.to_lock_cart(cart)) as writing:
        locked = commands.lock_cart(cart, within, version)
        writing.insert(asked_rows(asked, made=cart))
        return commands.add_line(
            cart=locked, offer=offer, term=term, quantity=quantity, on=on, writing=writing
        )


def put_into_cart(
    *,
    carts: Sequence[OpenCart],
    second: bool,
    audience: Audience,
    country: str,
    offer: str,
    term: Term,
    quantity: int,
    on: date,
    now: datetime,
    asked: Asked | None = None,
) -> PricedCart:
    """Put an offer into the one of a visitor's ``carts`` that fits, or into a new one (R10).

    Raises ``NotFound``, or ``Refused``: with the line's verdict, or, where there are carts of
    which none fits, with the last one's verdict unless a ``second`` one is wanted (R11).
    """
    joined, verdict = cart_to_join(carts, audience=audience, country=country, term=term)
    if joined is None and not verdict and not second:
        raise Refused.by(verdict)
    with _cart_transaction() as writing:
        if joined is None:
            cart = commands.create_cart(
                audience=audience,
                country=country,
                organisation=None,
                known=known_catalogue(),
                now=now,
                writing=writing,
            )
            writing.send()
        else:
            cart = commands.lock_cart(joined.id, None)
        writing.insert(asked_rows(asked, made=cart.id))
        return commands.add_line(
            cart=cart, offer=offer, term=term, quantity=quantity, on=on, writing=writing
        )


def buy_again(*, order: UUID, on: date, now: datetime, asked: Asked | None = None) -> PricedCart:
    """A cart of the organisation's with what ``order`` was of, at today's prices (R10).

    Raises ``NotFound``.
    """
    with _cart_transaction() as writing:
        known = known_catalogue()
        row = Order.objects.select_related("organisation").filter(id=order).first()
        if row is None:
            raise NotFound
        cart = commands.create_cart(
            audience=Audience(row.organisation.audience),
            country=row.organisation.country,
            organisation=row.organisation_id,
            known=known,
            now=now,
            writing=writing,
        )
        writing.send()
        writing.insert(asked_rows(asked, made=cart.id))
        return commands.refill_cart(cart=cart, known=known, order=row, on=on, writing=writing)


def change_line(
    *,
    cart: UUID,
    within: UUID | None,
    line: UUID,
    quantity: int,
    on: date,
    version: int | None = None,
) -> PricedCart:
    """Set a line's quantity. Raises ``NotFound``, or ``Refused`` if the cart is ordered."""
    with _cart_transaction() as writing:
        locked = commands.lock_cart(cart, within, version)
        return commands.change_line(
            cart=locked, line=line, quantity=quantity, on=on, writing=writing
        )


def remove_line(
    *, cart: UUID, within: UUID | None, line: UUID, on: date, version: int | None = None
) -> PricedCart:
    """Take a line out. Raises ``NotFound``, or ``Refused`` if the cart is ordered."""
    with _cart_transaction() as writing:
        locked = commands.lock_cart(cart, within, version)
        return commands.remove_line(cart=locked, line=line, on=on, writing=writing)


def change_lines(
    *,
    cart: UUID,
    within: UUID | None,
    quantities: Mapping[UUID, int],
    on: date,
    version: int | None = None,
) -> PricedCart:
    """Set the quantities of several lines, 0 taking one out; all of them or none.

    Raises ``NotFound``, or ``Refused`` if the cart is ordered.
    """
    with _cart_transaction() as writing:
        locked = commands.lock_cart(cart, within, version)
        return commands.change_lines(cart=locked, quantities=quantities, on=on, writing=writing)
