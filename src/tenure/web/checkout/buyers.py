"""For whom somebody buys: the organisations that they run, or one that is opened for the cart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext

from tenure.base.calendar import local_date, zone_named
from tenure.base.errors import NotFound
from tenure.base.ids import public_id
from tenure.orders.queries.baskets import OpenCart
from tenure.orders.rules.cart import buyer_verdict
from tenure.organisations.queries import Membership, OrganisationFacts
from tenure.organisations.rules import Ability, ability_verdict
from tenure.policy.words import Audience
from tenure.web.edge.factors import has_second_factor
from tenure.web.edge.visits import PersonVisit, Visit
from tenure.web.edge.words import told

NEW = "new"
"""The choice of an organisation that is not there yet."""


@dataclass(frozen=True, slots=True)
class Buyer:
    """An organisation for which the visitor may buy; ``said`` is why not this cart, if not."""

    membership: Membership
    said: str
    rule: str

    @property
    def place(self) -> OrganisationFacts:
        """The organisation."""
        return self.membership.organisation

    @property
    def id(self) -> str:
        """Its identifier, as forms and addresses have it."""
        return public_id("org", self.place.id)

    @property
    def by(self) -> str:
        """How the journal names the visitor there."""
        return "member:" + public_id("mem", self.membership.member)


def buyers_of(visit: PersonVisit, cart: OpenCart) -> Sequence[Buyer]:
    """Those that the visitor runs, each with whether it can buy this cart (R5, R11)."""
    run = [
        membership
        for membership in visit.visitor.active_memberships
        if may_buy(membership) and cart.organisation in (None, membership.organisation.id)
    ]
    asked = any(membership.organisation.second_factor_required for membership in run)
    lacks_factor = asked and not has_second_factor(visit.user)
    return [_buyer(each, cart, visit.language, lacks_factor=lacks_factor) for each in run]


def may_buy(membership: Membership) -> bool:
    """Whether a member may spend the organisation's money: owners and administrators (R35)."""
    return ability_verdict(membership.standing, Ability.SUBSCRIPTIONS).allowed


def _buyer(membership: Membership, cart: OpenCart, language: str, *, lacks_factor: bool) -> Buyer:
    place = membership.organisation
    if place.second_factor_required and lacks_factor:
        return Buyer(membership, gettext("It asks you for a second factor: set one up first."), "")
    verdict = buyer_verdict(
        cart.facts,
        organisation_audience=Audience(place.audience),
        organisation_country=place.country,
    )
    if verdict:
        return Buyer(membership, "", "")
    text = told(verdict.code, verdict.figures, language)
    return Buyer(membership, text, verdict.code.rule or "")


def now_of(visit: Visit, organisation: UUID | None) -> datetime:
    """This instant, by the organisation's clock (R2)."""
    place = _place(visit, organisation)
    return (place.test_clock if place else None) or visit.now


def day_of(visit: Visit, organisation: UUID | None) -> date:
    """Which day it is there; in UTC while there is no organisation."""
    place = _place(visit, organisation)
    zone = zone_named(place.timezone) if place else zone_named("UTC")
    return local_date(now_of(visit, organisation), zone)


def _place(visit: Visit, organisation: UUID | None) -> OrganisationFacts | None:
    """An organisation of the visitor's; ``NotFound`` if it is not."""
    if organisation is None:
        return None
    for each in visit.visitor.active_memberships:
        if each.organisation.id == organisation:
            return each.organisation
    raise NotFound
