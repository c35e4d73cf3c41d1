"""What orders add in mid-period is written down, and becomes true when it is paid (R27)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from tenure.base.calendar import Span
from tenure.base.ids import new_id
from tenure.events.journal import Journal
from tenure.events.rows import run
from tenure.orders.models import OrderLine
from tenure.subscriptions.models import SeatChange, Subscription


@dataclass(frozen=True, slots=True)
class NewSeats:
    """What a line of an order adds, and for which days of which period."""

    line: OrderLine
    number: int
    for_next: bool
    span: Span
    period_days: int


def record_seat_changes(
    *,
    subscription: Subscription,
    seats_before: int,
    added: Sequence[NewSeats],
    journal: Journal,
) -> None:
    """Write down what an order just placed is to add to the locked ``subscription``."""
    journal.insert(
        SeatChange(
            id=new_id(),
            organisation_id=subscription.organisation_id,
            subscription=subscription,
            order_id=each.line.order_id,
            order_line=each.line,
            number=each.number,
            for_next=each.for_next,
            quantity=each.line.quantity,
            seats_before=seats_before,
            priced_from=each.span.starts_on,
            ends_on=each.span.ends_on,
            period_days=each.period_days,
        )
        for each in added
    )


def mark_begun(*, changes: Sequence[SeatChange]) -> None:
    """The seats of ``changes`` are there from their ``starts_on`` on."""
    SeatChange.objects.bulk_update(changes, ["starts_on", "released_at"], batch_size=1000)


def mark_undone(*, changes: Sequence[SeatChange], at: datetime) -> None:
    """The seats of ``changes`` went again, or never came."""
    SeatChange.objects.filter(id__in=[each.id for each in changes]).update(undone_at=at)


def release_next_seats(*, following: Collection[tuple[UUID, int]], at: datetime) -> None:
    """The renewals for these periods come to nothing or are ordered anew: what was paid for more
    seats beside them is to go back (R27). One statement."""
    if not following:
        return
    subscriptions, numbers = zip(*following, strict=True)
    run(_RELEASE, [at, list(subscriptions), list(numbers)])


_RELEASE: Final = """
    UPDATE subscriptions_seatchange SET released_at = %s
    WHERE (subscription_id, number) IN (SELECT * FROM unnest(%s::uuid[], %s::int[]))
      AND for_next AND starts_on IS NOT NULL AND released_at IS NULL AND undone_at IS NULL
"""


def first_day(change: SeatChange, today: date) -> date:
    """From which local day a change that is paid ``today`` has its seats."""
    return max(today, change.priced_from) if change.for_next else today
