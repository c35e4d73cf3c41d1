"""The list of what an audience can buy, filtered, searched, and page by page (R3, R4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from tenure.base.calendar import Term
from tenure.base.errors import NotFound
from tenure.catalogue.queries import Place
from tenure.catalogue.queries.browsing import Understood, Wanted, find_offers, understand
from tenure.web.edge.doors import public_page
from tenure.web.edge.forms import options
from tenure.web.edge.visits import Visit
from tenure.web.store.opening import programs_of
from tenure.web.store.shop import Shop, found_at, open_shop
from tenure.web.store.shown import OfferShown, show

PER_PAGE: Final = 24
SEARCH: Final = "q"
PLACE: Final = "from"
_LONGEST_SEARCH: Final = 200


@dataclass(frozen=True, slots=True)
class Row:
    """An offer of the list, and the applications that it opens."""

    offer: OfferShown
    programs: tuple[str, ...]


@public_page()
def offers(visit: Visit, audience: str) -> HttpResponse:
    """What there is for an audience, also what it can only ask for."""
    shop = open_shop(visit, audience)
    asked = visit.request.GET
    typed = asked.get(SEARCH, "").strip()[:_LONGEST_SEARCH]
    search = understand(typed, shop.known.shelf(shop.audience).vocabulary)
    wanted = _wanted(shop, asked, search)
    found = find_offers(
        shop.known,
        wanted,
        country=shop.country,
        on=visit.today,
        language=visit.language,
        limit=PER_PAGE,
        after=place_from(asked.get(PLACE, "")),
    )
    path = reverse("store_list", args=[shop.audience.value])
    context = {
        "shop": shop,
        "rows": [row_of(shop, show(shop, listing)) for listing in found.offers],
        "total": found.total,
        "typed": typed,
        "corrected": _corrected(typed, search) if search.corrected else "",
        "wanted": wanted,
        "narrowed": not wanted.is_all,
        **found_at(path),
        "first_page": _address(asked, path, "") if PLACE in asked else "",
        "next_page": _address(asked, path, word_of(found.next_place)) if found.next_place else "",
        "is_whole": wanted.is_all and PLACE not in asked,
        **_filters(shop, wanted),
    }
    return visit.render("store/list.html", context)


@public_page(indexed=False)
def without_slash(visit: Visit, audience: str) -> HttpResponse:
    """The list is a folder."""
    del audience
    return visit.redirect(f"{visit.request.path}/", **visit.request.GET.dict())


def _wanted(shop: Shop, asked: QueryDict, search: Understood) -> Wanted:
    """What is looked for; what a filter does not know is left open."""
    shelf = shop.known.shelf(shop.audience)
    term, solution = asked.get("term", ""), asked.get("solution", "")
    application = asked.get("application", "")
    return Wanted(
        shop.audience,
        term=Term(term) if term in (*shop.terms, Term.TRIAL) else None,
        solution=solution if any(each.id == solution for each in shelf.families) else None,
        application=(
            application if any(each.id == application for each in shelf.programs) else None
        ),
        search=search,
    )


def _corrected(typed: str, search: Understood) -> str:
    """What was looked for instead of what was typed."""
    near = " ".join(" / ".join(words) for _, words in search.words if words)
    return gettext("for “%(near)s”, since nothing is called “%(typed)s”") % {
        "near": near,
        "typed": typed,
    }


def _filters(shop: Shop, wanted: Wanted) -> dict[str, SafeString]:
    """The options of the selects that are long."""
    shelf, language = shop.known.shelf(shop.audience), shop.visit.language
    solutions = ((each.id, each.name[language]) for each in shelf.families)
    applications = ((each.id, each.name) for each in shelf.programs)
    return {
        "solutions": options(solutions, wanted.solution or ""),
        "applications": options(applications, wanted.application or ""),
    }


def row_of(shop: Shop, offer: OfferShown) -> Row:
    """An offer as a list shows it."""
    names = [
        opened.name for role in offer.listing.roles for opened in programs_of(shop.known, role)
    ]
    return Row(offer, tuple(dict.fromkeys(names)))


def _address(asked: QueryDict, path: str, place: str) -> str:
    query = asked.copy()
    query.pop(PLACE, None)
    query.pop("language", None)
    if place:
        query[PLACE] = place
    return f"{path}?{query.urlencode()}".rstrip("?")


def word_of(place: Place) -> str:
    """A place of the list as an address has it."""
    return f"{place.position}.{place.offer}"


def place_from(word: str) -> Place | None:
    """The place behind that; None for none, ``NotFound`` for nonsense."""
    if not word:
        return None
    position, dot, offer = word.partition(".")
    if not dot or not position.isascii() or not position.isdigit() or len(position) > 9:
        raise NotFound
    if "\0" in offer:
        raise NotFound
    return Place(int(position), offer)
