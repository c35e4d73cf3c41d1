"""Which pages of the store search engines may find."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from tenure.catalogue.queries import known_catalogue
from tenure.catalogue.queries.browsing import offers_on_sale
from tenure.policy.words import Audience


def paths() -> Iterator[str]:
    """The first page, each audience's list, its offers and its roles."""
    yield reverse("store_landing")
    shelves = known_catalogue().shelves()
    for audience in Audience:
        if shelves.of[audience].offers:
            yield reverse("store_list", args=[audience.value])
        for role in sorted(shelves.roles[audience]):
            yield reverse("store_role", args=[audience.value, role])
    for audience_of, offer in offers_on_sale():
        yield reverse("store_offer", args=[audience_of, offer])
