"""For which customer a contact without one is quoted (R12)."""

from __future__ import annotations

from django.http import HttpResponse

from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id
from tenure.organisations.rules import StaffAbility
from tenure.support.queries import requests_with_status
from tenure.support.queries.customers import find_customers
from tenure.web.backoffice.lists import pages, place
from tenure.web.edge.doors import staff_page
from tenure.web.edge.visits import StaffVisit


@staff_page(StaffAbility.SALES)
def whose(visit: StaffVisit, case: str) -> HttpResponse:
    """Customers to choose from: those of whoever asked, or those looked for."""
    row = requests_with_status().filter(id=parse_public_id("req", case)).first()
    if row is None:
        raise NotFound
    words = visit.request.GET.get("q", row.email)[:200]
    found = find_customers(words, place(visit, "org"))
    context = {"asked": row, "case": case, "customers": found.rows, "q": words}
    return visit.render("backoffice/whose.html", context | pages(visit, found, "org"))
