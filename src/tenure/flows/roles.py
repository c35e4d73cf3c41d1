"""A role given to members, or taken from them, whichever subscriptions bring it (R36, R38)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime
from uuid import UUID

from tenure.access.commands.seats import free_seats_of, give_seats
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
from tenure.base.errors import NotFound, Refused, Stale
from tenure.events.journal import Journal, transaction
from tenure.flows.locks import lock_organisation
from tenure.flows.written import Written
from tenure.organisations.models import Member
from tenure.organisations.rules import MemberStatus
from tenure.subscriptions.models import Subscription


def give_role(
    *, organisation: UUID, role: str, members: Sequence[UUID], now: datetime, by: str
) -> Written:
    """Give active ``members`` a role from free seats, chosen as for an invitation (R36).

    All of them or none; who holds it already keeps what they have. As many statements for 300
    members as for 3. Raises ``NotFound``, or ``Refused`` with ``member_not_active`` or
    ``no_free_seat`` (naming the role).
    """
    return change_holders(organisation=organisation, role=role, give=members, now=now, by=by)


def take_role(*, organisation: UUID, role: str, member: UUID, now: datetime, by: str) -> Written:
    """Free every seat by which ``member`` holds a role now; all that it carries goes with it.

    Taking what is not held changes nothing. Raises ``NotFound``, or ``Refused`` (``seat_locked``)
    with the day ``until``, and then nothing is freed.
    """
    return change_holders(organisation=organisation, role=role, take=[member], now=now, by=by)


def change_holders(
    *,
    organisation: UUID,
    role: str,
    give: Sequence[UUID] = (),
    take: Sequence[UUID] = (),
    is_current: Callable[[], bool] = lambda: True,
    now: datetime,
    by: str,
) -> Written:
    """Take a role from members and give it to others, all or nothing; returns the seats.

    What is taken is free for whom it is given to. ``is_current`` says, once everything is locked,
    whether the role is held by whom the caller saw. Raises ``NotFound``, ``Stale``, or ``Refused``
    with ``member_not_active``, ``seat_locked`` or ``no_free_seat``.
    """
    with transaction(now=now, by=by, organisation=organisation) as journal:
        customer = lock_organisation(organisation, journal)
        people = _locked(organisation, [*give, *take])
        if any(people[each].status != MemberStatus.ACTIVE for each in give):
            raise Refused(MEMBER_NOT_ACTIVE)
        running = lock_running_subscriptions(organisation, journal.at)
        if not is_current():
            raise Stale
        changed = _taken(role, take, running, journal) if take else []
        if give:
            on = local_date(journal.at, zone_named(customer.timezone))
            givens = [people[each] for each in dict.fromkeys(give)]
            changed += _given(role, givens, running, on, journal)
        journal.touch(organisation)
    return Written(tuple(seat.id for seat in changed), journal.revisions[organisation])


def _taken(
    role: str, members: Sequence[UUID], running: Sequence[Subscription], journal: Journal
) -> list[Seat]:
    brings = roles_by_offer({each.offer_id for each in running})
    carrying = [each for each in running if role in brings[each.offer_id]]
    return free_seats_of(subscriptions=carrying, members=members, journal=journal)


def _given(
    role: str,
    people: Sequence[Member],
    running: Sequence[Subscription],
    on: date,
    journal: Journal,
) -> list[Seat]:
    pools = seat_pools(running, on)
    held = roles_held_by([person.id for person in people], running)
    plans = plan_reservations([((role,), held[person.id]) for person in people], pools)
    free: defaultdict[UUID, list[Seat]] = defaultdict(list)
    for seat in free_seats([pool.subscription for pool in pools], on).order_by("-number"):
        free[seat.subscription_id].append(seat)
    given = []
    for person, plan in zip(people, plans, strict=True):
        if not plan.verdict:
            raise Refused.by(plan.verdict)
        given += [(free[subscription].pop(), person) for subscription in plan.subscriptions]
    if given:
        give_seats(given=given, journal=journal)
    return [seat for seat, _ in given]


def _locked(organisation: UUID, members: Sequence[UUID]) -> dict[UUID, Member]:
    """The members, locked in the order of their ids; ``NotFound`` if one is not there."""
    wanted = set(members)
    rows = Member.objects.select_for_update(no_key=True).filter(
        organisation_id=organisation, id__in=wanted
    )
    found = {row.id: row for row in rows.order_by("id")}
    if len(found) < len(wanted):
        raise NotFound
    return found
