"""Identifiers: UUIDv7 inside (RFC 9562), a prefix and 26 letters of base 32 outside.

The outside form follows TypeID: ``org_01h455vb4pex5vsknk084sn02q``. It sorts by time of making.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from uuid_utils.compat import uuid7

from tenure.base.errors import NotFound

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUES: Final = {letter: value for value, letter in enumerate(_ALPHABET)}
_LETTERS: Final = 26


def new_id() -> UUID:
    """A fresh UUIDv7: unique without a sequence, and in the order of making."""
    return uuid7()


def public_id(prefix: str, value: UUID) -> str:
    """The outside form of ``value``: ``prefix_`` and 26 letters."""
    number = value.int
    letters = []
    for _ in range(_LETTERS):
        letters.append(_ALPHABET[number & 31])
        number >>= 5
    return f"{prefix}_{''.join(reversed(letters))}"


def parse_public_id(prefix: str, text: str) -> UUID:
    """The UUID behind an outside form; raises ``NotFound`` for anything malformed."""
    head, separator, letters = text.rpartition("_")
    if head != prefix or not separator or len(letters) != _LETTERS or letters[0] > "7":
        raise NotFound
    number = 0
    for letter in letters:
        value = _VALUES.get(letter)
        if value is None:
            raise NotFound
        number = number << 5 | value
    return UUID(int=number)
