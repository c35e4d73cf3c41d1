"""A role given to members, or taken from one, whichever subscriptions bring it (R36, R38)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tenure.access.commands.seats import free_seat, give_seats
from tenure.access.errors import MEMBER_NOT_ACTIVE
from tenure.access.models import Seat
from tenure.access.queries.seats import (
    free_seats,
    lock_running_subscriptions,
    roles_by_offer,
    roles_held_by,
    seat_pools,
)
from tenure.access.rules.seats import plan_reservations
from tenure.base.calendar import local_date, zone_named
from tenure.base.errors import NotFound, Refused
from tenure.events.journal import transaction
from tenure.flows.locks import lock_member, lock_organisation
from tenure.flows.written import Written
from tenure.organisations.models import Member
from tenure.organisations.rules import MemberStatus


def give_role(
    *, organisation: UUID, role: str, members: Sequence[UUID], now: datetime, by: str
) -> Written:
    """Give active ``members`` a role from free seats, chosen as for an invitation (R36).

    All of them or none; who holds it already keeps what they have. As many statements for 300
    members as for 3. Raises ``NotFound``, or ``Refused`` with ``member_not_active`` or
    ``no_free_seat`` (naming the role).
    """
    with transaction(now=now, by=by, organisation=organisation) as journal:
        customer = lock_organisation(organisation, journal)
        people = _locked(organisation, members)
        today = local_date(journal.at, zone_named(customer.timezone))
        running = lock_running_subscriptions(organisation, journal.at)
        pools = seat_pools(running, today)
        held = roles_held_by([person.id for person in people], running)
        plans = plan_reservations([((role,), held[person.id]) for person in people], pools)
        free: defaultdict[UUID, list[Seat]] = defaultdict(list)
        for seat in free_seats([pool.subscription for pool in pools], today).order_by("-number"):
            free[seat.subscription_id].append(seat)
        given = []
        for person, plan in zip(people, plans, strict=True):
            if not plan.verdict:
                raise Refused.by(plan.verdict)
            given += [(free[subscription].pop(), person) for subscription in plan.subscriptions]
        if given:
            give_seats(given=given, journal=journal)
        journal.touch(organisation)
    return Written(tuple(seat.id for seat, _ in given), journal.revisions[organisation])


def take_role(*, organisation: UUID, role: str, member: UUID, now: datetime, by: str) -> Written:
    """Free every seat by which ``member`` holds a role now; all that it carries goes with it.

    Taking what is not held changes nothing. Raises ``NotFound``, or ``Refused`` (``seat_locked``)
    with the day ``until``, and then nothing is freed.
    """
    with transaction(now=now, by=by, organisation=organisation) as journal:
        lock_organisation(organisation, journal)
        person = _member(organisation, member)
        running = lock_running_subscriptions(organisation, journal.at)
        brings = roles_by_offer({each.offer_id for each in running})
        carrying = [each for each in running if role in brings[each.offer_id]]
        seats = Seat.objects.filter(member=person, subscription__in=carrying)
        theirs = set(seats.values_list("subscription_id", flat=True))
        freed = [
            free_seat(subscription=each, member=person, journal=journal).id
            for each in carrying
            if each.id in theirs
        ]
        journal.touch(organisation)
    return Written(tuple(freed), journal.revisions[organisation])


def _locked(organisation: UUID, members: Sequence[UUID]) -> list[Member]:
    """The members in the order asked, locked in that of their ids; all active, or ``Refused``."""
    wanted = list(dict.fromkeys(members))
    rows = Member.objects.select_for_update(no_key=True).filter(
        organisation_id=organisation, id__in=wanted
    )
    found = {row.id: row for row in rows.order_by("id")}
    if len(found) < len(wanted):
        raise NotFound
    if any(row.status != MemberStatus.ACTIVE for row in found.values()):
        raise Refused(MEMBER_NOT_ACTIVE)
    return [found[each] for each in wanted]


def _member(organisation: UUID, member: UUID) -> Member:
    if not Member.objects.filter(id=member, organisation_id=organisation).exists():
        raise NotFound
    return lock_member(member)
