"""Money at a glance: what waits for whom looks after it, and the orders that wait for transfers."""

from __future__ import annotations

from django.http import HttpResponse

from tenure.organisations.rules import StaffAbility
from tenure.support.queries.money import expected_transfers, piles
from tenure.web.backoffice.lists import pages, place
from tenure.web.edge.doors import staff_page
from tenure.web.edge.visits import StaffVisit


@staff_page(StaffAbility.PAYMENTS)
def money(visit: StaffVisit) -> HttpResponse:
    """Each kind of money that waits: how many, how much, and the list behind it."""
    return visit.render("backoffice/money.html", {"piles": piles()})


@staff_page(StaffAbility.PAYMENTS)
def transfers(visit: StaffVisit) -> HttpResponse:
    """Orders that wait for a transfer, the oldest first (R15)."""
    found = expected_transfers(place(visit, "ord"))
    context = {"expected": found.rows, **pages(visit, found, "ord")}
    return visit.render("backoffice/transfers.html", context)
