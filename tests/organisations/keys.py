"""Keys as the edge finds them."""

from __future__ import annotations

from tenure.events.rows import read_values
from tenure.organisations.queries import KeyFacts, to_find_key


def valid_key(text: str) -> KeyFacts | None:
    """The key that reads ``text``, unless it is unknown or revoked."""
    found = read_values(*to_find_key(text))
    return KeyFacts(*found[0]) if found else None
