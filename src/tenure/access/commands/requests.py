"""Requests for roles: made, granted, declined, withdrawn; none lapses by itself (R40)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

from tenure.access.errors import WORD_NEEDED, WORD_TOO_LONG
from tenure.access.events import (
    RoleRequestAwaitsSeat,
    RoleRequestDeclined,
    RoleRequestGranted,
    RoleRequestMade,
    RoleRequestWithdrawn,
)
from tenure.access.models import RoleRequest, Seat
from tenure.access.queries.requests import open_request, role_is_offered
from tenure.access.queries.seats import held_roles, roles_by_offer, running_subscriptions
from tenure.access.rules.requests import (
    LONGEST_WORD,
    WAITING,
    RequestStatus,
    answer_verdict,
    asking_verdict,
)
from tenure.base.calendar import local_date, zone_named
from tenure.base.errors import FieldError, Invalid, Refused
from tenure.events.journal import Journal
from tenure.organisations.models import Member, Organisation
from tenure.organisations.rules import MemberStatus
from tenure.subscriptions.models import Subscription

_Told = type[
    RoleRequestAwaitsSeat | RoleRequestDeclined | RoleRequestGranted | RoleRequestWithdrawn
]
_FACTS: Final[Mapping[RequestStatus, _Told]] = {
    RequestStatus.AWAITING_SEAT: RoleRequestAwaitsSeat,
    RequestStatus.GRANTED: RoleRequestGranted,
    RequestStatus.DECLINED: RoleRequestDeclined,
    RequestStatus.WITHDRAWN: RoleRequestWithdrawn,
}


def make_request(
    *, organisation: Organisation, member: Member, role: str, note: str, journal: Journal
) -> RoleRequest:
    """The locked ``member`` asks for ``role`` (R40).

    Raises ``Invalid`` if the note is too long, ``Refused`` with the first that holds of
    ``member_not_active``, ``role_not_offered``, ``role_held``, ``role_requested``.
    """
    said = _word(note, "note")
    before = open_request(member.id, role)
    running = running_subscriptions(organisation.id, journal.at)
    zone = zone_named(organisation.timezone)
    verdict = asking_verdict(
        member_active=member.status == MemberStatus.ACTIVE,
        role_offered=role_is_offered(role, organisation.audience),
        role_held=role in held_roles(member.id, running),
        asked_on=local_date(before.created_at, zone) if before else None,
    )
    if not verdict:
        raise Refused.by(verdict)
    made = RoleRequest.objects.create(
        organisation=organisation,
        member=member,
        role_id=role,
        note=said,
        created_at=journal.at,
    )
    journal.record(
        organisation.id, RoleRequestMade(role_request=made.id, member=member.id, role=role)
    )
    return made


def await_seat(*, request: RoleRequest, journal: Journal) -> None:
    """A seat is to be bought for the locked ``request``; saying it again changes nothing."""
    if request.status == RequestStatus.AWAITING_SEAT:
        journal.touch(request.organisation_id)
        return
    _refuse_closed(request)
    _become([request], RequestStatus.AWAITING_SEAT, journal)


def decline_request(*, request: RoleRequest, word: str, journal: Journal) -> None:
    """Decline the locked ``request`` with a word; declining it again changes nothing.

    Raises ``Invalid`` without a word, ``Refused`` (``role_request_closed``).
    """
    said = _word(word, "answer")
    if not said:
        raise Invalid([FieldError("answer", WORD_NEEDED)])
    if request.status == RequestStatus.DECLINED:
        journal.touch(request.organisation_id)
        return
    _refuse_closed(request)
    request.answer = said
    _become([request], RequestStatus.DECLINED, journal)


def withdraw_request(*, request: RoleRequest, journal: Journal) -> None:
    """The member no longer wants it; withdrawing again changes nothing.

    Raises ``Refused`` (``role_request_closed``).
    """
    if request.status == RequestStatus.WITHDRAWN:
        journal.touch(request.organisation_id)
        return
    _refuse_closed(request)
    _become([request], RequestStatus.WITHDRAWN, journal)


def withdraw_requests_of(*, member: Member, journal: Journal) -> None:
    """Who is removed asks for nothing any more (R40)."""
    rows = RoleRequest.objects.select_for_update().filter(member=member, status__in=WAITING)
    _become(list(rows.order_by("id")), RequestStatus.WITHDRAWN, journal)


def withdraw_all_requests(*, organisation: UUID, journal: Journal) -> None:
    """In an organisation whose data are gone nobody asks for anything (R31)."""
    rows = RoleRequest.objects.select_for_update().filter(
        organisation=organisation, status__in=WAITING
    )
    _become(list(rows.order_by("id")), RequestStatus.WITHDRAWN, journal)


def close_served(*, seats: Sequence[Seat], journal: Journal) -> None:
    """Members were given ``seats``: what they had asked for of their roles is granted (R40).

    One statement if none of them had asked, four for any number of them.
    """
    rows = RoleRequest.objects.select_for_update().filter(
        member_id__in={seat.member_id for seat in seats}, status__in=WAITING
    )
    waiting = list(rows.order_by("id"))
    if not waiting:
        return
    offers = dict(
        Subscription.objects.filter(id__in={seat.subscription_id for seat in seats}).values_list(
            "id", "offer_id"
        )
    )
    roles = roles_by_offer(set(offers.values()))
    now_held = {
        (seat.member_id, role) for seat in seats for role in roles[offers[seat.subscription_id]]
    }
    served = [row for row in waiting if (row.member_id, row.role_id) in now_held]
    _become(served, RequestStatus.GRANTED, journal)


def note_held(*, requests: Sequence[RoleRequest], journal: Journal) -> None:
    """Their members hold the roles already, as by a subscription that was reinstated (R24, R40)."""
    _become(requests, RequestStatus.GRANTED, journal)


def _become(requests: Iterable[RoleRequest], status: RequestStatus, journal: Journal) -> None:
    rows = list(requests)
    if not rows:
        return
    for row in rows:
        row.status = status.value
        row.closed_at = None if status in WAITING else journal.at
        journal.record(
            row.organisation_id,
            _FACTS[status](role_request=row.id, member=row.member_id, role=row.role_id),
        )
    RoleRequest.objects.bulk_update(rows, ["status", "answer", "closed_at"])


def _refuse_closed(request: RoleRequest) -> None:
    verdict = answer_verdict(RequestStatus(request.status))
    if not verdict:
        raise Refused.by(verdict)


def _word(text: str, field: str) -> str:
    said = text.strip()
    if len(said) > LONGEST_WORD:
        raise Invalid([FieldError(field, WORD_TOO_LONG, {"most": LONGEST_WORD})])
    return said
