"""Seats used against paid, day by day, for a picture: what was paid for, what was assigned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, NamedTuple, TypeVar

SubscriptionId = TypeVar("SubscriptionId", bound=Hashable)


@dataclass(frozen=True, slots=True)
class PaidStretch(Generic[SubscriptionId]):
    """A paid stretch of a subscription: ``quantity`` seats on the days ``[begins, ends)``."""

    subscription: SubscriptionId
    quantity: int
    begins: date
    ends: date


class Usage(NamedTuple):
    """From this day on so many seats are assigned, of so many paid for."""

    day: date
    used: int
    paid: int


@dataclass(slots=True)
class _Seats:
    """A subscription on its way through the days."""

    paid: int = 0
    assigned: int = 0

    @property
    def used(self) -> int:
        """What was assigned before, or is kept after, is no use of what is not paid for."""
        return min(self.assigned, self.paid)


def usage_over_time(
    stretches: Iterable[PaidStretch[SubscriptionId]],
    changes: Mapping[SubscriptionId, Sequence[tuple[date, int]]],
    *,
    first: date,
    last: date,
) -> list[Usage]:
    """What was used of what was paid, from ``first`` to ``last``, wherever it changes.

    ``changes`` says of each subscription on which day how many seats were assigned more, or
    fewer. An assignment counts while its subscription is paid for.
    """
    steps: defaultdict[date, list[tuple[SubscriptionId, int, int]]] = defaultdict(list)
    for stretch in stretches:
        steps[stretch.begins].append((stretch.subscription, stretch.quantity, 0))
        steps[stretch.ends].append((stretch.subscription, -stretch.quantity, 0))
    for subscription, assigned in changes.items():
        for day, more in assigned:
            steps[day].append((subscription, 0, more))
    return _walk(steps, first, last)


def _walk(
    steps: Mapping[date, Sequence[tuple[SubscriptionId, int, int]]], first: date, last: date
) -> list[Usage]:
    seats: defaultdict[SubscriptionId, _Seats] = defaultdict(_Seats)
    used = paid = 0
    points = []
    for day in sorted({first, last, *steps}):
        if day > last:
            break
        for subscription, bought, more in steps.get(day, ()):
            one = seats[subscription]
            before = one.used
            one.paid += bought
            one.assigned += more
            used, paid = used + one.used - before, paid + bought
        if day >= first:
            points.append(Usage(day, used, paid))
    return points
