"""What several pages of the team need: the roles there are seats for, and the ways to more."""

from __future__ import annotations

from urllib.parse import urlencode

from tenure.access.queries.roster import Roster, roster
from tenure.web.edge.visits import Desk


def roster_of(desk: Desk) -> Roster:
    """The roles for which the organisation has seats; four statements."""
    return roster(desk.organisation, at=desk.now, on=desk.today, language=desk.language)


def store_page(desk: Desk, role: str, quantity: int = 1) -> str:
    """Where seats of a role are bought for this organisation (R39)."""
    query = urlencode({"organisation": desk.organisation_id, "quantity": quantity})
    return f"/store/{desk.place.audience}/roles/{role}?{query}"
