"""Looks for what was told since the last look, and makes feeds due; as mails are made."""

from __future__ import annotations

from datetime import datetime

from tenure.events.journal import transaction
from tenure.notices.tail import Tail
from tenure.notices.webhooks.commands import notice_moved
from tenure.notices.webhooks.queries import is_anybody_told


class WebhookWatch:
    """At the tail of the journal each time, at all of it once a minute: nothing can be missed."""

    def __init__(self) -> None:
        self._tail = Tail()

    def look(self, *, now: datetime) -> int:
        """Make due what moved; returns how many feeds. ``now`` is the machine's instant."""
        if not is_anybody_told():
            return 0
        since = self._tail.since(now)
        with transaction(now=now, by="worker"):
            moved = notice_moved(now=now, since=since)
        self._tail.looked(now, since=since)
        return moved
