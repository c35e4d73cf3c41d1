"""Identifiers: UUIDv7 inside (RFC 9562), a prefix and 26 letters of base 32 outside.

The outside form follows TypeID: ``org_01h455vb4pex5vsknk084sn02q``. It sorts by time of making.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from uuid import UUID, SafeUUID

from uuid_utils import uuid7

from tenure.base.errors import NotFound

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS: Final = tuple(first + second for first in _ALPHABET for second in _ALPHABET)
_DIGITS: Final = dict.fromkeys(range(128), "?") | {
    ord(letter): digit
    for letter, digit in zip(_ALPHABET, "0123456789abcdefghijklmnopqrstuv", strict=True)
}
"""Turns our letters into the digits that Python reads, and whatever is none into no digit."""
_LETTERS: Final = 26
_SHIFTS: Final = range(5 * _LETTERS - 10, -1, -10)
_UNKNOWN: Final = SafeUUID.unknown
_set: Final = object.__setattr__


def new_id() -> UUID:
    """A fresh UUIDv7: unique without a sequence, and in the order of making."""
    made = UUID.__new__(UUID)
    _set(made, "int", uuid7().int)  # past what UUID checks of texts, at half the cost
    _set(made, "is_safe", _UNKNOWN)
    return made


def public_id(prefix: str, value: UUID) -> str:
    """The outside form of ``value``: ``prefix_`` and 26 letters."""
    return f"{prefix}_{_letters(value.int)}"


@lru_cache(maxsize=4096)
def _letters(number: int) -> str:
    """Kept for a while, since what happens to one thing names it several times."""
    return "".join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])


def parse_public_id(prefix: str, text: str) -> UUID:
    """The UUID behind an outside form; raises ``NotFound`` for anything malformed."""
    head, separator, letters = text.rpartition("_")
    known = head == prefix and separator and len(letters) == _LETTERS and letters.isascii()
    if not known or letters[0] > "7":
        raise NotFound
    try:
        return UUID(int=int(letters.translate(_DIGITS), 32))
    except ValueError:
        raise NotFound from None
