"""R41 read aloud: slow, naive, on purpose nothing like the code that it judges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class PlainSeat:
    """A seat as it stands in the books."""

    permissions: frozenset[tuple[str, str]]
    periods: tuple[tuple[datetime, datetime], ...]
    data_until: date
    data_gone_at: datetime
    dropped: bool

    def covers(self, at: datetime) -> bool:
        return not self.dropped and any(starts <= at < ends for starts, ends in self.periods)

    def keeps_data(self, at: datetime) -> bool:
        access_was = self.dropped or any(ends <= at for _, ends in self.periods)
        return access_was and at < self.data_gone_at


@dataclass(frozen=True)
class PlainMember:
    status: str
    seats: tuple[PlainSeat, ...]


@dataclass(frozen=True)
class PlainOrganisation:
    suspended: bool
    members: dict[str, PlainMember]
    clock: datetime | None


Answer = tuple[bool, str, datetime | None, date | None]


def oracle(
    organisation: PlainOrganisation,
    everybody: set[str],
    subject: str,
    permission: tuple[str, str],
    machine: datetime,
) -> Answer:
    """Allowed, reason, valid until, data available until."""
    now = organisation.clock or machine
    if subject not in everybody:
        return False, "unknown_subject", None, None
    if subject not in organisation.members:
        return False, "not_a_member", None, None
    member = organisation.members[subject]
    if member.status != "active":
        return False, "member_not_active", None, None
    if organisation.suspended:
        return False, "organisation_suspended", None, None
    seats = [seat for seat in member.seats if not seat.dropped or now < seat.data_gone_at]
    if not seats:
        return False, "no_seat", None, None
    able = [seat for seat in seats if permission in seat.permissions]
    if not able:
        return False, "no_role_with_permission", None, None
    if any(seat.covers(now) for seat in able):
        return True, "granted", first_uncovered(able, now), None
    lasting = [seat.data_until for seat in able if seat.keeps_data(now)]
    if lasting:
        return False, "retention", None, max(lasting)
    return False, "no_current_period", None, None


def first_uncovered(seats: list[PlainSeat], now: datetime) -> datetime:
    """The first end of any period, from now on, at which no seat's period covers the instant."""
    ends = sorted(end for seat in seats for _, end in seat.periods if end > now)
    return next(end for end in ends if not any(seat.covers(end) for seat in seats))
