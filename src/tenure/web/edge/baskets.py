"""The carts that a visitor carries along, in a signed cookie: no session is made for them.

What an organisation made its own is shown to its members alone, also in the same browser.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from tenure.base.calendar import Term
from tenure.base.errors import NotFound
from tenure.events.asked import Asked
from tenure.flows.carts import put_into_cart
from tenure.orders.queries.baskets import OpenCart, open_carts
from tenure.orders.queries.carts import PricedCart
from tenure.policy.words import Audience
from tenure.web.edge.visitor import visitor_of
from tenure.web.edge.visits import Visit

CARTS: Final = "carts"
"""The cookie's name."""

CART_PAGE: Final = "/cart"
"""Where the carts are shown."""

MOST_CARTS: Final = 8
"""So many are remembered; the oldest is forgotten for a further one."""

_signer = Signer(salt="carts")


def baskets_of(request: HttpRequest) -> tuple[OpenCart, ...]:
    """The visitor's carts that are not ordered yet, the oldest first; one statement at most."""
    found: tuple[OpenCart, ...] | None = getattr(request, "baskets", None)
    if found is None:
        ids = _kept(request)
        carts = open_carts(ids) if ids else ()
        found = tuple(cart for cart in carts if _may_see(request, cart))
        request.baskets = found  # type: ignore[attr-defined]  # read here alone
    return found


def basket(request: HttpRequest, cart: UUID) -> OpenCart:
    """One of the visitor's carts; ``NotFound`` if it is none of theirs, or ordered."""
    for each in baskets_of(request):
        if each.id == cart:
            return each
    raise NotFound


def put_into_basket(
    visit: Visit,
    *,
    audience: Audience,
    country: str,
    offer: str,
    term: Term,
    quantity: int,
    second: bool = False,
    asked: Asked | None = None,
) -> PricedCart:
    """Put an offer into the cart of the visitor's that fits, or into a new one, and remember it.

    Raises as ``flows.carts.put_into_cart``: a cart of another term, audience or country says no
    until a ``second`` one is wanted (R11).
    """
    priced = put_into_cart(
        carts=baskets_of(visit.request),
        second=second,
        audience=audience,
        country=country,
        offer=offer,
        term=term,
        quantity=quantity,
        on=visit.today,
        now=visit.now,
        asked=asked,
    )
    remember_cart(visit.request, priced.cart.id)
    return priced


def remember_cart(request: HttpRequest, cart: UUID) -> None:
    """The visitor carries ``cart`` along from now on."""
    _keep(request, [*(each for each in _kept(request) if each != cart), cart][-MOST_CARTS:])


def forget_cart(request: HttpRequest, cart: UUID) -> None:
    """The visitor leaves ``cart`` behind; a cart that was ordered needs no forgetting."""
    _keep(request, [each for each in _kept(request) if each != cart])


def cart_count(request: HttpRequest) -> dict[str, Any]:
    """The context processor: ``cart_count``, the seats in all carts, read where it is shown."""

    def count() -> int:
        return sum(cart.seats for cart in baskets_of(request))

    return {"cart_count": SimpleLazyObject(count)}


def _may_see(request: HttpRequest, cart: OpenCart) -> bool:
    members = visitor_of(request).active_memberships if cart.organisation else ()
    return not cart.organisation or any(m.organisation.id == cart.organisation for m in members)


def _kept(request: HttpRequest) -> list[UUID]:
    """What the cookie says, or will say; nothing where somebody else wrote it."""
    written = visitor_of(request).kept.get(CARTS, request.COOKIES.get(CARTS, ""))
    try:
        return [UUID(hex=each) for each in _signer.unsign(written).split(".") if each]
    except (BadSignature, ValueError):
        return []


def _keep(request: HttpRequest, carts: list[UUID]) -> None:
    visitor_of(request).kept[CARTS] = _signer.sign(".".join(cart.hex for cart in carts))
    if hasattr(request, "baskets"):
        del request.baskets
