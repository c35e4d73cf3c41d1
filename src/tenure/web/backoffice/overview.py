"""The first page: what waits for whom looks, and since when."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from tenure.notices.queries.mails import undelivered
from tenure.organisations.queries import count_purges_due
from tenure.organisations.rules import StaffAbility
from tenure.support.queries import waiting_requests
from tenure.support.queries.countries import count_countries_in_doubt
from tenure.support.queries.orders import payments_in_flight
from tenure.support.queries.proofs import count_waiting_proofs
from tenure.web.edge.doors import staff_page
from tenure.web.edge.visits import StaffVisit

MOST_MAILS = 20
"""How many mails that did not arrive are shown."""


@staff_page()
def overview(visit: StaffVisit) -> HttpResponse:
    """Requests, proofs, payments and mails that wait, each for those who look after them."""
    context: dict[str, Any] = {}
    if visit.may(StaffAbility.REQUESTS):
        context["requests"] = waiting_requests()
    if visit.may(StaffAbility.PROOFS):
        context["proofs"] = count_waiting_proofs()
    if visit.may(StaffAbility.CUSTOMERS):
        context["purges"] = count_purges_due()
    if visit.may(StaffAbility.PAYMENTS):
        context["payments"] = payments_in_flight()
    if visit.may(StaffAbility.ORDERS):
        context["countries"] = count_countries_in_doubt()
    if visit.may(StaffAbility.MAIL):
        context["mails"] = undelivered(limit=MOST_MAILS)
    context["nothing_waits"] = not any(
        getattr(waits, "count", waits) for name, waits in context.items() if name != "mails"
    ) and not context.get("mails")
    return visit.render("backoffice/overview.html", context)
