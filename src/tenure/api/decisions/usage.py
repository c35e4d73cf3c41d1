"""On which day seats were last used, written down in bulk and off the path of answers (R38)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from time import perf_counter
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from tenure.access.queries.decisions import KnownMember, KnownOrganisation
from tenure.api.decisions.database import POLICY, USED, Link, Unreachable
from tenure.base.calendar import end_of_day_instant, local_date, microseconds
from tenure.base.ids import parse_public_id
from tenure.policy.loading import parse_policy

MOST_PENDING: Final = 500_000
"""How many uses are kept while they cannot be written; beyond, the newest are not noted."""
_AT_ONCE: Final = 100
"""How many are written by one statement: whoever asks meanwhile waits while it is put together."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Used = tuple[UUID, str]
"""A subscription, and the member who used a seat of it, by outside id."""


class Usage:
    """Collects which seats were used on which local day, until they are written down."""

    def __init__(self) -> None:
        self.pending: dict[Used, date] = {}
        """What is still to be written."""
        self._interval = 1.0

    def __len__(self) -> int:
        return len(self.pending)

    def note(
        self, known: KnownOrganisation, member: KnownMember, name: str, seat: int, at: int
    ) -> None:
        """A seat was used at ``at``, microseconds since 1970 by the organisation's clock."""
        if at >= known.used_until:
            begin_day(known, at)
        if not member.used >> seat & 1 and len(self.pending) < MOST_PENDING:
            member.used |= 1 << seat
            subscription = member.subscriptions[seat]
            self.pending[subscription, name] = known.days[subscription]

    async def interval(self, link: Link) -> float:
        """After how many seconds to write again: a third of what the policy in force allows (R38).

        What could not be written then has two more tries. Without an answer, or a policy, it stays
        as it was.
        """
        with suppress(Unreachable):
            for (source,) in await link.rows(POLICY):
                self._interval = _interval(source)
        return self._interval

    async def flush(self, link: Link, pause: Callable[[float], Awaitable[None]]) -> None:
        """Write down what was collected, resting as long as each statement took.

        What somebody is changing at this moment, or what cannot be written, is kept for the next
        time.
        """
        pending, self.pending = list(self.pending.items()), {}
        for start in range(0, len(pending), _AT_ONCE):
            some = dict(pending[start : start + _AT_ONCE])
            began = perf_counter()
            try:
                missed = await _write(link, some)
            except Unreachable:
                self.pending = dict(pending[start:]) | self.pending
                return
            for used in missed:
                self.pending.setdefault(used, some[used])
            await pause(perf_counter() - began)


@lru_cache(maxsize=1)
def _interval(source: str) -> float:
    return parse_policy(source).seats.last_use_written_within_seconds / 3


async def _write(link: Link, some: dict[Used, date]) -> list[Used]:
    """Write some uses down; returns those that are to be tried again."""
    inside = {(used[0], parse_public_id("mem", used[1])): used for used in some}
    rows = await link.rows(
        USED,
        [subscription for subscription, _ in inside],
        [member for _, member in inside],
        list(some.values()),
    )
    return [inside[subscription, member] for subscription, member in rows]


def begin_day(known: KnownOrganisation, at: int) -> None:
    """See which local day it is at ``at``, and forget who used what before."""
    for member in known.members.values():
        member.used = 0
    instant = _EPOCH + timedelta(microseconds=at)
    days = {zone: local_date(instant, zone) for zone in set(known.zones.values())}
    known.days = {subscription: days[zone] for subscription, zone in known.zones.items()}
    known.used_until = min(_end_of_day(day, zone) for zone, day in days.items())


@lru_cache(maxsize=2048)
def _end_of_day(day: date, zone: ZoneInfo) -> int:
    """In microseconds: one number for all whose day ends there, which then lies at hand."""
    return microseconds(end_of_day_instant(day, zone))
