"""What a teller gives: to whom, of which kind, and the letter in a language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tenure.notices.letters.letter import Letter
from tenure.notices.queries.told import Told
from tenure.notices.queries.world import Reader, World

Compose = Callable[[Reader], Letter]
"""Writes a letter for one reader, whose language is active."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail to be: ``kind`` is its word in the log."""

    kind: str
    reader: Reader
    compose: Compose


Teller = Callable[[Told, World], Iterable[Draft]]
"""The mails that one event makes; none if what it told of is no longer so."""


def to_each(kind: str, readers: Iterable[Reader], compose: Compose) -> Iterator[Draft]:
    """The same to several readers."""
    return (Draft(kind, reader, compose) for reader in readers)
