"""The catalogue as it was imported: versions, solutions and roles, offers, prices over time."""

from __future__ import annotations

from django.http import HttpResponse

from tenure.base.errors import NotFound
from tenure.catalogue.queries.history import (
    imports,
    inventory,
    offer_with_prices,
    offers_to_look_at,
    roles_by_solution,
)
from tenure.organisations.rules import StaffAbility
from tenure.policy.words import Audience
from tenure.support.queries.lists import MOST
from tenure.web.backoffice.lists import PLACE, links
from tenure.web.edge.doors import staff_page
from tenure.web.edge.visits import StaffVisit


@staff_page(StaffAbility.CATALOGUE)
def catalogue(visit: StaffVisit) -> HttpResponse:
    """What is sold now, and who imported what when."""
    context = {"versions": imports(), "inventory": inventory()}
    return visit.render("backoffice/catalogue.html", context)


@staff_page(StaffAbility.CATALOGUE)
def roles(visit: StaffVisit) -> HttpResponse:
    """Every solution with its roles."""
    return visit.render("backoffice/roles.html", {"solutions": roles_by_solution()})


@staff_page(StaffAbility.CATALOGUE)
def offers(visit: StaffVisit) -> HttpResponse:
    """Offers in the file's order, by words and audience."""
    words = visit.request.GET.get("q", "")[:200]
    wanted = visit.request.GET.get("audience", "")
    audience = wanted if wanted in set(Audience) else ""
    found, more = offers_to_look_at(words, audience, after=_place(visit), most=MOST)
    following = f"{found[-1].position}~{found[-1].id}" if more else ""
    context = {"offers": found, "q": words, "audience": audience, **links(visit, following)}
    return visit.render("backoffice/offers.html", context)


@staff_page(StaffAbility.CATALOGUE)
def offer(visit: StaffVisit, offer: str) -> HttpResponse:
    """One offer: its roles, and its prices as they were and are."""
    row, its_roles, prices = offer_with_prices(offer)
    return visit.render(
        "backoffice/offer.html", {"offer": row, "roles": its_roles, "prices": prices}
    )


def _place(visit: StaffVisit) -> tuple[int, str] | None:
    word = visit.request.GET.get(PLACE, "")
    if not word:
        return None
    position, _, id_ = word.partition("~")
    if not (position.isascii() and position.isdigit() and len(position) < 10 and id_.isprintable()):
        raise NotFound
    return int(position), id_
