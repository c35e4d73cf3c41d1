"""Up to where the journal was looked at: its tail each time, all of it once a minute.

For mails and for webhooks alike, each of which looks every second.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

OVERLAP: Final = timedelta(seconds=10)
"""So far back each look goes: an event gets its id a moment before others can see it."""
SWEEP: Final = timedelta(minutes=1)
"""So often all streams are compared with what was told of them, and nothing can be missed."""


class Tail:
    """From where on whoever looks again has to look; instants are the machine's."""

    def __init__(self) -> None:
        self._looked: datetime | None = None
        self._swept: datetime | None = None

    def since(self, now: datetime) -> UUID | None:
        """The event after which there may be something new; None: look at all of it."""
        looked, swept = self._looked, self._swept
        if looked is None or swept is None or now - swept >= SWEEP:
            return None
        return id_at(looked - OVERLAP)

    def looked(self, now: datetime, *, since: UUID | None) -> None:
        """What came after ``since`` was seen, up to ``now``."""
        self._looked = now
        if since is None:
            self._swept = now


def id_at(at: datetime) -> UUID:
    """The least UUIDv7 that can have been made at an instant."""
    return UUID(int=int(at.timestamp() * 1000) << 80)
