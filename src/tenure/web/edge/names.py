"""Offers by the names of what they bring, and lists of names that stay short."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from babel.lists import format_list
from django.utils.translation import get_language, ngettext

from tenure.catalogue.queries import RoleListing, roles_by_offer

_MOST_NAMED: Final = 3


class Offers:
    """What offers are called, and which roles they bring; one statement for any number of them."""

    def __init__(self, offers: Iterable[str], language: str) -> None:
        self._roles: Mapping[str, tuple[RoleListing, ...]] = roles_by_offer(offers, language)

    def name(self, offer: str) -> str:
        """The names of its roles; its id if there are none."""
        return " + ".join(role.name for role in self.roles(offer)) or offer

    def roles(self, offer: str) -> tuple[RoleListing, ...]:
        """The roles that it brings."""
        return self._roles.get(offer, ())


def named(names: Sequence[str]) -> str:
    """Names as a reader lists them; of many, the first ones and how many more there are."""
    shown = list(dict.fromkeys(names))
    more = len(shown) - _MOST_NAMED
    if more > 0:
        rest = ngettext("%(more)d more", "%(more)d more", more) % {"more": more}
        shown = [*shown[:_MOST_NAMED], rest]
    return str(format_list(shown, locale=get_language() or "en"))
