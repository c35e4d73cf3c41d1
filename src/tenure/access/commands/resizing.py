"""Seats come to a subscription and go from it: there are as many as are paid for (R26 to R28)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from tenure.access.commands.letting_go import tell_let_go
from tenure.access.models import Seat
from tenure.base.calendar import zone_named
from tenure.base.ids import new_id
from tenure.events.journal import Journal
from tenure.subscriptions.models import Subscription
from tenure.subscriptions.rules.quantity import SeatUse, reduction

_BATCH: Final = 1000
"""How many rows one UPDATE takes: PostgreSQL bounds the values of a statement."""


@dataclass(frozen=True, slots=True)
class Resize:
    """A locked subscription that has ``quantity`` seats from now on.

    ``chosen`` are the members who lose theirs first, in that order, if some must (R26).
    """

    subscription: Subscription
    quantity: int
    chosen: Sequence[UUID] = ()


def resize(*, resizes: Sequence[Resize], journal: Journal) -> dict[UUID, tuple[UUID, ...]]:
    """Give each subscription the seats that it is paid for; who holds one that stays keeps it.

    Seats that go, go in the order of R26: free ones, the newest reservations, those chosen, those
    idle longest. The journal tells of each that somebody held or that was kept for somebody.
    Returns the members who lost one, by subscription. Each subscription stands once among
    ``resizes``. As many statements for 300 of them as for 3.
    """
    growing = [each for each in resizes if each.quantity > each.subscription.quantity]
    shrinking = [each for each in resizes if each.quantity < each.subscription.quantity]
    journal.insert(
        Seat(
            id=new_id(),
            organisation_id=each.subscription.organisation_id,
            subscription=each.subscription,
            number=number,
        )
        for each in growing
        for number in range(each.subscription.quantity + 1, each.quantity + 1)
    )
    lost = _drop(shrinking, journal) if shrinking else {}
    changed = [*growing, *shrinking]
    for each in changed:
        each.subscription.quantity = each.quantity
    rows = [each.subscription for each in changed]
    Subscription.objects.bulk_update(rows, ["quantity"], batch_size=_BATCH)
    return lost


def _drop(shrinking: Sequence[Resize], journal: Journal) -> dict[UUID, tuple[UUID, ...]]:
    journal.write()  # seats made before in this transaction may go again
    seats: defaultdict[UUID, list[Seat]] = defaultdict(list)
    rows = Seat.objects.select_for_update(of=("self",)).select_related("invitation")
    wanted = [each.subscription.id for each in shrinking]
    for seat in rows.filter(subscription_id__in=wanted).order_by("id"):
        seats[seat.subscription_id].append(seat)
    going: list[Seat] = []
    renumbered: list[Seat] = []
    lost = {}
    for each in shrinking:
        held = seats[each.subscription.id]
        gone = _which_go(each, held)
        lost[each.subscription.id] = tuple(seat.member_id for seat in gone if seat.member_id)
        going += gone
        renumbered += _renumber(each.quantity, held, gone)
    for seat in going:
        tell_let_go(seat, journal)
    Seat.objects.filter(id__in=[seat.id for seat in going]).delete()
    Seat.objects.bulk_update(renumbered, ["number"], batch_size=_BATCH)
    return lost


def _which_go(each: Resize, seats: Sequence[Seat]) -> list[Seat]:
    by_member = {seat.member_id: seat.id for seat in seats if seat.member_id is not None}
    plan = reduction(
        [
            SeatUse(seat.id, _reserved_at(seat), seat.assigned_at, seat.last_used_on)
            for seat in sorted(seats, key=lambda seat: -seat.number)  # as it was told before
        ],
        each.quantity,
        zone_named(each.subscription.zone),
        chosen=[by_member[member] for member in each.chosen if member in by_member],
    )
    by_id = {seat.id: seat for seat in seats}
    return [by_id[id_] for group in (plan.free, plan.reserved, plan.assigned) for id_ in group]


def _reserved_at(seat: Seat) -> datetime | None:
    return seat.invitation.created_at if seat.invitation is not None else None


def _renumber(quantity: int, seats: Sequence[Seat], gone: Sequence[Seat]) -> list[Seat]:
    """Seats beyond the new quantity take the numbers that became free: 1, 2, 3 … as ever."""
    left = {seat.id: seat for seat in seats}
    for seat in gone:
        del left[seat.id]
    free = sorted(set(range(1, quantity + 1)) - {seat.number for seat in left.values()})
    moved = [seat for seat in left.values() if seat.number > quantity]
    for seat, number in zip(moved, free, strict=True):
        seat.number = number
    return moved
