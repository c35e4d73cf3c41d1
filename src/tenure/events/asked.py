"""Asked once, done once: the caller's idempotency key, as the edge hands it to a flow."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Asked:
    """What a caller asked under a key of its own.

    ``scope`` is the API key that sent it, ``call`` the method and path, ``body_hash`` the
    SHA-256 of the body.
    """

    scope: UUID
    key: str
    call: str
    body_hash: bytes
