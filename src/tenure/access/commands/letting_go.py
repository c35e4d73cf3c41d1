"""Seats are let go when nobody pays for them any more (R24, R31)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final
from uuid import UUID

from django.db.models import Q

from tenure.access.events import SeatFreed, SeatReleased
from tenure.access.models import Seat
from tenure.events.journal import Journal

_HELD: Final = Q(member__isnull=False) | Q(invitation__isnull=False)


def let_go_of_seats(*, subscriptions: Collection[UUID], journal: Journal) -> None:
    """Nobody holds a seat of these, nor is one kept for anybody; two statements for any number."""
    _let_go(Q(subscription_id__in=subscriptions), journal)


def let_go_of_all_seats(*, organisation: UUID, journal: Journal) -> None:
    """The same of all that the locked organisation has (R31)."""
    _let_go(Q(organisation=organisation), journal)


def _let_go(which: Q, journal: Journal) -> None:
    rows = Seat.objects.select_for_update().filter(_HELD, which)
    seats = list(rows.order_by("id"))
    for seat in seats:
        tell_let_go(seat, journal)
    Seat.objects.filter(id__in=[seat.id for seat in seats]).update(
        member=None,
        invitation=None,
        assigned_at=None,
        first_used_on=None,
        last_used_on=None,
        locked_until=None,
    )


def tell_let_go(seat: Seat, journal: Journal) -> None:
    """Whoever held the seat, or for whom it was kept, does not have it any more."""
    named = {"seat": seat.id, "subscription": seat.subscription_id}
    if seat.member_id is not None:
        journal.record(seat.organisation_id, SeatFreed(member=seat.member_id, **named))
    if seat.invitation_id is not None:
        journal.record(seat.organisation_id, SeatReleased(invitation=seat.invitation_id, **named))
