"""Who is sent to when: endpoint beside endpoint, so that a slow one holds up nobody else's.

What is due is claimed endpoint by endpoint, as long as there are threads for it, sent outside of
any transaction, and settled when it is done, whatever others still wait for. Endpoints that were
slow the last time have threads of their own: however many there are, they wait for one another.
"""

from __future__ import annotations

import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime
from typing import Final
from uuid import UUID

from tenure.events.journal import transaction
from tenure.notices.webhooks.commands import Lane, claim_again, claim_feeds
from tenure.notices.webhooks.queries import is_any_due
from tenure.notices.webhooks.sending import AT_ONCE, FEEDS, Errand, Round, errands_of, run, settle

QUICK: Final = 32
"""Threads for endpoints that answer at once, or were never met."""
SLOW: Final = 8
"""Threads for those that do not; one each."""
PAUSE: Final = 1.0
"""Seconds after which new things are looked for, whatever is on its way."""
GATHERING: Final = 0.02


class Courier:
    """Sends webhooks, for as long as a worker lasts; used by one thread.

    When something is done, what is done within ``gathering`` seconds is settled with it.
    """

    def __init__(self, *, gathering: float = GATHERING) -> None:
        self._gathering = gathering
        self._threads = ThreadPoolExecutor(QUICK + SLOW, thread_name_prefix="webhook")
        self._under_way: dict[Future[list[Round]], Errand] = {}
        self._of_the_slow: set[Future[list[Round]]] = set()
        self._slow: set[UUID] = set()
        self._ending = threading.Event()

    def take_up(self, now: datetime) -> int:
        """Begin to send what is due, where there is room; returns how many feeds and deliveries.

        ``now`` is the machine's instant.
        """
        if not is_any_due(now):
            return 0
        busy = {errand.webhook.id for errand in self._under_way.values()}
        slow = len(self._of_the_slow)
        quick = len(self._under_way) - slow
        return self._begin(
            Lane(QUICK - quick, but=frozenset(busy | self._slow)), now, at_once=AT_ONCE
        ) + self._begin(
            Lane(SLOW - slow, but=frozenset(busy), only=frozenset(self._slow)), now, at_once=1
        )

    def settle(self, now: datetime) -> bool:
        """Write down what is done, once something is; whether anything is still on its way.

        Waits for no longer than ``PAUSE``. Raises what an errand raised, when the others are
        written down.
        """
        wait(self._under_way, PAUSE, FIRST_COMPLETED)
        wait(self._under_way, self._gathering)
        done = [future for future in self._under_way if future.done()]
        for future in done:
            del self._under_way[future]
        self._of_the_slow.difference_update(done)
        failed = [future for future in done if future.exception() is not None]
        rounds = [each for future in done if future not in failed for each in future.result()]
        for round_ in rounds:
            if round_.is_slow:
                self._slow.add(round_.webhook.id)
            elif round_.tried:
                self._slow.discard(round_.webhook.id)
        if rounds:
            settle(rounds, now)
        for future in failed:
            future.result()
        return bool(self._under_way)

    def finish(self, now: datetime) -> None:
        """Take up nothing more; wait for what is on its way, and write it down."""
        self._ending.set()
        self._threads.shutdown()
        self.settle(now)

    def _begin(self, lane: Lane, now: datetime, *, at_once: int) -> int:
        if lane.is_closed:
            return 0
        with transaction(now=now, by="worker"):
            feeds = claim_feeds(lane, now=now, each=FEEDS)
            again = claim_again(lane, now=now, each=FEEDS)
        endpoints = {feed.webhook_id for feed in feeds} | {row.webhook_id for row in again}
        if not endpoints:
            return 0
        parts = max(1, min(at_once, lane.most // len(endpoints)))
        for errand in errands_of(feeds, again, at_once=parts):
            future = self._threads.submit(run, errand, now, self._ending)
            self._under_way[future] = errand
            if lane.only is not None:
                self._of_the_slow.add(future)
        return len(feeds) + len(again)
