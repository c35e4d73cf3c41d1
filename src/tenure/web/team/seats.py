"""What several pages of the team need: the roles there are seats for, and the ways to more."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from tenure.access.queries.roster import Roster, roster
from tenure.web.edge.visits import Desk


def roster_of(desk: Desk) -> Roster:
    """The roles for which the organisation has seats; four statements."""
    return roster(desk.organisation, at=desk.now, on=desk.today, language=desk.language)


def store_page(desk: Desk, role: str, quantity: int = 1) -> str:
    """Where seats of a role are bought: added to what runs, or by themselves (R27, R39)."""
    page = reverse("console_more_seats", args=[desk.organisation_id, role])
    return f"{page}?{urlencode({'quantity': quantity})}"
