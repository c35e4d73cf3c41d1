"""Lists over several pages: where one goes on, with the filters that were chosen."""

from __future__ import annotations

from uuid import UUID

from tenure.base.ids import parse_public_id, public_id
from tenure.web.edge.visits import Visit

PLACE = "from"
"""Under which name an address says after which row its page begins."""


def place(visit: Visit, prefix: str) -> UUID | None:
    """After which row the page begins; ``NotFound`` for what is no identifier of that kind."""
    word = visit.request.GET.get(PLACE, "")
    return parse_public_id(prefix, word) if word else None


def pages(visit: Visit, last: UUID | None, prefix: str) -> dict[str, str]:
    """``first_page`` and ``next_page``: their addresses, empty where there is none."""
    begun = PLACE in visit.request.GET
    following = public_id(prefix, last) if last else ""
    return {
        "first_page": address_with(visit, PLACE, "") if begun else "",
        "next_page": address_with(visit, PLACE, following) if following else "",
    }


def address_with(visit: Visit, name: str, value: str) -> str:
    """This page's address with another value of a parameter; without it where that is empty."""
    query = visit.request.GET.copy()
    query.pop(name, None)
    if value:
        query[name] = value
    told = query.urlencode()
    return f"{visit.request.path}?{told}" if told else visit.request.path
