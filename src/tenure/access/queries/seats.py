"""Which seats are free, and which subscriptions run (R36, R38)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet

from tenure.access.models import Seat
from tenure.access.rules.seats import SeatPool
from tenure.base.calendar import Term
from tenure.catalogue.models import OfferRole
from tenure.subscriptions.models import Period, Subscription


def free_seats(subscriptions: Iterable[UUID], on: date) -> QuerySet[Seat]:
    """Seats that nobody holds, nothing reserves, and no lock keeps on the local day ``on``."""
    return Seat.objects.filter(
        Q(locked_until__isnull=True) | Q(locked_until__lte=on),
        subscription_id__in=list(subscriptions),
        member__isnull=True,
        invitation__isnull=True,
    )


def next_unlocked(subscription: UUID, on: date) -> date | None:
    """The first local day after ``on`` on which a seat that is nobody's is locked no more (R38)."""
    locked = Seat.objects.filter(
        subscription_id=subscription,
        member__isnull=True,
        invitation__isnull=True,
        locked_until__gt=on,
    )
    found: date | None = locked.aggregate(day=Min("locked_until"))["day"]
    return found


def is_running(subscription: Subscription, at: datetime) -> bool:
    """Whether a paid period of the subscription covers the instant ``at``."""
    if subscription.cancelled_at is not None and subscription.cancelled_at <= at:
        return False
    return subscription.periods.filter(starts_at__lte=at, ends_at__gt=at).exists()


def lock_running_subscriptions(organisation: UUID, at: datetime) -> list[Subscription]:
    """The organisation's subscriptions that run at ``at``, locked in the order of their ids.

    The lock is what keeps two from taking the last seat at the same time (R38).
    """
    return list(_running(organisation, at).select_for_update(no_key=True))


def running_subscriptions(organisation: UUID, at: datetime) -> list[Subscription]:
    """The same to look at alone; one statement."""
    return list(_running(organisation, at))


def _running(organisation: UUID, at: datetime) -> QuerySet[Subscription]:
    running = Period.objects.filter(organisation_id=organisation, starts_at__lte=at, ends_at__gt=at)
    return Subscription.objects.filter(
        Q(cancelled_at__isnull=True) | Q(cancelled_at__gt=at),
        organisation_id=organisation,
        id__in=running.values("subscription_id"),
    ).order_by("id")


def seat_pools(subscriptions: Collection[Subscription], on: date) -> list[SeatPool[UUID]]:
    """What ``subscriptions`` have free on the local day ``on``; four statements at the most."""
    ids = [subscription.id for subscription in subscriptions]
    free = dict(
        free_seats(ids, on)
        .values("subscription_id")
        .annotate(free=Count("id"))
        .values_list("subscription_id", "free")
    )
    ends: dict[UUID, datetime] = {}
    began: dict[UUID, datetime] = {}
    periods = Period.objects.filter(subscription_id__in=ids).order_by("number")
    for subscription, starts_at, ends_at in periods.values_list(
        "subscription_id", "starts_at", "ends_at"
    ):
        began.setdefault(subscription, starts_at)
        ends[subscription] = ends_at
    roles = roles_by_offer({subscription.offer_id for subscription in subscriptions})
    return [
        SeatPool(
            subscription=subscription.id,
            roles=roles[subscription.offer_id],
            is_trial=subscription.term == Term.TRIAL,
            ends_at=ends[subscription.id],
            began_at=began[subscription.id],
            free=free.get(subscription.id, 0),
        )
        for subscription in subscriptions
    ]


def roles_by_offer(offers: Collection[str]) -> dict[str, frozenset[str]]:
    """The roles that each of ``offers`` brings."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for offer, role in OfferRole.objects.filter(offer_id__in=offers).values_list(
        "offer_id", "role_id"
    ):
        found[offer].add(role)
    return {offer: frozenset(found[offer]) for offer in offers}


def held_roles(member: UUID, running: Collection[Subscription]) -> frozenset[str]:
    """The roles that a member holds already through ``running`` subscriptions."""
    return roles_held_by([member], running)[member]


def roles_held_by(
    members: Collection[UUID], running: Collection[Subscription]
) -> dict[UUID, frozenset[str]]:
    """The same for each of ``members``; two statements for any number of them."""
    offers = {subscription.id: subscription.offer_id for subscription in running}
    seats = Seat.objects.filter(member_id__in=members, subscription_id__in=list(offers))
    held = [
        (member, offers[subscription])
        for member, subscription in seats.values_list("member_id", "subscription_id")
        if member is not None
    ]
    roles = roles_by_offer({offer for _, offer in held})
    found: dict[UUID, frozenset[str]] = dict.fromkeys(members, frozenset())
    for member, offer in held:
        found[member] |= roles[offer]
    return found


def assigned_counts(subscriptions: Iterable[UUID]) -> dict[UUID, int]:
    """How many seats of each subscription are assigned; of a cancelled one, none is (R30)."""
    rows = (
        Seat.objects.filter(
            subscription_id__in=list(subscriptions),
            member__isnull=False,
            subscription__cancelled_at__isnull=True,
        )
        .values("subscription_id")
        .annotate(assigned=Count("id"))
    )
    return dict(rows.values_list("subscription_id", "assigned"))
