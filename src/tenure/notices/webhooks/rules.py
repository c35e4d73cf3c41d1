"""When a delivery is tried again, when an endpoint is disabled, and how a message is signed.

Signatures and the schedule are those of Standard Webhooks 1.0. Nothing here reads a clock.
"""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final
from uuid import UUID

TEXT_OF_SECRETS: Final = "whsec_"
"""How every secret begins."""
SECRET_BYTES: Final = 32

OLD_SECRET_LASTS: Final = timedelta(hours=24)
"""So long a message carries the signature of the secret before as well."""

PAUSES: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""How long after each attempt that failed the next one comes; after the last, none."""

SCHEDULE: Final = sum(PAUSES, timedelta())
"""So long a delivery is tried at the least before it is given up: three days and some hours."""

JITTER: Final = 0.1
"""Each pause is longer by up to this part of it, so that not all come back at once."""

REST: Final = timedelta(seconds=5)
LONGEST_REST: Final = timedelta(minutes=30)
"""How long an endpoint that is not to be reached is left alone, at first and at the most."""

LONGEST_WISH: Final = timedelta(hours=24)
"""So long a ``Retry-After`` is heeded."""

_GONE: Final = 410
_BUSY: Final = frozenset({429, 502, 503, 504})


class DeliveryStatus(StrEnum):
    """Where the delivery of one event to one endpoint stands."""

    DELIVERED = "delivered"
    """Answered with 2xx."""
    FAILING = "failing"
    """Not taken yet; it is tried again, and what comes after it waits."""
    GIVEN_UP = "given_up"
    """Not taken in all its attempts, while the endpoint took others."""


class DisabledWhy(StrEnum):
    """Why nothing is sent to an endpoint."""

    NOT = ""
    SWITCHED_OFF = "switched_off"
    FAILING = "failing"
    """It took nothing in all the attempts of one delivery: about three days."""
    GONE = "gone"
    """It answered 410."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of one attempt: the status if there was an answer, its first words, the time.

    ``problem`` is what kept an answer from coming; ``wish`` what a ``Retry-After`` asked for.
    """

    code: int | None = None
    text: str = ""
    problem: str = ""
    took: timedelta = timedelta()
    wish: timedelta = timedelta()

    @property
    def is_taken(self) -> bool:
        """Whether the endpoint took it."""
        return self.code is not None and 200 <= self.code < 300

    @property
    def is_gone(self) -> bool:
        """Whether it says that it wants nothing any more."""
        return self.code == _GONE

    @property
    def is_reached(self) -> bool:
        """Whether there was somebody to judge what was sent."""
        return self.code is not None and self.code not in _BUSY


def next_attempt(feed: UUID, attempts: int, answered: Answered, now: datetime) -> datetime | None:
    """When what failed ``attempts`` times is tried again; None: never.

    The jitter follows from the feed and the attempt, so that it is the same for whoever asks.
    """
    if attempts > len(PAUSES):
        return None
    drawn = int.from_bytes(sha256(feed.bytes + bytes([attempts])).digest()[:4]) / 2**32
    pause = PAUSES[attempts - 1] * (1 + JITTER * drawn)
    return now + max(pause, min(answered.wish, LONGEST_WISH))


def rest_after(failures: int) -> timedelta:
    """How long an endpoint is left alone that could not be reached ``failures`` times in a row."""
    times: int = 2 ** min(max(failures - 1, 0), 10)
    return min(REST * times, LONGEST_REST)


def wants(types: tuple[str, ...] | list[str], type_: str) -> bool:
    """Whether an endpoint that chose ``types`` is told of ``type_``; without any, of all.

    ``order.*`` stands for all that begins so.
    """
    family = f"{type_.split('.', 1)[0]}.*"
    return not types or type_ in types or family in types


def secret_text(secret: bytes) -> str:
    """A secret as people copy it."""
    return TEXT_OF_SECRETS + b64encode(secret).decode()


def signatures(secrets: list[str], message: str, timestamp: int, body: bytes) -> str:
    """The header ``webhook-signature``: one signature for each secret, the newest first."""
    signed = f"{message}.{timestamp}.".encode() + body
    return " ".join(f"v1,{_signature(secret, signed)}" for secret in secrets)


def _signature(secret: str, signed: bytes) -> str:
    key = b64decode(secret.removeprefix(TEXT_OF_SECRETS))
    return b64encode(hmac.new(key, signed, sha256).digest()).decode()
