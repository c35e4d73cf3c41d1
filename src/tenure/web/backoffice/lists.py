"""Lists over several pages: where one goes on, with the filters that were chosen."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tenure.base.ids import parse_public_id, public_id
from tenure.support.queries.lists import Listed
from tenure.web.edge.visits import Visit

PLACE = "from"
"""Under which name an address says after which row its page begins."""


def place(visit: Visit, prefix: str) -> UUID | None:
    """After which row the page begins; ``NotFound`` for what is no identifier of that kind."""
    word = visit.request.GET.get(PLACE, "")
    return parse_public_id(prefix, word) if word else None


def pages(visit: Visit, listed: Listed[Any], prefix: str) -> dict[str, str]:
    """The addresses of the first page and the next, empty where there is none."""
    return links(visit, public_id(prefix, listed.last) if listed.last else "")


def links(visit: Visit, following: str) -> dict[str, str]:
    """The same for a place that is a word of its own."""
    query = visit.request.GET.copy()
    begun = query.pop(PLACE, None) is not None
    first = f"{visit.request.path}?{query.urlencode()}".rstrip("?") if begun else ""
    if not following:
        return {"first_page": first, "next_page": ""}
    query[PLACE] = following
    return {"first_page": first, "next_page": f"{visit.request.path}?{query.urlencode()}"}
