"""What a page function is given: who came, when it is for them, and the ways to answer.

``Visit`` is anybody's, ``PersonVisit`` somebody's who is logged in, ``Desk`` a page of one
organisation, ``StaffVisit`` one of the back office.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from tenure.access.queries.requests import open_requests
from tenure.base.calendar import local_date, zone_named
from tenure.base.ids import public_id
from tenure.orders.queries.withdrawals import withdrawable_orders
from tenure.organisations.models import User
from tenure.organisations.queries import OrganisationFacts
from tenure.organisations.rules import Ability, StaffAbility, Standing, ability_verdict
from tenure.web.edge.visitor import Visitor

_UTC = "UTC"


@dataclass(frozen=True, slots=True)
class Visit:
    """A request that was let in."""

    request: HttpRequest
    visitor: Visitor

    @property
    def posted(self) -> bool:
        """Whether a form was sent."""
        return self.request.method == "POST"

    @property
    def language(self) -> str:
        """``en`` or ``fr``."""
        return self.visitor.language

    @property
    def now(self) -> datetime:
        """This instant, by the machine's clock; a ``Desk`` has its organisation's (R2)."""
        return self.visitor.arrived_at

    @property
    def today(self) -> date:
        """The local day of ``now``; in UTC where there is no organisation."""
        return local_date(self.now, zone_named(_UTC))

    def render(
        self, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
    ) -> HttpResponse:
        """The page that ``template`` makes; it finds this as ``visit``."""
        return render(self.request, template, {"visit": self, **(context or {})}, status=status)

    def redirect(self, to: str, **query: str) -> HttpResponse:
        """On to another page of ours; htmx follows it as a page too."""
        address = f"{to}?{urlencode(query)}" if query else to
        if self.request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": address})
        return HttpResponseRedirect(address)

    def tell(self, text: str) -> None:
        """Say ``text``, in the reader's language, on the page that comes next."""
        messages.success(self.request, text)

    def warn(self, text: str) -> None:
        """Say on the page that comes next what did not go as wished."""
        messages.warning(self.request, text)


@dataclass(frozen=True, slots=True)
class PersonVisit(Visit):
    """A visit of somebody who is logged in."""

    user: User

    @property
    def by(self) -> str:
        """How the journal names who acted."""
        return "user:" + public_id("usr", self.user.id)


@dataclass(frozen=True, slots=True)
class StaffVisit(PersonVisit):
    """A visit of the vendor's staff to the back office."""

    abilities: frozenset[StaffAbility]

    @property
    def by(self) -> str:
        """How the journal names who acted."""
        return "staff:" + public_id("usr", self.user.id)

    def may(self, ability: StaffAbility) -> bool:
        """Whether they look after that."""
        return ability in self.abilities


@dataclass(frozen=True, slots=True)
class Desk(PersonVisit):
    """A page of one organisation: a member's, or staff's who act for it.

    ``member`` is None, and ``standing`` an administrator's, for staff who act.
    """

    place: OrganisationFacts
    member: UUID | None
    standing: Standing

    @property
    def organisation(self) -> UUID:
        """Which organisation's page this is."""
        return self.place.id

    @property
    def organisation_id(self) -> str:
        """Its identifier, as addresses have it (``org_…``)."""
        return public_id("org", self.place.id)

    @property
    def acting(self) -> bool:
        """Whether one of the vendor's staff acts for the customer."""
        return self.member is None

    @property
    def by(self) -> str:
        """How the journal names who acted."""
        if self.member is None:
            return "staff:" + public_id("usr", self.user.id)
        return "member:" + public_id("mem", self.member)

    @property
    def now(self) -> datetime:
        """This instant, by the organisation's clock (R2)."""
        return self.place.test_clock or self.visitor.arrived_at

    @property
    def today(self) -> date:
        """The local day of ``now`` in the organisation's zone."""
        return local_date(self.now, zone_named(self.place.timezone))

    def may(self, ability: Ability) -> bool:
        """Whether who looks may look after that (R35)."""
        return ability_verdict(self.standing, ability).allowed

    @property
    def waiting_requests(self) -> int:
        """How many requests for roles wait for an answer (R40); one statement, for who answers."""
        counts = self.visitor.counts
        if "requests" not in counts:
            mine = self.may(Ability.ROLES)
            counts["requests"] = open_requests(self.place.id).count if mine else 0
        return counts["requests"]

    @property
    def withdrawals(self) -> list[str]:
        """Which orders can be withdrawn from by the law's right (R33); a statement for consumers
        in the EU alone."""
        place = self.place
        if not self.may(Ability.BILLING):
            return []
        found = withdrawable_orders(
            place.id,
            audience=place.audience,
            country=place.country,
            timezone=place.timezone,
            at=self.now,
        )
        return [public_id("ord", order) for order in found]

    @property
    def gives_ownership(self) -> bool:
        """Whether who looks may give the ownership away (R34)."""
        return self.may(Ability.OWNERSHIP)


def safe_next(request: HttpRequest, otherwise: str) -> str:
    """The page to go on to that the request names as ``next``, if it is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if is_ours(request, wanted) else otherwise


def is_ours(request: HttpRequest, address: str) -> bool:
    """Whether an address stays with us: nobody is led elsewhere by a link."""
    return url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
