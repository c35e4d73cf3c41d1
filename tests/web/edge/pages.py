"""A page behind each door."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import include, path

from tenure.base.errors import Refused
from tenure.base.ids import new_id
from tenure.events.asked import Asked
from tenure.events.journal import transaction
from tenure.organisations.errors import ALREADY_MEMBER
from tenure.organisations.rules import Ability, StaffAbility
from tenure.web.edge.doors import (
    ACTION,
    FORM,
    console_page,
    member_page,
    person_page,
    public_page,
    sandbox_only,
    staff_page,
)
from tenure.web.edge.once import once
from tenure.web.edge.visits import Desk, PersonVisit, StaffVisit, Visit


@public_page()
def everybody(visit: Visit) -> HttpResponse:
    visitor = visit.visitor
    return HttpResponse(f"{visitor.language} {visitor.country} {visitor.audience}")


@public_page(indexed=False)
def hidden(visit: Visit) -> HttpResponse:
    return HttpResponse("hidden")


@person_page()
def person(visit: PersonVisit) -> HttpResponse:
    return HttpResponse(visit.user.email)


@console_page(Ability.MEMBERS, methods=FORM)
def members(desk: Desk) -> HttpResponse:
    return HttpResponse(f"{desk.by} {desk.today} {desk.standing.value}")


@console_page(Ability.MEMBERS)
def member(desk: Desk, member: str) -> HttpResponse:
    return HttpResponse(member)


@console_page(Ability.MEMBERS, methods=ACTION)
def button(desk: Desk) -> HttpResponse:
    raise Refused(ALREADY_MEMBER)


@member_page()
def own(desk: Desk) -> HttpResponse:
    return HttpResponse(desk.standing.value)


@staff_page(StaffAbility.CUSTOMERS)
def customers(visit: StaffVisit) -> HttpResponse:
    return HttpResponse(visit.by)


@staff_page(StaffAbility.CATALOGUE)
def catalogue(visit: StaffVisit) -> HttpResponse:
    return HttpResponse(visit.by)


@sandbox_only
@public_page(indexed=False)
def toys(visit: Visit) -> HttpResponse:
    return HttpResponse("toys")


@person_page(FORM)
def buy(visit: PersonVisit) -> HttpResponse:
    if not visit.posted:
        return visit.render("edge/once.html")

    def work(asked: Asked) -> HttpResponse:
        with transaction(now=visit.now, by=visit.by, asked=asked) as journal:
            journal.made = new_id()
        return HttpResponse(f"made {journal.made}")

    def resume(made: UUID) -> HttpResponse:
        return HttpResponse(f"found {made}")

    return once(visit, work=work, resume=resume)


@public_page()
def broken(visit: Visit) -> HttpResponse:
    raise ZeroDivisionError


urlpatterns = [
    path("everybody", everybody),
    path("hidden", hidden),
    path("person", person),
    path("console/<str:organisation>/members", members),
    path("console/<str:organisation>/members/<str:member>", member),
    path("console/<str:organisation>/button", button),
    path("home/<str:organisation>/", own),
    path("backoffice/customers", customers),
    path("backoffice/catalogue", catalogue),
    path("toys", toys),
    path("buy", buy),
    path("broken", broken),
    path("", include("tenure.config.urls")),
]
handler400 = "tenure.config.refusals.bad_request"
handler403 = "tenure.config.refusals.permission_denied"
handler404 = "tenure.config.refusals.page_not_found"
handler500 = "tenure.config.refusals.server_error"
