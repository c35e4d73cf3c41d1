"""Which pages of the store search engines may find."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from django.urls import reverse

from tenure.catalogue.queries import known_catalogue
from tenure.catalogue.queries.browsing import offers_on_sale
from tenure.policy.words import Audience


def paths() -> Iterator[str]:
    """The first page, each audience's list, its offers and its roles."""
    yield reverse("store_landing")
    shelves = known_catalogue().shelves()
    for audience in Audience:
        shelf = reverse("store_list", args=[audience.value])
        if shelves.of[audience].offers:
            yield shelf
        for role in sorted(shelves.roles[audience]):
            yield f"{shelf}roles/{quote(role)}"
    for audience_of, offer in offers_on_sale():
        yield f"/store/{audience_of}/{quote(offer)}"
