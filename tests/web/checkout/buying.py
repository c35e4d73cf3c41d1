"""Buying by pages: a cart in a browser's pocket, and what a checkout's form sends."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.test import Client

from tenure.base.ids import parse_public_id, public_id
from tenure.orders.models import Cart, Order

_FIELD = re.compile(r'<input[^>]*type="hidden"[^>]*name="([a-z-]+)"[^>]*value="([^"]*)"')

NEW_BUYER = {
    "buyer": "new",
    "name": "Bureau Léa",
    "line1": "2 rue B",
    "postal_code": "69001",
    "city": "Lyon",
    "timezone": "Europe/Paris",
    "language": "fr",
}


@dataclass(frozen=True)
class Filled:
    """A cart that a browser carries."""

    id: UUID

    @property
    def name(self) -> str:
        """As addresses have it."""
        return public_id("cart", self.id)

    @property
    def page(self) -> str:
        """Its checkout."""
        return f"/checkout/{self.name}"


def fill(
    client: Client,
    offer: str = "designer-business",
    *,
    quantity: int = 1,
    term: str = "year",
    country: str = "FR",
    second: bool = False,
) -> Filled:
    """Put an offer into the cart by its page of the store."""
    audience = offer.rpartition("-")[2].replace("trial", "business")
    client.post("/preferences", {"country": country})
    page = f"/store/{audience}/{offer}"
    token = hidden(client.get(f"{page}?term={term}&quantity={quantity}"))["once"]
    sent = {"once": token, "term": term, "quantity": quantity}
    answer = client.post(page, sent | ({"second": "yes"} if second else {}))
    assert answer.status_code == 302, answer.content.decode()
    return Filled(Cart.objects.latest("created_at").id)


def hidden(answer: HttpResponse) -> dict[str, str]:
    """The hidden fields of a page."""
    return {name: html.unescape(value) for name, value in _FIELD.findall(text(answer))}


def text(answer: HttpResponse) -> str:
    """A page as it was sent."""
    return answer.content.decode()


def words(answer: HttpResponse) -> str:
    """What a page says, without its tags."""
    bare = re.sub(r"<(script|style|svg)\b.*?</\1>|<[^>]+>", " ", text(answer), flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(bare)).replace("\N{NO-BREAK SPACE}", " ")


def confirm(client: Client, cart: Filled, *, card: str = "tok_ok", **more: str) -> HttpResponse:
    """Look at the checkout and confirm it."""
    page = client.get(cart.page)
    assert page.status_code == 200, page.status_code
    carried = hidden(page)
    sent = {"once": carried["once"], "seen": carried["seen"], "card": card}
    if "buyer" in carried:
        sent["buyer"] = carried["buyer"]
    return client.post(cart.page, {**sent, **more})


def order_of(answer: HttpResponse) -> Order:
    """The order to which an answer leads."""
    assert answer.status_code == 302, words(answer)
    return Order.objects.get(id=parse_public_id("ord", answer["Location"].rpartition("/")[2]))
