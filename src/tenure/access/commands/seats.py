"""Seats made, reserved, assigned and freed (R36 to R38)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final, cast
from uuid import UUID

from django.db.models import QuerySet

from tenure.access.commands.requests import close_served
from tenure.access.events import SeatAssigned, SeatFreed, SeatReleased, SeatReserved
from tenure.access.models import Seat
from tenure.access.queries.seats import (
    free_seats,
    is_running,
    lock_running_subscriptions,
    next_unlocked,
    roles_held_by,
    seat_pools,
)
from tenure.access.rules.seats import (
    assignment_verdict,
    locked_until,
    plan_reservations,
    release_verdict,
)
from tenure.base.calendar import local_date, zone_named
from tenure.base.errors import NotFound, Refused
from tenure.base.ids import new_id
from tenure.events.journal import Journal
from tenure.organisations.models import Invitation, Member
from tenure.organisations.rules import MemberStatus
from tenure.policy.model import Policy
from tenure.subscriptions.models import Subscription
from tenure.subscriptions.queries.policies import policies_of

_BATCH: Final = 1000
"""How many rows one UPDATE takes: PostgreSQL bounds the values of a statement."""


def make_seats(*, subscriptions: Sequence[Subscription], journal: Journal) -> None:
    """A row for each unit of each subscription's quantity, written with the journal."""
    journal.insert(
        Seat(
            id=new_id(),
            organisation_id=subscription.organisation_id,
            subscription=subscription,
            number=number,
        )
        for subscription in subscriptions
        for number in range(1, subscription.quantity + 1)
    )


def assign_seat(*, subscription: Subscription, member: Member, on: date, journal: Journal) -> Seat:
    """Give ``member`` a free seat of the locked ``subscription`` (R38).

    ``on`` is the organisation's local day. Raises ``Refused`` with the first that holds of
    ``subscription_not_active``, ``member_not_active``, ``already_assigned``, ``no_free_seat``.
    """
    seat = free_seats([subscription.id], on).order_by("number").first()
    verdict = assignment_verdict(
        subscription_active=is_running(subscription, journal.at),
        member_active=member.status == MemberStatus.ACTIVE,
        already_assigned=Seat.objects.filter(subscription=subscription, member=member).exists(),
        free=0 if seat is None else 1,
        free_on=next_unlocked(subscription.id, on) if seat is None else None,
    )
    if not verdict or seat is None:
        raise Refused.by(verdict)
    give_seats(given=[(seat, member)], journal=journal)
    return seat


def free_seat(*, subscription: Subscription, member: Member, journal: Journal) -> Seat:
    """Take the seat of the locked ``subscription`` from ``member`` (R38).

    How long it is locked says the policy under which it was paid (R32). Raises ``NotFound`` if
    the member holds none, ``Refused`` (``seat_locked``) with the day ``until``.
    """
    seat = Seat.objects.select_for_update().filter(subscription=subscription, member=member).first()
    if seat is None:
        raise NotFound
    policy = policies_of([subscription.id], journal.at)[subscription.id]
    on = local_date(journal.at, zone_named(subscription.zone))
    verdict = release_verdict(seat.first_used_on, on=on, policy=policy)
    if not verdict:
        raise Refused.by(verdict)
    _take(seat, member, policy, on, journal)
    seat.save(update_fields=_SEAT_FIELDS)
    return seat


def free_seats_of(
    *, subscriptions: Sequence[Subscription], members: Collection[UUID], journal: Journal
) -> list[Seat]:
    """Take from ``members`` their seats of the locked ``subscriptions``, all or none (R38).

    As many statements for 300 seats as for 3. Raises ``Refused`` (``seat_locked``) with the day
    ``until``.
    """
    rows = Seat.objects.select_for_update(of=("self",)).select_related("member")
    held = rows.filter(subscription__in=subscriptions, member__in=members)
    seats = list(held.order_by("id"))
    policies = policies_of({seat.subscription_id for seat in seats}, journal.at)
    zones = {each.id: zone_named(each.zone) for each in subscriptions}
    for seat in seats:
        policy = policies[seat.subscription_id]
        on = local_date(journal.at, zones[seat.subscription_id])
        verdict = release_verdict(seat.first_used_on, on=on, policy=policy)
        if not verdict:
            raise Refused.by(verdict)
        _take(seat, cast(Member, seat.member), policy, on, journal)
    Seat.objects.bulk_update(seats, _SEAT_FIELDS, batch_size=_BATCH)
    return seats


def free_seats_of_member(*, member: Member, journal: Journal) -> None:
    """Free all seats of a member who is removed, at once (R37); a lock outlives it (R38)."""
    rows = Seat.objects.select_for_update(of=("self",)).filter(member=member)
    seats = list(rows.select_related("subscription").order_by("id"))
    policies = policies_of({seat.subscription_id for seat in seats}, journal.at)
    for seat in seats:
        on = local_date(journal.at, zone_named(seat.subscription.zone))
        _take(seat, member, policies[seat.subscription_id], on, journal)
    Seat.objects.bulk_update(seats, _SEAT_FIELDS)


def reserve_seats(*, invitations: Sequence[Invitation], on: date, journal: Journal) -> None:
    """Reserve the seats that ``invitations`` of one organisation ask for, or none at all (R36).

    The organisation's running subscriptions are locked first, so that nothing is promised twice.
    Raises ``Refused`` (``no_free_seat``) naming the roles.
    """
    wanting = [invitation for invitation in invitations if invitation.roles]
    if not wanting:
        return
    running = lock_running_subscriptions(wanting[0].organisation_id, journal.at)
    pools = seat_pools(running, on)
    free: dict[UUID, list[Seat]] = {}
    for seat in free_seats([pool.subscription for pool in pools], on).order_by("-number"):
        free.setdefault(seat.subscription_id, []).append(seat)
    held = roles_held_by([invitation.member_id for invitation in wanting], running)
    wishes = [(invitation.roles, held[invitation.member_id]) for invitation in wanting]
    reserved = []
    for invitation, plan in zip(wanting, plan_reservations(wishes, pools), strict=True):
        if not plan.verdict:
            raise Refused.by(plan.verdict)
        for subscription in plan.subscriptions:
            seat = free[subscription].pop()
            seat.invitation = invitation
            reserved.append(seat)
            journal.record(
                seat.organisation_id,
                SeatReserved(seat=seat.id, subscription=subscription, invitation=invitation.id),
            )
    Seat.objects.bulk_update(reserved, ["invitation"], batch_size=_BATCH)


def release_reservations(*, invitations: Collection[UUID], journal: Journal) -> None:
    """Let go of what invitations that were withdrawn or expired had reserved (R36)."""
    _release(Seat.objects.filter(invitation_id__in=invitations), journal)


def _release(reserved: QuerySet[Seat], journal: Journal) -> None:
    seats = list(reserved.select_for_update().order_by("id"))
    for seat in seats:
        invitation = cast(UUID, seat.invitation_id)  # it was chosen by that
        journal.record(
            seat.organisation_id,
            SeatReleased(seat=seat.id, subscription=seat.subscription_id, invitation=invitation),
        )
        seat.invitation = None
    Seat.objects.bulk_update(seats, ["invitation"])


def drop_seats(*, subscriptions: Collection[UUID], journal: Journal) -> None:
    """Nothing keeps a seat of cancelled ``subscriptions`` any more (R30).

    Reservations are let go. Who held a seat stands with it until the data go, so that decisions
    can tell of them (R41); the subscription's end says that it gives nothing any more.
    """
    reserved = Seat.objects.filter(subscription__in=subscriptions, invitation__isnull=False)
    _release(reserved, journal)


def assign_reserved(*, invitation: Invitation, member: Member, journal: Journal) -> None:
    """What the accepted ``invitation`` had reserved becomes the member's (R36)."""
    seats = list(Seat.objects.select_for_update().filter(invitation=invitation).order_by("id"))
    for seat in seats:
        seat.invitation = None
    give_seats(given=[(seat, member) for seat in seats], journal=journal)


def give_seats(*, given: Sequence[tuple[Seat, Member]], journal: Journal) -> None:
    """Members hold locked seats from now on, and what they had asked for is granted (R38, R40).

    As many statements for 300 seats as for 3.
    """
    for seat, member in given:
        _give(seat, member, journal)
    Seat.objects.bulk_update([seat for seat, _ in given], [*_SEAT_FIELDS, "invitation"])
    close_served(seats=[seat for seat, _ in given], journal=journal)


def move_seats(*, moves: Sequence[tuple[Seat, Sequence[Seat]]], journal: Journal) -> None:
    """What each locked seat holds goes over to the locked free seats beside it (R9).

    A member holds these from now on, and what was kept for an invitation is kept by them; the
    seat itself is free, whatever locked it: nobody loses anything. As many statements for 300
    as for 3.
    """
    given: list[tuple[Seat, Member]] = []
    kept: list[Seat] = []
    for seat, to in moves:
        member, invitation = seat.member, seat.invitation_id
        if member is not None:
            journal.record(
                seat.organisation_id,
                SeatFreed(seat=seat.id, subscription=seat.subscription_id, member=member.id),
            )
            given += [(each, member) for each in to]
        elif invitation is not None:
            kept += _keep_instead(seat, invitation, to, journal)
        seat.member = seat.assigned_at = seat.first_used_on = seat.last_used_on = None
        seat.invitation_id = None
    Seat.objects.bulk_update([*(seat for seat, _ in moves), *kept], [*_SEAT_FIELDS, "invitation"])
    give_seats(given=given, journal=journal)


def _keep_instead(
    seat: Seat, invitation: UUID, to: Sequence[Seat], journal: Journal
) -> Sequence[Seat]:
    named = {"invitation": invitation}
    journal.record(
        seat.organisation_id,
        SeatReleased(seat=seat.id, subscription=seat.subscription_id, **named),
    )
    for each in to:
        each.invitation_id = invitation
        journal.record(
            each.organisation_id,
            SeatReserved(seat=each.id, subscription=each.subscription_id, **named),
        )
    return to


_SEAT_FIELDS = ["member", "assigned_at", "first_used_on", "last_used_on", "locked_until"]


def _give(seat: Seat, member: Member, journal: Journal) -> None:
    seat.member = member
    seat.assigned_at = journal.at
    seat.first_used_on = seat.last_used_on = seat.locked_until = None
    journal.record(
        seat.organisation_id,
        SeatAssigned(seat=seat.id, subscription=seat.subscription_id, member=member.id),
    )


def _take(seat: Seat, member: Member, policy: Policy, on: date, journal: Journal) -> None:
    """``seat`` is nobody's any more; until a lock is over it cannot be given again (R38)."""
    until = locked_until(seat.first_used_on, policy)
    journal.record(
        seat.organisation_id,
        SeatFreed(seat=seat.id, subscription=seat.subscription_id, member=member.id),
    )
    seat.member = None
    seat.assigned_at = seat.first_used_on = seat.last_used_on = None
    seat.locked_until = until if until is not None and until > on else None
