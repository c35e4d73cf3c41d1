"""The page of a role: what it opens, who it is for, and which offers bring it."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from tenure.base.errors import NotFound
from tenure.catalogue.queries import roles_of
from tenure.catalogue.queries.browsing import offers_of_role
from tenure.policy.words import Audience
from tenure.web.edge.doors import public_page
from tenure.web.edge.visits import Visit
from tenure.web.store.listed import row_of
from tenure.web.store.opening import links_to, programs_of
from tenure.web.store.shop import found_at, open_shop
from tenure.web.store.shown import show
from tenure.web.store.structured import summary


@public_page()
def role(visit: Visit, audience: str, role: str) -> HttpResponse:
    """A role, as long as it is sold to somebody; ``NotFound`` otherwise."""
    shop = open_shop(visit, audience)
    sold_to = shop.known.shelves().sold_to(role)
    if not sold_to:
        raise NotFound
    found = roles_of([role], visit.language)[role]
    required = roles_of(found.requires, visit.language) if found.requires else {}
    listings = offers_of_role(
        shop.known,
        role,
        shop.audience,
        country=shop.country,
        on=visit.today,
        language=visit.language,
    )
    programs = programs_of(shop.known, found)
    context = {
        "shop": shop,
        "role": found,
        "programs": programs,
        "required": links_to(required.values(), shop.audience, visit.language),
        "rows": [row_of(shop, show(shop, listing)) for listing in listings],
        "elsewhere": [
            (other, _page(other, role)) for other in sold_to if other is not shop.audience
        ],
        "lists": reverse("store_list", args=[shop.audience.value]),
        "summary": summary(found.description, [each.name for each in programs]),
        **found_at(_page(shop.audience, role)),
        "indexed": bool(listings),
    }
    return visit.render("store/role.html", context)


def _page(audience: Audience, role: str) -> str:
    return reverse("store_role", args=[audience.value, role])
