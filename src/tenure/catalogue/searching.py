"""Text for searching, without case and accents: PostgreSQL may have neither ICU nor unaccent."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_LIGATURES: Final = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "ß": "ss"})
_WORD: Final = re.compile(r"[^\W_]+")
_MOST_WORDS: Final = 12


def search_words(text: str) -> tuple[str, ...]:
    """The words of ``text`` in the form in which they are looked for, each once."""
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return tuple(dict.fromkeys(_WORD.findall(plain)))


def search_text(parts: Iterable[str]) -> str:
    """What a search looks in, made of every part's words."""
    return " ".join(dict.fromkeys(word for part in parts for word in search_words(part)))


def wanted_words(query: str) -> tuple[str, ...]:
    """The words that all must be found; what is beyond a dozen is not looked at."""
    return search_words(query)[:_MOST_WORDS]
