"""The chain of periods, and what a subscription is at an instant (R1, R19, R20)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from tenure.base.calendar import Span, Term, first_instant, period_bounds, trial_bounds


class PeriodKind(StrEnum):
    """Why a period is there."""

    INITIAL = "initial"
    RENEWAL = "renewal"
    TRIAL = "trial"
    EXTENSION = "extension"


class SubscriptionStatus(StrEnum):
    """What a subscription is at an instant; never stored."""

    PENDING = "pending"
    ACTIVE = "active"
    LAPSED = "lapsed"
    ENDED = "ended"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class PeriodFacts:
    """One paid stretch: its local days, half-open, and the UTC instants of their midnights."""

    number: int
    kind: PeriodKind
    starts_on: date
    ends_on: date
    starts_at: datetime
    ends_at: datetime

    @property
    def span(self) -> Span:
        """Its local days alone."""
        return Span(self.starts_on, self.ends_on)

    def covers(self, at: datetime) -> bool:
        """Whether the instant ``at`` lies inside, the end excluded."""
        return self.starts_at <= at < self.ends_at


@dataclass(frozen=True, slots=True)
class SubscriptionFacts:
    """What the rules need to know of a subscription; ``periods`` are paid, oldest first."""

    is_trial: bool
    auto_renew: bool
    periods: tuple[PeriodFacts, ...]
    cancelled_at: datetime | None = None


@lru_cache(maxsize=4096)  # what renews on one day mostly began on one
def period(
    anchor: date, term: Term, number: int, zone: ZoneInfo, *, trial_days: int | None = None
) -> PeriodFacts:
    """Period ``number`` (1 is the first) of a subscription anchored on ``anchor`` in ``zone``.

    Computed from the anchor, never from the period before (R1). A trial has one period of
    ``trial_days``; ``ValueError`` for any other.
    """
    if term == Term.TRIAL:
        if trial_days is None or number != 1:
            raise ValueError("A trial has one period, of days of its own.")
        span, kind = trial_bounds(anchor, trial_days), PeriodKind.TRIAL
    else:
        span = period_bounds(anchor, term, number)
        kind = PeriodKind.INITIAL if number == 1 else PeriodKind.RENEWAL
    starts_at, ends_at = first_instant(span.starts_on, zone), first_instant(span.ends_on, zone)
    return PeriodFacts(number, kind, span.starts_on, span.ends_on, starts_at, ends_at)


def current_period(periods: Iterable[PeriodFacts], at: datetime) -> PeriodFacts | None:
    """The period that covers ``at``, also when the next one is already paid (R24), or None."""
    return next((period for period in periods if period.covers(at)), None)


def status(facts: SubscriptionFacts, at: datetime) -> SubscriptionStatus:
    """What the subscription is at the instant ``at``.

    ``pending`` before its first paid day or without any; after its last, ``ended`` if nothing
    was to follow (a trial, or auto-renewal off), else ``lapsed`` (R24). A trial that the paid
    term replaced has ``ended`` (R9).
    """
    if facts.cancelled_at is not None and facts.cancelled_at <= at:
        return SubscriptionStatus.ENDED if facts.is_trial else SubscriptionStatus.CANCELLED
    if not facts.periods or at < facts.periods[0].starts_at:
        return SubscriptionStatus.PENDING
    if current_period(facts.periods, at):
        return SubscriptionStatus.ACTIVE
    if facts.is_trial or not facts.auto_renew:
        return SubscriptionStatus.ENDED
    return SubscriptionStatus.LAPSED
