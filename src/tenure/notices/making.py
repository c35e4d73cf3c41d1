"""The journal is the outbox: what was told since is turned into mails, once.

A stream's cursor is locked, its events after the cursor are read, and their mails are written
together with the cursor's new place. Since a stream's row is locked until its transaction ends,
what is read after a number never skips one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from django.utils import translation

from tenure.events.journal import transaction
from tenure.events.rows import new_row
from tenure.notices.commands.mails import keep_mails
from tenure.notices.commands.making import begin_cursors, lock_cursors, move_cursors
from tenure.notices.letters.letter import kept, one_line
from tenure.notices.models import Mail
from tenure.notices.queries.told import Told, all_moved, moved_since, told_since
from tenure.notices.queries.world import World
from tenure.notices.tail import Tail
from tenure.notices.telling.drafts import Draft
from tenure.notices.telling.table import TELLERS

_log = structlog.get_logger()

STREAMS: Final = 200
"""So many streams are taken at a time."""
EVENTS: Final = 1000
"""So many of their events."""


class Watch:
    """Looks for what was told since the last look: at the tail of the journal, or at all of it."""

    def __init__(self) -> None:
        self._tail = Tail()
        self.is_behind = True
        """Whether the last look left something for the next."""

    def make_mails(self, *, now: datetime) -> int:
        """Turn one batch of events into mails; returns how many events there were.

        ``now`` is the machine's instant.
        """
        since = self._tail.since(now)
        moved = all_moved(STREAMS) if since is None else moved_since(since, STREAMS)
        done = make_mails_of(moved, now=now) if moved else 0
        self.is_behind = len(moved) == STREAMS or done >= EVENTS
        if not self.is_behind:
            self._tail.looked(now, since=since)
        return done


def make_mails_of(streams: Collection[UUID], *, now: datetime) -> int:
    """Turn what was told of ``streams`` into mails; returns how many events there were.

    If one of them cannot be told of, each is tried alone, and the others are.
    """
    begin_cursors(streams)
    try:
        return _make(streams, now)
    except Exception:
        if len(streams) == 1:
            raise
    done = 0
    for stream in streams:
        try:
            done += _make([stream], now)
        except Exception:  # noqa: BLE001 - one customer's mails never wait for another's
            _log.exception("mail_not_made", stream=str(stream))
    return done


def _make(streams: Collection[UUID], now: datetime) -> int:
    """One transaction: the statements depend on the kinds of event, never on their number."""
    with transaction(now=now, by="worker"):
        cursors = lock_cursors(streams)
        told = told_since(cursors, EVENTS) if cursors else []
        if told:
            keep_mails(list(_mails(told, now)))
            move_cursors({event.organisation: event.sequence for event in told})
    return len(told)


def _mails(told: Sequence[Told], now: datetime) -> Iterator[Mail]:
    telling = [event for event in told if event.type in TELLERS]
    world = World(telling)
    for event in telling:
        for draft in TELLERS[event.type](event, world):
            mail = _mail(event, draft, now)
            if event.organisation in world.organisations:  # not the vendor's own streams
                mail.organisation_id = event.organisation
            yield mail


def _mail(event: Told, draft: Draft, now: datetime) -> Mail:
    reader = draft.reader
    with translation.override(reader.language):
        letter = draft.compose(reader)
    return new_row(
        Mail,
        key=f"{event.key}:{draft.kind}:{reader.email}",
        kind=draft.kind,
        to=reader.email,
        to_name=reader.name,
        language=reader.language,
        subject=one_line(letter.subject),
        letter=kept(letter),
        happened_at=event.at,
        created_at=now,
        due_at=now,
    )
