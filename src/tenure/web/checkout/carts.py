"""The cart: what is chosen, what it costs, and what differs since it was last shown (R10, R11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from tenure.base.errors import NotFound, Refused, Stale
from tenure.base.ids import parse_public_id
from tenure.flows.carts import Showing, change_lines, show_page
from tenure.orders.commands.carts import MOST_SEATS
from tenure.orders.queries.baskets import OpenCart
from tenure.web.checkout.buyers import day_of
from tenure.web.checkout.names import Names, in_words, shown
from tenure.web.checkout.roads import cart_page
from tenure.web.edge.baskets import basket, baskets_of, forget_cart
from tenure.web.edge.doors import FORM, public_page
from tenure.web.edge.refusals import Said, said, status_of
from tenure.web.edge.visits import Visit

FIELD: Final = "quantity-"
"""A field's name is this and the hexadecimal digits of a line."""

_LONGEST_NUMBER: Final = 12
"""No quantity is longer: what is, is not even read as a number."""


@dataclass
class Typed:
    """What was sent about a cart and cannot be done: shown again, with what is wrong."""

    values: Mapping[UUID, str] = field(default_factory=dict)
    errors: dict[UUID, str] = field(default_factory=dict)
    said: Said | None = None
    status: int = 200


@public_page(FORM, indexed=False)
def cart(visit: Visit) -> HttpResponse:
    """One of the visitor's carts, with the others as tabs."""
    if visit.posted:
        return _change(visit)
    wanted = visit.request.GET.get("cart", "")
    carts = [each for each in baskets_of(visit.request) if each.lines]
    if not carts:
        return visit.render("checkout/empty.html")
    chosen = carts[-1]
    if wanted:
        id_ = parse_public_id("cart", wanted)
        chosen = next((each for each in carts if each.id == id_), chosen)
    return _page(visit, chosen, Typed())


def _change(visit: Visit) -> HttpResponse:
    """Change quantities, take a line out, or throw the whole cart away."""
    posted = visit.request.POST
    found = basket(visit.request, parse_public_id("cart", posted.get("cart", "")))
    if "forget" in posted:
        forget_cart(visit.request, found.id)
        visit.tell(gettext("The cart is gone."))
        return visit.redirect(reverse("cart"))
    typed = _typed(visit)
    if not typed.errors:
        try:
            priced = change_lines(
                cart=found.id,
                within=found.organisation,
                quantities={id_: int(value) for id_, value in typed.values.items()},
                on=day_of(visit, found.organisation),
                version=_version(posted.get("version", "")),
            )
            if not priced.lines:
                return visit.redirect(reverse("cart"))
            if not _in_part(visit):
                return visit.redirect(cart_page(found.id))
            vars(visit.request).pop("baskets", None)
            typed = Typed()
        except (Refused, Stale, NotFound) as refused:
            error = Stale() if isinstance(refused, NotFound) else refused
            typed.said, typed.status = said(error, visit.language), status_of(error)
            if isinstance(error, Stale):
                typed.values = {}
    return _page(visit, found, typed)


def _in_part(visit: Visit) -> bool:
    """Whether htmx asks, which shows the page in the place of the one that is there."""
    return bool(visit.request.headers.get("HX-Request"))


def _version(text: str) -> int:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else 0


def _typed(visit: Visit) -> Typed:
    """The quantities that were sent, each a whole number of seats."""
    posted = visit.request.POST
    values: dict[UUID, str] = {}
    for name in posted:
        if name.startswith(FIELD):
            values[_line(name.removeprefix(FIELD))] = posted[name].strip()
    if "remove" in posted:
        values[_line(posted["remove"])] = "0"
    typed = Typed(values, status=200)
    for id_, value in values.items():
        if not (
            value.isascii()
            and value.isdecimal()
            and len(value) <= _LONGEST_NUMBER
            and int(value) <= MOST_SEATS
        ):
            typed.errors[id_] = gettext("A whole number, %(most)d at the most; 0 takes it out.") % {
                "most": MOST_SEATS
            }
            typed.status = 422
    return typed


def _line(text: str) -> UUID:
    try:
        return UUID(hex=text)
    except ValueError:
        raise NotFound from None


def _page(visit: Visit, chosen: OpenCart, typed: Typed) -> HttpResponse:
    on = day_of(visit, chosen.organisation)
    showing = show_page(cart=chosen.id, buyer=chosen.organisation, on=on)
    names = _names(showing, visit.language)
    priced = showing.priced
    page = shown(priced, names, visit.language, on)
    context = {
        "cart": page,
        "lines": [
            (line, typed.values.get(line.id, str(line.quantity)), typed.errors.get(line.id, ""))
            for line in page.lines
        ],
        "errors": {f"{FIELD}{id_.hex}": text for id_, text in typed.errors.items()},
        "said": typed.said,
        "differences": in_words(showing.differences, priced, names, visit.language),
        "carts": [each for each in baskets_of(visit.request) if each.lines],
        "most": MOST_SEATS,
    }
    status = 200 if _in_part(visit) else typed.status  # htmx shows what succeeds
    return visit.render("checkout/cart.html", context, status=status)


def _names(showing: Showing, language: str) -> Names:
    offers = {line.offer.id for line in showing.priced.lines}
    return Names([*offers, *(each.offer for each in showing.differences if each.offer)], language)
