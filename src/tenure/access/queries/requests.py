"""Requests for roles, as administrators and members see them (R40)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from tenure.access.models import RoleRequest, Seat
from tenure.access.queries.seats import running_subscriptions, seat_pools
from tenure.access.rules.requests import WAITING, RequestStatus
from tenure.access.rules.seats import SeatPool, preference
from tenure.catalogue.models import OfferRole
from tenure.catalogue.queries import RoleListing, roles_of
from tenure.events.rows import read_values
from tenure.events.sending import Question
from tenure.organisations.rules import MemberStatus


@dataclass(frozen=True, slots=True)
class OpenRequests:
    """How many requests wait for an answer, and since when the oldest does."""

    count: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request as it is shown; ``free_in`` is the subscription whose free seat would serve it."""

    id: UUID
    member: UUID
    member_name: str
    member_email: str
    role: RoleListing
    note: str
    status: RequestStatus
    answer: str
    created_at: datetime
    closed_at: datetime | None
    free_in: UUID | None = None


_OPEN: Final = """
    SELECT count(*)::int, min(created_at) FROM access_rolerequest
    WHERE organisation_id = %s AND status IN ('open', 'awaiting_seat')
"""


def open_requests(organisation: UUID) -> OpenRequests:
    """What waits in an organisation, for the console's first page; one statement."""
    return OpenRequests(*read_values(_OPEN, [organisation])[0])


def requests_to_answer(
    organisation: UUID, *, at: datetime, on: date, language: str
) -> list[RequestView]:
    """The requests that wait in an organisation, oldest first, each with a free seat if one is.

    ``at`` and ``on`` are the instant and the local day by its clock. Seven statements.
    """
    rows = list(_waiting(organisation).select_related("member").order_by("id"))
    if not rows:
        return []
    pools = seat_pools(running_subscriptions(organisation, at), on)
    roles = roles_of({row.role_id for row in rows}, language)
    return [_view(row, roles[row.role_id], free_in(row.role_id, pools)) for row in rows]


def role_is_offered(role: str, audience: str) -> bool:
    """Whether an offer that is sold to this audience, online or not, has the role (R40)."""
    return OfferRole.objects.filter(
        role_id=role,
        role__withdrawn_at__isnull=True,
        offer__audience=audience,
        offer__withdrawn_at__isnull=True,
    ).exists()


def open_request(member: UUID, role: str) -> RoleRequest | None:
    """The member's request for the role that still waits."""
    return RoleRequest.objects.filter(member_id=member, role_id=role, status__in=WAITING).first()


def waiting_for_seats(organisation: UUID) -> list[RoleRequest]:
    """The requests of active members for which seats are to be bought, the oldest first.

    Each purchase asks, and hardly ever does anybody wait: one lean statement then.
    """
    if not read_values(*to_see_who_waits(organisation)):
        return []
    rows = RoleRequest.objects.filter(
        organisation_id=organisation,
        status=RequestStatus.AWAITING_SEAT,
        member__status=MemberStatus.ACTIVE,
    )
    return list(rows.select_related("member").order_by("id"))


def to_see_who_waits(organisation: UUID) -> Question:
    """What ``waiting_for_seats`` asks first, to be foreseen."""
    return _ANYBODY_WAITS, [organisation, RequestStatus.AWAITING_SEAT.value]


_ANYBODY_WAITS: Final = """
    SELECT 1 FROM access_rolerequest
    WHERE organisation_id = %s AND status IN ('open', 'awaiting_seat') AND status = %s LIMIT 1
"""
"""Both conditions on the status: the first is that of the index of what is open."""


def requests_to_serve(at: datetime) -> QuerySet[RoleRequest]:
    """Requests that await a seat of their role, which is free at ``at``, or which their member
    holds by then (what had lapsed was reinstated); for the worker.

    A seat of what has ended serves nobody, and would be looked at for ever.
    """
    serving = Seat.objects.filter(
        Q(subscription__cancelled_at__isnull=True) | Q(subscription__cancelled_at__gt=at),
        organisation=OuterRef("organisation"),
        subscription__periods__starts_at__lte=at,
        subscription__periods__ends_at__gt=at,
        subscription__offer__offer_roles__role=OuterRef("role"),
    )
    free = Exists(serving.filter(member__isnull=True, invitation__isnull=True))
    held = Exists(serving.filter(member=OuterRef("member")))
    return RoleRequest.objects.filter(
        free | held, status=RequestStatus.AWAITING_SEAT, member__status=MemberStatus.ACTIVE
    )


def free_in(role: str, pools: Sequence[SeatPool[UUID]]) -> UUID | None:
    """The subscription whose free seat serves a role best (R36); None if there is none."""
    serving = [pool for pool in pools if pool.free > 0 and role in pool.roles]
    return min(serving, key=preference).subscription if serving else None


def _waiting(organisation: UUID) -> QuerySet[RoleRequest]:
    return RoleRequest.objects.filter(organisation_id=organisation, status__in=WAITING)


def _view(row: RoleRequest, role: RoleListing, free: UUID | None = None) -> RequestView:
    return RequestView(
        id=row.id,
        member=row.member_id,
        member_name=row.member.name,
        member_email=row.member.email,
        role=role,
        note=row.note,
        status=RequestStatus(row.status),
        answer=row.answer,
        created_at=row.created_at,
        closed_at=row.closed_at,
        free_in=free,
    )
