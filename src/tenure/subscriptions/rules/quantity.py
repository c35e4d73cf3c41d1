"""More seats in mid-period, fewer in the next (R26, R27)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, Generic, TypeVar
from zoneinfo import ZoneInfo

from tenure.base.calendar import Span, local_date
from tenure.base.money import divide_half_up
from tenure.base.verdicts import Verdict, allow, refuse
from tenure.policy.model import Policy
from tenure.subscriptions.errors import QUANTITY_CLOSED, QUANTITY_OPEN
from tenure.subscriptions.rules.periods import PeriodFacts
from tenure.subscriptions.rules.renewal import opt_out_deadline, opt_out_until

SeatId = TypeVar("SeatId")

_EVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SeatUse(Generic[SeatId]):
    """How a seat is held: reserved since, or assigned since and last used on a local day."""

    id: SeatId
    reserved_at: datetime | None = None
    assigned_at: datetime | None = None
    last_used_on: date | None = None


@dataclass(frozen=True, slots=True)
class Reduction(Generic[SeatId]):
    """Which seats go, in the order in which they go; nobody else is touched (R26)."""

    free: tuple[SeatId, ...]
    reserved: tuple[SeatId, ...]
    assigned: tuple[SeatId, ...]


def quantity_verdict(
    current: PeriodFacts, *, at: datetime, zone: ZoneInfo, policy: Policy
) -> Verdict:
    """Whether the quantity for the next period can be set at ``at`` (R26)."""
    deadline = opt_out_deadline(current.ends_on, policy)
    if at < opt_out_until(current.ends_on, zone, policy):
        return allow(QUANTITY_OPEN, deadline=deadline)
    return refuse(QUANTITY_CLOSED, deadline=deadline)


def reduction(
    seats: Sequence[SeatUse[SeatId]],
    next_quantity: int,
    zone: ZoneInfo,
    *,
    chosen: Sequence[SeatId] = (),
) -> Reduction[SeatId]:
    """Which of ``seats`` go so that ``next_quantity`` remain (R26).

    Free ones first, then the newest reservations, then those that the administrator chose, in
    that order, then those idle longest: not used since the day of last use, or, never used,
    since the day of the assignment. Equally idle ones go newest assignment first.
    """
    free = [seat for seat in seats if seat.assigned_at is None and seat.reserved_at is None]
    reserved = [seat for seat in seats if seat.assigned_at is None and seat.reserved_at]
    assigned = [seat for seat in seats if seat.assigned_at]
    reserved.sort(key=_reserved_at, reverse=True)
    ranks = {seat: rank for rank, seat in enumerate(chosen)}
    assigned.sort(key=lambda seat: (ranks.get(seat.id, len(ranks)), *_idle_since(seat, zone)))
    left = max(len(seats) - next_quantity, 0)
    parts = []
    for group in (free, reserved, assigned):
        parts.append(tuple(seat.id for seat in group[:left]))
        left -= len(parts[-1])
    return Reduction(*parts)


def _reserved_at(seat: SeatUse[SeatId]) -> datetime:
    return seat.reserved_at or _EVER


def _idle_since(seat: SeatUse[SeatId], zone: ZoneInfo) -> tuple[date, float]:
    """Sorts the seat idle longest first, and of equally idle ones the newest assignment."""
    assigned_at = seat.assigned_at or _EVER
    return seat.last_used_on or local_date(assigned_at, zone), -assigned_at.timestamp()


def prorated_amount(unit_amount: int, quantity: int, on: date, period: Span) -> int:
    """What ``quantity`` seats cost from ``on`` to the end of ``period``, in minor units (R27).

    Today's price of a whole period × quantity × days left ÷ days of the period, rounded half up
    once. ``ValueError`` if ``on`` lies outside ``period``.
    """
    if not period.starts_on <= on < period.ends_on:
        raise ValueError("Seats are added inside a period.")
    return divide_half_up(unit_amount * quantity * (period.ends_on - on).days, period.days)
