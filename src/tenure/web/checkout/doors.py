"""Who sees an order: whoever pays for the organisation, whoever placed it, staff who act."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from uuid import UUID

from django.http import HttpResponse

from tenure.base.errors import NotFound
from tenure.base.ids import parse_public_id, public_id
from tenure.orders.queries.orders import organisation_of, placed_by
from tenure.organisations.queries import Membership, organisation_facts
from tenure.organisations.rules import ACTING_STANDING, Ability, ability_verdict
from tenure.web.edge.doors import READ, lacks_factor, lead_to_factors, person_page
from tenure.web.edge.visits import Desk, PersonVisit

View = Callable[..., HttpResponse]
Page = Callable[[Desk, str], HttpResponse]


def order_door(methods: Sequence[str] = READ) -> Callable[[Page], View]:
    """Whoever sees the order in the address may look, as the console lets them in."""

    def door(page: Page) -> View:
        @person_page(methods)
        @wraps(page)
        def view(visit: PersonVisit, order: str) -> HttpResponse:
            desk = order_desk(visit, order)
            membership = visit.visitor.membership
            if membership is not None and lacks_factor(membership, visit.user):
                return lead_to_factors(visit.request)
            return page(desk, order)

        return view

    return door


def order_desk(visit: PersonVisit, order: str) -> Desk:
    """The desk at which ``order`` is seen; ``NotFound`` for everybody else (R35)."""
    id_ = parse_public_id("ord", order)
    organisation = organisation_of(id_)
    request, visitor, user = visit.request, visit.visitor, visit.user
    for each in visitor.active_memberships:
        if each.organisation.id == organisation:
            if not _sees(each, id_):
                raise NotFound
            visitor.enter(each)
            return Desk(request, visitor, user, each.organisation, each.member, each.standing)
    if visitor.acting is None or visitor.acting.organisation != organisation:
        raise NotFound
    place = organisation_facts(organisation)
    return Desk(request, visitor, user, place, None, ACTING_STANDING)


def _sees(membership: Membership, order: UUID) -> bool:
    abilities = (Ability.SUBSCRIPTIONS, Ability.BILLING)
    if any(ability_verdict(membership.standing, ability) for ability in abilities):
        return True
    by = placed_by(membership.organisation.id, order)
    return by == "member:" + public_id("mem", membership.member)
