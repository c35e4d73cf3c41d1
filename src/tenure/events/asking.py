"""Whoever asks the same a second time waits for the first, and learns what that one made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from django.db import DatabaseError, connection

from tenure.events.asked import Asked
from tenure.events.rows import read_values


@dataclass(frozen=True, slots=True)
class AskedBefore:
    """What stands under a key: the hash of what was asked, and what its flow made."""

    body_hash: bytes
    made: UUID | None


@contextmanager
def asked_alone(asked: Asked) -> Iterator[AskedBefore | None]:
    """Hold the lock of ``asked`` for the block, which gets what was made under its key before.

    The lock is the session's, so that flows in the block open their own transactions.
    """
    number = int.from_bytes(
        sha256(asked.scope.bytes + asked.key.encode()).digest()[:8], signed=True
    )
    read_values("SELECT pg_advisory_lock(%s)", [number])
    try:
        yield _before(asked)
    finally:
        _give_back(number)


def _before(asked: Asked) -> AskedBefore | None:
    found = read_values(
        "SELECT body_hash, made FROM events_idempotencykey WHERE scope = %s AND key = %s",
        [asked.scope, asked.key],
    )
    return AskedBefore(bytes(found[0][0]), found[0][1]) if found else None


def _give_back(number: int) -> None:
    """A connection that cannot say so is closed, which gives the lock back too."""
    try:
        read_values("SELECT pg_advisory_unlock(%s)", [number])
    except DatabaseError:
        connection.close()
