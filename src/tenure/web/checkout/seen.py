"""What a checkout showed, carried by its form: by it, what differs is named and asked again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.core.signing import BadSignature, dumps, loads
from django.utils.translation import gettext

from tenure.orders.queries.carts import PricedCart, as_shown
from tenure.orders.rules.shown import Difference, ShownCart, differences, read, written
from tenure.web.checkout.deal import Deal
from tenure.web.edge.templatetags.days import day

_SALT: Final = "checkout"


@dataclass(frozen=True, slots=True)
class Seen:
    """A cart as it was shown, and the period that was named (R18)."""

    cart: ShownCart
    first_day: str
    last_day: str
    stop_until: str


def seen(priced: PricedCart, agreed: Deal) -> Seen:
    """What a page shows now."""
    return Seen(
        as_shown(priced), *map(_iso, (agreed.starts_on, agreed.last_day, agreed.stop_until))
    )


def carried(what: Seen) -> str:
    """It as a form carries it, signed."""
    told = [written(what.cart), what.first_day, what.last_day, what.stop_until]
    return dumps(told, salt=_SALT, compress=True)


def read_seen(text: str) -> Seen | None:
    """What the form says was shown; None if nobody of us wrote it."""
    try:
        cart, *days = loads(text, salt=_SALT)
    except (BadSignature, ValueError):
        return None
    known = read(cart)
    return Seen(known, *days) if known else None


def what_differs(before: Seen | None, now: Seen) -> tuple[Difference, ...]:
    """What is in the cart and costs otherwise than it was shown (R16)."""
    return differences(before.cart if before else None, now.cart)


def dates_differ(before: Seen | None, now: Seen, agreed: Deal) -> list[str]:
    """The period in words, if it is another than was shown (R18)."""
    if before is None:
        return []
    days = ("first_day", "last_day", "stop_until")
    if all(getattr(before, name) == getattr(now, name) for name in days):
        return []
    return [
        gettext("The period goes from %(first)s to %(last)s.")
        % {"first": day(agreed.starts_on), "last": day(agreed.last_day)}
    ]


def _iso(value: date | None) -> str:
    return value.isoformat() if value else ""
