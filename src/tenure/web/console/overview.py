"""The first page: the two roads, what needs attention, seats used against paid (R39)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.http import HttpResponse

from tenure.access.queries.usage import (
    NO_SEATS,
    SeatCounts,
    assignments_by_day,
    seat_counts,
    team_counts,
)
from tenure.access.queries.waiting import waiting
from tenure.access.rules.usage import PaidStretch, Usage, usage_over_time
from tenure.base.calendar import local_date, zone_named
from tenure.orders.queries.policy import policy_in_force
from tenure.organisations.queries import open_ownership_offers
from tenure.organisations.rules import Ability
from tenure.subscriptions.queries.listing import all_subscriptions
from tenure.subscriptions.queries.views import SubscriptionView
from tenure.subscriptions.rules.periods import SubscriptionStatus
from tenure.web.console.alone import to_the_bill
from tenure.web.console.attention import Item, Looked, of_subscriptions
from tenure.web.console.waiting import ROLE_REQUEST, SOON, of_people, of_what_waits
from tenure.web.edge.doors import console_page
from tenure.web.edge.factors import managers_without_factor
from tenure.web.edge.names import Offers
from tenure.web.edge.visits import Desk

_MOST_PICTURED: Final = 6
_MOST_ITEMS: Final = 8
_PICTURED: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Pictured:
    """A running subscription with its seats."""

    view: SubscriptionView
    name: str
    seats: SeatCounts


@console_page(Ability.SUBSCRIPTIONS, Ability.BILLING)
def overview(desk: Desk) -> HttpResponse:
    """What there is, what needs attention and until when, and the two roads on.

    Whoever looks after the bill alone is led there (R35).
    """
    if not desk.may(Ability.SUBSCRIPTIONS):
        return to_the_bill(desk)
    manages = desk.may(Ability.MEMBERS)
    views = all_subscriptions(desk.organisation, desk.now)
    offers = Offers({view.subscription.offer_id for view in views}, desk.language)
    running = [view for view in views if view.status is SubscriptionStatus.ACTIVE]
    seats = seat_counts(view.subscription.id for view in running)
    pictured = [
        Pictured(
            view,
            offers.name(view.subscription.offer_id),
            seats.get(view.subscription.id, NO_SEATS),
        )
        for view in running
    ]
    team = team_counts(desk.organisation, seats)
    free = sum(each.free for each in seats.values())
    items = _items(desk, views, offers)
    if manages:
        offered = open_ownership_offers(desk.organisation)
        required = desk.place.second_factor_required
        lacking = managers_without_factor(desk.organisation) if required else []
        items += of_people(desk, team, list(seats.values()), offered, lacking)
    items.sort(key=lambda item: item.urgency)
    context = {
        "items": items[:_MOST_ITEMS],
        "more": items[_MOST_ITEMS:],
        "manages": manages,
        "is_new": not views and team.active <= 1,
        "team": team,
        "pictured": sorted(pictured, key=lambda each: -each.seats.paid)[:_MOST_PICTURED],
        "running": len(running),
        "free": free,
        **_over_time(desk, views),
    }
    return desk.render("console/overview.html", context)


@console_page(Ability.SUBSCRIPTIONS)
def extend(desk: Desk) -> HttpResponse:
    """On to the store of the organisation's audience, in its country (R39)."""
    desk.visitor.keep(country=desk.place.country, audience=desk.place.audience)
    return desk.redirect(f"/store/{desk.place.audience}/")


def _items(desk: Desk, views: Sequence[SubscriptionView], offers: Offers) -> list[Item]:
    looked = Looked(
        organisation=desk.organisation_id,
        views=views,
        offers=offers,
        policy=policy_in_force()[1],
        today=desk.today,
    )
    manages = desk.may(Ability.MEMBERS)
    waits = waiting(desk.organisation, until=desk.now + SOON)
    desk.visitor.counts["requests"] = (
        sum(each.count for each in waits if each.kind == ROLE_REQUEST)
        if desk.may(Ability.ROLES)
        else 0
    )
    return [*of_subscriptions(looked), *of_what_waits(desk, waits, manages=manages)]


def _over_time(desk: Desk, views: Sequence[SubscriptionView]) -> dict[str, object]:
    """The picture of the last twelve months, or since there is something to see."""
    if not views:
        return {"points": []}
    begun = min(view.periods[0].starts_on for view in views)
    first = max(begun, desk.today - _PICTURED)
    points: list[Usage] = []
    if first < desk.today:
        points = usage_over_time(
            [stretch for view in views for stretch in _stretches(view)],
            assignments_by_day(desk.organisation),
            first=first,
            last=desk.today,
        )
    return {"points": points, "first": first, "rows": points[-12:]}


def _stretches(view: SubscriptionView) -> list[PaidStretch[UUID]]:
    row = view.subscription
    cancelled = row.cancelled_at
    end = local_date(cancelled, zone_named(row.zone)) if cancelled else date.max
    return [
        PaidStretch(row.id, period.quantity, period.starts_on, min(period.ends_on, end))
        for period in view.periods
        if period.starts_on < end
    ]
