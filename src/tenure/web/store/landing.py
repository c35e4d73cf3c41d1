"""The first page: who are you, what is there, how does it go (R3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from babel.lists import format_list
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse

from tenure.base.calendar import Term
from tenure.billing.gateways.choice import available_methods
from tenure.catalogue.queries import KnownCatalogue, known_catalogue, roles_of
from tenure.catalogue.queries.shelves import SEVERAL, Family
from tenure.orders.queries.policy import policy_at
from tenure.policy.model import Policy
from tenure.policy.words import Audience, PaymentMethod
from tenure.web.edge.doors import public_page
from tenure.web.edge.forms import country_options
from tenure.web.edge.visits import Visit
from tenure.web.edge.words import audience as in_words
from tenure.web.store.opening import programs_of
from tenure.web.store.shop import country_of, found_at

_NAMED_ROLES: Final = 3
_MOST_TILES: Final = 12


@dataclass(frozen=True, slots=True)
class Entrance:
    """The way in for one audience."""

    audience: Audience
    page: str
    offers: int
    terms: tuple[Term, ...]
    taxed: bool


@dataclass(frozen=True, slots=True)
class Tile:
    """A solution: what it is called, some of its roles, and where they are."""

    name: str
    roles: tuple[str, ...]
    more: int
    page: str


@public_page()
def landing(visit: Visit) -> HttpResponse:
    """What is sold here, and one next step for each who comes."""
    known = known_catalogue()
    _, policy = policy_at(known.stamp)
    vendor = known.vendor(sandbox=settings.SANDBOX)
    audience = Audience(visit.visitor.audience) if visit.visitor.audience else None
    context = {
        "vendor": vendor.name,
        "entrances": [_entrance(known, policy, each) for each in Audience],
        "tiles": _tiles(known, audience, visit.language),
        "picture": _picture(known, visit.language),
        "policy": policy,
        "transfer_for": _by_transfer(policy, visit.language),
        "countries": country_options(visit.language, country_of(visit, audience, vendor)),
        **found_at(reverse("store_landing")),
    }
    return visit.render("store/landing.html", context)


def _entrance(known: KnownCatalogue, policy: Policy, audience: Audience) -> Entrance:
    return Entrance(
        audience=audience,
        page=reverse("store_list", args=[audience.value]),
        offers=known.shelf(audience).offers,
        terms=policy.terms.of(audience),
        taxed=audience.is_consumer,
    )


def _tiles(known: KnownCatalogue, audience: Audience | None, language: str) -> list[Tile]:
    """Solutions of the audience; before one was picked, each where it is sold first."""
    found: dict[str, Tile] = {}
    for each in [audience] if audience else Audience:
        for family in known.shelf(each).families:
            found.setdefault(family.id, _tile(family, each, language))
    return list(found.values())[:_MOST_TILES]


def _tile(family: Family, audience: Audience, language: str) -> Tile:
    names = tuple(role[language] for role in family.roles)
    page = reverse("store_list", args=[audience.value])
    return Tile(
        name=family.name[language],
        roles=names[:_NAMED_ROLES],
        more=len(names[_NAMED_ROLES:]),
        page=f"{page}?solution={family.id}",
    )


def _picture(known: KnownCatalogue, language: str) -> Mapping[str, Any] | None:
    """A role of the catalogue with what it opens, to show what a role is."""
    example = known.shelves().example
    if example is None:
        return None
    role = roles_of([example], language)[example]
    return {"role": role, "programs": programs_of(known, role)[:SEVERAL]}


def _by_transfer(policy: Policy, language: str) -> str:
    """Who can pay by bank transfer here, in words (R14)."""
    if PaymentMethod.BANK_TRANSFER not in available_methods():
        return ""
    able = [
        in_words(audience)
        for audience in Audience
        if PaymentMethod.BANK_TRANSFER in policy.payment_methods.of(audience)
    ]
    return str(format_list(able, locale=language))
