"""R26: a new period has the seats that were chosen for it, and those chosen lost theirs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from tenure.flows.verify.checks import Tally, rows
from tenure.flows.verify.telling import Row, side_by_side

_BEGINNINGS: Final = """
    SELECT period.subscription_id, period.starts_at FROM subscriptions_period AS period
    JOIN subscriptions_subscription AS subscription ON subscription.id = period.subscription_id
    WHERE subscription.source = 'store' AND period.number > 1
    ORDER BY period.subscription_id, period.number
"""

_TOLD: Final = """
    SELECT data->>'subscription', type, at, data::text FROM events_event
    WHERE type IN ('subscription.next_quantity_chosen', 'subscription.seats_added',
                   'subscription.seats_taken_back', 'subscription.renewal_ordered',
                   'subscription.renewed', 'subscription.seats_reduced',
                   'seat.losses_chosen', 'seat.assigned', 'seat.freed')
      AND data->>'subscription' IN (
          SELECT data->>'subscription' FROM events_event
          WHERE type IN ('subscription.next_quantity_chosen', 'subscription.seats_reduced'))
    ORDER BY data->>'subscription' COLLATE "C", sequence
"""


class _Course:
    """What the journal tells of one subscription, up to an event.

    ``wanted`` is the quantity chosen last, ``paid`` that of the period paid last; each is None
    where seats came or went since. ``chosen`` are those who are to lose a seat, since ``since``.
    """

    def __init__(self, beginnings: Sequence[datetime]) -> None:
        self._beginnings = beginnings
        self._wanted: int | None = None
        self._paid: int | None = None
        self._chosen: Sequence[str] = ()
        self._since: datetime | None = None
        self._holders: set[str] = set()

    def wrong(self, type_: str, at: datetime, data: dict[str, Any]) -> Iterator[str]:
        """Go on by one event; what it shows to be wrong."""
        match type_.partition(".")[2]:
            case "next_quantity_chosen":
                self._wanted = data["next_quantity"]
            case "seats_added" | "seats_taken_back":
                self._wanted = self._paid = None
            case "renewal_ordered" if self._wanted not in (None, data["quantity"]):
                yield "another_quantity_than_chosen"
            case "renewed":
                self._paid = data["quantity"]
            case "losses_chosen":
                self._chosen, self._since = data["members"], at
            case "assigned":
                self._holders.add(data["member"])
            case "freed":
                self._holders.discard(data["member"])
            case "seats_reduced":
                if self._paid not in (None, data["quantity"]):
                    yield "another_quantity_than_paid"
                if self._others_lost(at, data["members"]):
                    yield "others_lost_than_chosen"
                self._chosen = ()

    def _others_lost(self, at: datetime, lost: Sequence[str]) -> bool:
        """Whether one who was not chosen lost a seat, while one who was still holds theirs.

        A choice is for the next boundary.
        """
        since = self._since
        if since is None or sum(since < start <= at for start in self._beginnings) != 1:
            return False
        kept = self._holders & set(self._chosen)
        return bool(kept) and not set(lost) <= set(self._chosen)


def boundaries_as_chosen(_now: datetime) -> Tally:
    """R26: what was ordered for the next period is of the quantity chosen last, seats go down to
    what was paid, and those whom administrators chose lose theirs before anybody else."""
    tally = Tally()
    for id_, facts, events in side_by_side("sub", rows(_BEGINNINGS), rows(_TOLD)):
        tally.looked_at += len(facts)
        for what in _wrong([start for (start,) in facts], events):
            tally.fail(id_, what)
    return tally


def _wrong(beginnings: Sequence[datetime], events: Sequence[Row]) -> Iterator[str]:
    course = _Course(beginnings)
    for type_, at, text in events:
        yield from course.wrong(type_, at, json.loads(text))
