"""May this member do this, now? (R41, R43)

The facts are prepared once, when they are loaded, and asked very often: an answer costs a few
look-ups and comparisons of whole numbers, and makes no object that was not there before. Nothing
in the facts depends on when they were loaded; all that time changes is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final, NamedTuple, Protocol
from uuid import UUID

from tenure.access import errors
from tenure.base.calendar import microseconds
from tenure.base.verdicts import Code

Grant = tuple[str, str]
"""An application and one of its permissions."""


class Decision(NamedTuple):
    """A yes or no with its reason.

    A yes is good until the instant ``valid_until``, where the paid periods that cover now end,
    unless something is changed before; ``subscription`` is the one whose seat was used (R38), of
    which a member has one at the most. ``retention`` tells the last local day on which data are
    there (R31).
    """

    allowed: bool
    reason: Code
    valid_until: datetime | None = None
    data_available_until: date | None = None
    subscription: UUID | None = None


class Stretch(NamedTuple):
    """Paid time without a break, half-open, in microseconds since 1970, and the yes it gives."""

    starts: int
    ends: int
    granted: Decision


@dataclass(frozen=True, slots=True)
class SeatFacts:
    """A seat that is assigned now, or was dropped when its order was cancelled (R30).

    It does not say of which subscription, so that all seats for the same offer and time, in
    whatever organisation, may share one of these; ``grants`` is shared by all seats of an offer.
    ``stretches`` are in order and do not touch;
    a dropped seat has none. Data last until the end of the local day ``retained.
    data_available_until``, which is before ``retained_until``, in microseconds.
    """

    grants: Set[Grant]
    stretches: tuple[Stretch, ...]
    retained: Decision
    retained_until: int
    dropped: bool


class Standing(Protocol):
    """A member; only an active one is ever let in. The seat to be used first comes first.

    ``subscriptions`` are those that the seats are of, in the same order.
    """

    @property
    def active(self) -> bool: ...
    @property
    def seats(self) -> tuple[SeatFacts, ...]: ...
    @property
    def subscriptions(self) -> tuple[UUID, ...]: ...


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """A member as they stand."""

    active: bool
    seats: tuple[SeatFacts, ...]
    subscriptions: tuple[UUID, ...]


class Place(Protocol):
    """An organisation: what of ``OrganisationFacts`` a decision rests on."""

    @property
    def members(self) -> Mapping[str, Standing]: ...
    @property
    def suspended(self) -> bool: ...
    @property
    def test_clock(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """An organisation as of ``revision``: its members by id and by address in lower case.

    ``test_clock``, in microseconds, stands in for the time of the question (R2).
    """

    revision: int
    suspended: bool
    members: Mapping[str, Standing]
    test_clock: int | None = None


UNKNOWN_SUBJECT: Final = Decision(False, errors.UNKNOWN_SUBJECT)
NOT_A_MEMBER: Final = Decision(False, errors.NOT_A_MEMBER)
MEMBER_NOT_ACTIVE: Final = Decision(False, errors.MEMBER_NOT_ACTIVE)
ORGANISATION_SUSPENDED: Final = Decision(False, errors.ORGANISATION_SUSPENDED)
NO_SEAT: Final = Decision(False, errors.NO_SEAT)
NO_ROLE_WITH_PERMISSION: Final = Decision(False, errors.NO_ROLE_WITH_PERMISSION)
NO_CURRENT_PERIOD: Final = Decision(False, errors.NO_CURRENT_PERIOD)


def seat_facts(
    grants: Set[Grant],
    periods: Iterable[tuple[datetime, datetime]],
    *,
    data_until: date,
    data_gone_at: datetime,
    dropped: bool = False,
) -> SeatFacts:
    """Prepare the seats of a subscription. ``periods`` are the paid ones, half-open UTC instants.

    ``data_until`` is the last local day of R31 if nothing more is paid, and ``data_gone_at`` the
    first instant after it. A seat that R30 dropped (``dropped``) gives no access any more.
    """
    stretches = () if dropped else _stretches(tuple(sorted(periods)))
    retained = Decision(False, errors.RETENTION, data_available_until=data_until)
    return SeatFacts(grants, stretches, retained, microseconds(data_gone_at), dropped)


@lru_cache(maxsize=16_384)
def _stretches(periods: tuple[tuple[datetime, datetime], ...]) -> tuple[Stretch, ...]:
    """Join periods that touch: a renewal that is paid already lengthens what is valid now.

    The same for all that were paid for the same time, so that what is asked often lies together.
    """
    joined: list[tuple[datetime, datetime]] = []
    for starts_at, ends_at in periods:
        if joined and starts_at <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(ends_at, joined[-1][1])
        else:
            joined.append((starts_at, ends_at))
    return tuple(
        Stretch(
            microseconds(starts_at),
            microseconds(ends_at),
            Decision(True, errors.GRANTED, valid_until=ends_at),
        )
        for starts_at, ends_at in joined
    )


def decide(
    organisation: Place, subject: str, grant: Grant, at: int, *, known: bool = True
) -> Decision:
    """Whether ``subject`` may use ``grant`` in ``organisation`` at ``at`` (R41).

    ``subject`` is a member's id or an address in lower case, ``at`` microseconds since 1970;
    ``known`` says whether that subject exists anywhere, and only matters if it is no member here.
    The reason is the first that holds, and no useless seat stands in the way of another (R43).
    """
    member = organisation.members.get(subject)
    if member is None:
        return NOT_A_MEMBER if known else UNKNOWN_SUBJECT
    decision, seat = weigh(organisation, member, grant, at)
    return decision if seat < 0 else decision._replace(subscription=member.subscriptions[seat])


def weigh(organisation: Place, member: Standing, grant: Grant, at: int) -> tuple[Decision, int]:
    """As ``decide``, of a member, without saying the subscription: the place of the seat used.

    No seat is used if the place is negative.
    """
    seats = member.seats
    if not member.active:
        return MEMBER_NOT_ACTIVE, -1
    if organisation.suspended:
        return ORGANISATION_SUSPENDED, -1
    if organisation.test_clock is not None:
        at = organisation.test_clock
    found, granting, until, used = None, 0, at, -1
    for place, seat in enumerate(seats):
        if grant in seat.grants:
            granting += 1
            if found is None:
                for starts, ends, granted in seat.stretches:
                    if starts <= at < ends:
                        found, until, used = granted, ends, place
    if found is None:
        return _refused(seats, grant, at), -1
    return found if granting == 1 else _prolonged(found, until, seats, grant), used


def _prolonged(found: Decision, until: int, seats: tuple[SeatFacts, ...], grant: Grant) -> Decision:
    """``found``, valid as long as the paid time of any such seat follows without a break."""
    last = found
    again = True
    while again:
        again = False
        for seat in seats:
            if grant in seat.grants:
                for starts, ends, granted in seat.stretches:
                    if starts <= until < ends:
                        until, last, again = ends, granted, True
    return found if last is found else found._replace(valid_until=last.valid_until)


def _refused(seats: tuple[SeatFacts, ...], grant: Grant, at: int) -> Decision:
    """Why not: the reasons of R41 from ``no_seat`` on, for what is not granted now."""
    counted = [seat for seat in seats if not seat.dropped or at < seat.retained_until]
    if not counted:
        return NO_SEAT
    granting = [seat for seat in counted if grant in seat.grants]
    if not granting:
        return NO_ROLE_WITH_PERMISSION
    lasting = [
        seat for seat in granting if at < seat.retained_until and (seat.dropped or _over(seat, at))
    ]
    if not lasting:
        return NO_CURRENT_PERIOD
    return max(lasting, key=lambda seat: seat.retained_until).retained


def _over(seat: SeatFacts, at: int) -> bool:
    """Whether paid time lies behind: before the first of it there are no data to keep."""
    return bool(seat.stretches) and seat.stretches[0].ends <= at
