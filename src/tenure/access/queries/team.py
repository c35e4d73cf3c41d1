"""An organisation's members as lists show them: found by name and address, page by page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from tenure.access.models import Seat
from tenure.base.errors import NotFound
from tenure.catalogue.queries import roles_by_offer
from tenure.catalogue.searching import plain
from tenure.events.rows import AMONG, read_rows, read_values
from tenure.organisations.models import Invitation, InvitationStatus, Member
from tenure.organisations.rules import MemberStatus, Standing

PAGE: Final = 50
"""How many members a page shows."""

_MOST_WORDS: Final = 12


@dataclass(frozen=True, slots=True)
class Sought:
    """Which members are looked for: parts of name or address, a standing, states."""

    words: str = ""
    standing: str = ""
    statuses: tuple[str, ...] = ()


PRESENT: Final = (
    MemberStatus.ACTIVE.value,
    MemberStatus.INVITED.value,
    MemberStatus.SUSPENDED.value,
)
"""The states of everybody who was not removed."""


@dataclass(frozen=True, slots=True)
class Found:
    """A page of members by name; ``last`` is where the next one goes on, if there is one."""

    rows: Sequence[Member]
    last: UUID | None


_SEATS_OF: Final = f"""
    SELECT false AS reserved, member_id AS member, access_seat.* FROM access_seat
    WHERE member_id {AMONG}
    UNION ALL
    SELECT true, i.member_id, access_seat.* FROM access_seat
    JOIN organisations_invitation AS i ON i.id = invitation_id WHERE i.member_id {AMONG}
"""  # noqa: S608 - of constants
"""The seats that some members hold, and those that invitations keep for them."""


def find_members(
    organisation: UUID,
    sought: Sought,
    *,
    after: UUID | None = None,
    without: Collection[UUID] = (),
    most: int = PAGE,
) -> Found:
    """Members by name, whatever case and accents are written; one statement."""
    rows = _matching(organisation, sought)
    if without:
        rows = rows.exclude(id__in=without)
    if after is not None:
        key = Member.objects.filter(organisation_id=organisation, id=after).values("sought")[:1]
        rows = rows.filter(Q(sought__gt=key) | Q(sought=key, id__gt=after))
    found = list(rows.order_by("sought", "id")[: most + 1])
    return Found(found[:most], found[most - 1].id if len(found) > most else None)


def _matching(organisation: UUID, sought: Sought) -> QuerySet[Member]:
    rows = Member.objects.filter(organisation_id=organisation)
    for word in plain(sought.words).split()[:_MOST_WORDS]:
        rows = rows.filter(sought__contains=word)
    if sought.standing:
        rows = rows.filter(standing=sought.standing)
    return rows.filter(status__in=sought.statuses or PRESENT)


_STATES: Final = (
    "SELECT status, count(*)::int FROM organisations_member "
    "WHERE organisation_id = %s GROUP BY status"
)


def member_counts(organisation: UUID) -> dict[str, int]:
    """How many members are in each state; one statement."""
    counted: dict[str, int] = dict(row[:2] for row in read_values(_STATES, [organisation]))
    return {status.value: counted.get(status.value, 0) for status in MemberStatus}


def member_of(organisation: UUID, member: UUID) -> Member:
    """One member of the organisation; ``NotFound`` for anybody else's."""
    found = read_rows(Member, "WHERE organisation_id = %s AND id = %s", [organisation, member])
    if not found:
        raise NotFound
    return found[0]


def active_owners(organisation: UUID) -> frozenset[UUID]:
    """The owners who are active (R34); one statement."""
    rows = Member.objects.filter(
        organisation_id=organisation, standing=Standing.OWNER, status=MemberStatus.ACTIVE
    )
    return frozenset(rows.values_list("id", flat=True))


_RUNNING: Final = f"""
    WITH held AS ({_SEATS_OF})
    SELECT DISTINCT held.member, s.offer_id
    FROM held JOIN subscriptions_subscription AS s ON s.id = held.subscription_id
    JOIN subscriptions_period AS p ON p.subscription_id = s.id
    WHERE p.starts_at <= %s AND p.ends_at > %s
    AND (s.cancelled_at IS NULL OR s.cancelled_at > %s)
"""  # noqa: S608 - of constants


def role_names_of(members: Collection[UUID], at: datetime, language: str) -> dict[UUID, list[str]]:
    """The names of the roles that each of ``members`` holds or has reserved, in what runs.

    Two statements for any number of them.
    """
    held: defaultdict[UUID, set[str]] = defaultdict(set)
    wanted = list(members)
    for member, offer in read_values(_RUNNING, [wanted, wanted, at, at, at]):
        held[member].add(offer)
    roles = roles_by_offer({offer for offers in held.values() for offer in offers}, language)
    return {
        member: sorted({role.name for offer in held[member] for role in roles[offer]})
        for member in members
    }


@dataclass(frozen=True, slots=True)
class HeldSeat:
    """A seat that a member holds; ``first_used_on`` decides how long it is locked (R38)."""

    subscription: UUID
    member: UUID
    assigned_at: datetime | None
    first_used_on: date | None
    last_used_on: date | None


@dataclass(frozen=True, slots=True)
class Holdings:
    """What some members hold, and what invitations keep for them, by member."""

    seats: Mapping[UUID, Sequence[HeldSeat]]
    reserved: Mapping[UUID, frozenset[UUID]]


_HOLDINGS: Final = f"""
    SELECT reserved, member, subscription_id, assigned_at, first_used_on, last_used_on
    FROM ({_SEATS_OF}) AS held ORDER BY id
"""  # noqa: S608 - of constants


def holdings_of(members: Collection[UUID]) -> Holdings:
    """The seats of each of ``members``, and the subscriptions of which one is reserved for them.

    One statement for any number of them.
    """
    held: defaultdict[UUID, list[HeldSeat]] = defaultdict(list)
    kept: defaultdict[UUID, set[UUID]] = defaultdict(set)
    wanted = list(members)
    for reserved, member, subscription, *days in read_values(_HOLDINGS, [wanted, wanted]):
        if reserved:
            kept[member].add(subscription)
        else:
            held[member].append(HeldSeat(subscription, member, *days))
    return Holdings(held, {member: frozenset(found) for member, found in kept.items()})


def holders_of(subscriptions: Collection[UUID], most: int) -> list[tuple[Member, HeldSeat]]:
    """Who holds seats of ``subscriptions``, by name, up to ``most`` seats; one statement."""
    rows = (
        Seat.objects.filter(subscription_id__in=subscriptions, member__isnull=False)
        .select_related("member")
        .order_by("member__sought", "id")[:most]
    )
    return [(row.member, _held(row, row.member.id)) for row in rows if row.member is not None]


def reserved_for(subscriptions: Collection[UUID], most: int) -> list[tuple[Member, UUID]]:
    """For whom invitations keep seats of ``subscriptions``, by address; one statement."""
    rows = (
        Seat.objects.filter(subscription_id__in=subscriptions, invitation__isnull=False)
        .select_related("invitation__member")
        .order_by("invitation__email")[:most]
    )
    return [
        (row.invitation.member, row.subscription_id) for row in rows if row.invitation is not None
    ]


def _held(seat: Seat, member: UUID) -> HeldSeat:
    return HeldSeat(
        subscription=seat.subscription_id,
        member=member,
        assigned_at=seat.assigned_at,
        first_used_on=seat.first_used_on,
        last_used_on=seat.last_used_on,
    )


def pending_invitation(member: UUID) -> Invitation | None:
    """The invitation that this member has not answered yet; one statement."""
    return Invitation.objects.filter(member_id=member, status=InvitationStatus.PENDING).first()


def invitations_of(
    organisation: UUID, *, pending: bool, before: UUID | None = None, most: int = PAGE
) -> tuple[list[Invitation], UUID | None]:
    """Invitations, the newest first, and after which one the next page begins; one statement."""
    rows = Invitation.objects.filter(organisation_id=organisation).select_related("member")
    if pending:
        rows = rows.filter(status=InvitationStatus.PENDING)
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = list(rows.order_by("-id")[: most + 1])
    return found[:most], found[most - 1].id if len(found) > most else None


def invitation_of(organisation: UUID, invitation: UUID) -> Invitation:
    """One invitation of the organisation; ``NotFound`` for anybody else's."""
    rows = Invitation.objects.filter(organisation_id=organisation, id=invitation)
    row = rows.select_related("member").first()
    if row is None:
        raise NotFound
    return row


def present_addresses(organisation: UUID, emails: Collection[str]) -> set[str]:
    """Which of these addresses (lower case) are a member's or an invited person's already."""
    rows = Member.objects.filter(organisation_id=organisation, email__in=list(emails))
    return set(rows.exclude(status=MemberStatus.REMOVED).values_list("email", flat=True))
