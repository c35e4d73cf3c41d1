"""When a mail is tried again, when it is given up, and to whom a sandbox sends nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class MailStatus(StrEnum):
    """Where a mail stands."""

    WAITING = "waiting"
    """To be sent, or sent again."""
    SENT = "sent"
    """The next server took it."""
    SHOWN = "shown"
    """A sandbox shows it and sends it to nobody."""
    REFUSED = "refused"
    """The next server will never take it."""
    GIVEN_UP = "given_up"
    """Tried too often, or of no use any more; staff see it."""


class Outcome(StrEnum):
    """What became of one attempt."""

    SENT = "sent"
    LATER = "later"
    NEVER = "never"
    SHOWN = "shown"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: what became of it, what was wrong in the server's words, whether it was there."""

    outcome: Outcome
    problem: str = ""
    reached: bool = True


PAUSES: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
)
"""How long after each attempt that failed for now the next one comes; after the last, none."""

LEASE: Final = timedelta(minutes=5)
"""So long a claimed mail belongs to whoever claimed it; longer than sending a batch may last."""

_RESERVED: Final = frozenset({"example", "invalid", "localhost", "test"})
_RESERVED_DOMAINS: Final = frozenset({"example.com", "example.net", "example.org"})


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """When a mail that failed for now, ``attempts`` times, is tried again; None: never."""
    return now + PAUSES[attempts - 1] if attempts <= len(PAUSES) else None


def outcome_of(reply: int) -> Outcome:
    """What a server's three digits mean for the mail they were said to (RFC 5321, 4.2.1)."""
    if 200 <= reply < 300:
        return Outcome.SENT
    return Outcome.NEVER if 500 <= reply < 600 else Outcome.LATER


def is_nobodys(address: str) -> bool:
    """Whether an address can belong to nobody: its domain is reserved (RFC 2606, RFC 6761)."""
    labels = address.rpartition("@")[2].lower().rstrip(".").split(".")
    return labels[-1] in _RESERVED or ".".join(labels[-2:]) in _RESERVED_DOMAINS
