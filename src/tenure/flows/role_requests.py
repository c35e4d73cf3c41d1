"""A member asks for a role; administrators grant it, buy a seat for it, or decline (R40).

Nothing lapses: a request waits until it is answered, or until the member holds the role by
another way or leaves. ``await_seat`` marks that a seat is to be bought; whoever has waited longest
gets it with the purchase, or from the worker once one is free, and is in the list until then.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tenure.access.commands import requests as commands
from tenure.access.commands.granting import grant_from_free_seats
from tenure.access.errors import MEMBER_NOT_ACTIVE, NO_FREE_SEAT
from tenure.access.models import RoleRequest
from tenure.access.queries.requests import waiting_for_seats
from tenure.access.rules.requests import RequestStatus, answer_verdict
from tenure.base.calendar import local_date, zone_named
from tenure.base.errors import NotFound, Refused
from tenure.events.asked import Asked
from tenure.events.journal import Journal, transaction
from tenure.flows.locks import lock_member, lock_organisation
from tenure.flows.written import Written
from tenure.organisations.models import Member, Organisation
from tenure.organisations.rules import MemberStatus


def ask_for_role(
    *, member: UUID, role: str, note: str = "", now: datetime, by: str, asked: Asked | None = None
) -> Written:
    """A member asks for a role, with a word. Returns the request.

    Raises ``NotFound``, ``Invalid``, or ``Refused`` with the first that holds of
    ``member_not_active``, ``role_not_offered``, ``role_held``, ``role_requested``.
    """
    with transaction(now=now, by=by, asked=asked) as journal:
        found = Member.objects.filter(id=member).values_list("organisation_id", flat=True).first()
        if found is None:
            raise NotFound
        organisation = lock_organisation(found, journal)
        person = lock_member(member)
        made = commands.make_request(
            organisation=organisation, member=person, role=role, note=note, journal=journal
        )
        journal.made = made.id
    return Written((made.id,), journal.revisions[found])


def withdraw_role_request(*, request: UUID, member: UUID, now: datetime, by: str) -> Written:
    """``member`` no longer asks for it. Raises ``NotFound`` for anybody else's,
    ``Refused`` (``role_request_closed``)."""
    with transaction(now=now, by=by) as journal:
        row, _ = _locked(request, None, journal)
        if row.member_id != member:
            raise NotFound
        commands.withdraw_request(request=row, journal=journal)
    return Written((row.id,), journal.revisions[row.organisation_id])


def grant_role_request(*, request: UUID, organisation: UUID, now: datetime, by: str) -> Written:
    """Grant a request from a free seat, chosen as for an invitation (R36).

    Granting again changes nothing. Raises ``NotFound``, or ``Refused`` with
    ``role_request_closed``, ``member_not_active`` or ``no_free_seat`` (naming the role).
    """
    with transaction(now=now, by=by, organisation=organisation) as journal:
        row, customer = _locked(request, organisation, journal)
        journal.touch(organisation)
        if row.status != RequestStatus.GRANTED:
            _grant(row, customer, journal)
    return Written((row.id,), journal.revisions[organisation])


def await_seat(*, request: UUID, organisation: UUID, now: datetime, by: str) -> Written:
    """A seat is to be bought for a request; the purchase grants it.

    Raises ``NotFound``, ``Refused`` (``role_request_closed``).
    """
    with transaction(now=now, by=by, organisation=organisation) as journal:
        row, _ = _locked(request, organisation, journal)
        commands.await_seat(request=row, journal=journal)
    return Written((row.id,), journal.revisions[organisation])


def decline_role_request(
    *, request: UUID, organisation: UUID, word: str, now: datetime, by: str
) -> Written:
    """Decline a request with a word, which the member reads.

    Raises ``NotFound``, ``Invalid`` without a word, ``Refused`` (``role_request_closed``).
    """
    with transaction(now=now, by=by, organisation=organisation) as journal:
        row, _ = _locked(request, organisation, journal)
        commands.decline_request(request=row, word=word, journal=journal)
    return Written((row.id,), journal.revisions[organisation])


def give_to_waiting(*, customer: Organisation, journal: Journal) -> int:
    """Seats are free: whoever has waited longest for one gets it; returns how many did.

    A step of purchases and of the worker, for a locked organisation; one statement if nobody
    waits.
    """
    waiting = waiting_for_seats(customer.id)
    if not waiting:
        return 0
    journal.write()
    today = local_date(journal.at, zone_named(customer.timezone))
    return grant_from_free_seats(
        organisation=customer.id, requests=waiting, on=today, journal=journal
    )


def _grant(row: RoleRequest, customer: Organisation, journal: Journal) -> None:
    verdict = answer_verdict(RequestStatus(row.status))
    if not verdict:
        raise Refused.by(verdict)
    if lock_member(row.member_id).status != MemberStatus.ACTIVE:
        raise Refused(MEMBER_NOT_ACTIVE)
    today = local_date(journal.at, zone_named(customer.timezone))
    granted = grant_from_free_seats(
        organisation=customer.id, requests=[row], on=today, journal=journal
    )
    if not granted:
        raise Refused(NO_FREE_SEAT, available=0, roles=(row.role_id,))


def _locked(
    request: UUID, organisation: UUID | None, journal: Journal
) -> tuple[RoleRequest, Organisation]:
    """The request after its organisation, locked; ``NotFound`` if it is another's."""
    found = RoleRequest.objects.filter(id=request).values_list("organisation_id", flat=True)
    whose = found.first()
    if whose is None or organisation not in (None, whose):
        raise NotFound
    customer = lock_organisation(whose, journal)
    return RoleRequest.objects.select_for_update().get(id=request), customer
