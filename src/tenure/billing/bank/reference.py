"""Structured creditor references (ISO 11649): made from an order, found again in any text.

A reference is ``RF``, two check digits and twelve letters or digits that are never mistaken for
one another, four groups of four: ``RF47 0KX2 9T5M 7QWA``.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Final
from uuid import UUID

from stdnum import iso11649

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BODY: Final = 12
_APART: Final = r"[\s./,:;|+*_'-]*"
"""What banks and people put between the letters of a reference."""

_CANDIDATE: Final = re.compile(
    f"(?=(R{_APART}F{_APART}" + _APART.join(["[0-9]"] * 2 + ["[0-9A-Z]"] * _BODY) + "))"
)
_BETWEEN: Final = re.compile(r"[^0-9A-Z]")


def reference_of(order: UUID) -> str:
    """The reference under which an order is paid by transfer: always the same for the same order.

    Its body is sixty bits of the order's hash; the database refuses the same for two orders.
    """
    number = int.from_bytes(sha256(order.bytes).digest()) >> (256 - 5 * _BODY)
    body = "".join(_ALPHABET[number >> 5 * place & 31] for place in range(_BODY))
    return f"RF{iso11649_check_digits(body)}{body}"


def iso11649_check_digits(body: str) -> str:
    """The two digits that make ``RF`` and ``body`` a valid reference (ISO 7064, mod 97-10)."""
    number = int("".join(str(int(letter, 36)) for letter in f"{body}RF00"))
    return f"{98 - number % 97:02d}"


def in_groups(reference: str) -> str:
    """A reference as people read it: in groups of four."""
    return " ".join(reference[start : start + 4] for start in range(0, len(reference), 4))


def references_in(text: str) -> tuple[str, ...]:
    """The references with right check digits in ``text``, each once, in their order.

    Spaces, line breaks and punctuation within one do not matter, nor do small letters. One with a
    slip in it is not found: nothing is guessed.
    """
    found = []
    for match in _CANDIDATE.finditer(text.upper()):
        candidate = _BETWEEN.sub("", match[1])
        if candidate not in found and iso11649.is_valid(candidate):
            found.append(candidate)
    return tuple(found)
