"""Text for searching, without case and accents: PostgreSQL may have neither ICU nor unaccent.

Typing errors are forgiven by the words that can be found: whoever types one that none of them
holds is given those that are nearest. That takes no extension of the database, and a millisecond.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final

_LIGATURES: Final = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "ß": "ss"})
_WORD: Final = re.compile(r"[^\W_]+")
_MOST_WORDS: Final = 12


def search_words(text: str) -> tuple[str, ...]:
    """The words of ``text`` in the form in which they are looked for, each once."""
    return tuple(dict.fromkeys(_WORD.findall(plain(text))))


def plain(text: str) -> str:
    """``text`` without case and accents."""
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    return "".join(letter for letter in folded if not unicodedata.combining(letter))


def search_text(parts: Iterable[str]) -> str:
    """What a search looks in, made of every part's words."""
    return " ".join(dict.fromkeys(word for part in parts for word in search_words(part)))


def wanted_words(query: str) -> tuple[str, ...]:
    """The words that all must be found; what is beyond a dozen is not looked at."""
    return search_words(query)[:_MOST_WORDS]


_MOST_NEAR: Final = 8
"""Of more words that are equally near, the first in the alphabet are taken."""
_MOST_COMPARED: Final = 60
_TOUCHED_PAIRS: Final = 3
"""So many pairs of letters one typing error changes at most: two letters swapped."""


class Vocabulary:
    """The words that can be found in some texts, and those near a mistyped one."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted(set(words))
        self._all = "\n".join(self._words)

    @cached_property
    def _by_pair(self) -> dict[str, list[int]]:
        """Which words have a pair of letters; made when the first error is to be forgiven."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        for number, word in enumerate(self._words):
            for pair in set(_pairs(word)):
                found[pair].append(number)
        return dict(found)

    def understand(self, word: str) -> tuple[str, ...]:
        """``word`` itself if it is found, also inside of others; else what is nearest to it.

        Nothing if nothing is near: one error is forgiven from four letters on, two from eight,
        and from six on also in what is only the beginning of a word.
        """
        if word in self._all:
            return (word,)
        forgiven = _forgiven(word)
        if not forgiven:
            return ()
        by_distance: defaultdict[int, list[str]] = defaultdict(list)
        for other in self._alike(word, forgiven):
            by_distance[_distance(word, other)].append(other)
        nearest = min(by_distance, default=forgiven + 1)
        return tuple(sorted(by_distance[nearest])[:_MOST_NEAR]) if nearest <= forgiven else ()

    def _alike(self, word: str, forgiven: int) -> Iterator[str]:
        """The words that share most pairs of letters with ``word``, and are not much shorter."""
        shared: Counter[int] = Counter()
        pairs = set(_pairs(word))
        for pair in pairs:
            shared.update(self._by_pair.get(pair, ()))
        least = max(1, len(pairs) - _TOUCHED_PAIRS * forgiven)
        for number, count in shared.most_common(_MOST_COMPARED):
            other = self._words[number]
            longer = len(other) - len(word)
            if count >= least and (_begins(word) or longer <= forgiven) and longer >= -forgiven:
                yield other


def _pairs(word: str) -> Iterator[str]:
    """Each two letters that stand together, the ends of the word included."""
    ended = f" {word} "
    return (ended[at : at + 2] for at in range(len(ended) - 1))


def _forgiven(word: str) -> int:
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


def _begins(word: str) -> bool:
    """Whether ``word`` is long enough to be taken for the beginning of another."""
    return len(word) >= 6


def _distance(one: str, other: str) -> int:
    """How many letters must be left out, put in, changed or swapped with the next.

    A word that is long enough is compared with the beginning of the other that is nearest.
    """
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, sign in enumerate(other, 1):
            cost = min(last[column] + 1, line[column - 1] + 1, last[column - 1] + (letter != sign))
            swapped = row > 1 and column > 1 and letter == other[column - 2]
            if swapped and one[row - 2] == sign:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        before, last = last, line
    return min(last) if _begins(one) else last[-1]
