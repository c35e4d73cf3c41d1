"""Assigning a role to a member, and freeing it (R38)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tenure.access.commands import seats as commands
from tenure.base.calendar import local_date, zone_named
from tenure.base.errors import NotFound
from tenure.events.asked import Asked
from tenure.events.journal import Journal, transaction
from tenure.flows.locks import lock_member_first
from tenure.flows.written import Written
from tenure.organisations.models import Member
from tenure.subscriptions.models import Subscription


def assign_seat(
    *, subscription: UUID, member: UUID, now: datetime, by: str, asked: Asked | None = None
) -> Written:
    """Give a member a free seat of a subscription of the same organisation.

    Raises ``NotFound``, or ``Refused`` with the first that holds of
    ``subscription_not_active``, ``member_not_active``, ``already_assigned``, ``no_free_seat``.
    """
    with transaction(now=now, by=by, asked=asked) as journal:
        person, seats_of = _locked(subscription, member, journal)
        today = local_date(journal.at, zone_named(seats_of.zone))
        seat = commands.assign_seat(subscription=seats_of, member=person, on=today, journal=journal)
        journal.made = seat.id
    return Written((seat.id,), journal.revisions[seats_of.organisation_id])


def release_seat(*, subscription: UUID, member: UUID, now: datetime, by: str) -> Written:
    """Free a member's seat. Raises ``NotFound``, or ``Refused`` (``seat_locked``, ``until``)."""
    with transaction(now=now, by=by) as journal:
        person, seats_of = _locked(subscription, member, journal)
        seat = commands.free_seat(subscription=seats_of, member=person, journal=journal)
    return Written((seat.id,), journal.revisions[seats_of.organisation_id])


def _locked(subscription: UUID, member: UUID, journal: Journal) -> tuple[Member, Subscription]:
    """Organisation, member, subscription, locked; ``NotFound`` if not of one organisation."""
    person = lock_member_first(member, journal)
    found = Subscription.objects.select_for_update(no_key=True).filter(
        id=subscription, organisation_id=person.organisation_id
    )
    seats_of = found.first()
    if seats_of is None:
        raise NotFound
    return person, seats_of
