"""What happened, in sentences of the reader's language: one for every type of event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tenure.access.queries.history import Names
from tenure.web.console.sentences import (
    data,
    house,
    money,
    people,
    reminders,
    renewals,
    seats,
)
from tenure.web.console.sentences.said import Event, Sentence

SENTENCES: Final[Mapping[str, Sentence]] = {
    **people.SENTENCES,
    **seats.SENTENCES,
    **reminders.SENTENCES,
    **renewals.SENTENCES,
    **money.SENTENCES,
    **house.SENTENCES,
    **data.SENTENCES,
}
"""By the type of the event."""


def sentence(kind: str, data: Mapping[str, Any], names: Names, zone: str) -> str:
    """What an event says, its instants in ``zone``; what no sentence is known for by its type."""
    known = SENTENCES.get(kind)
    return known.tell(Event(data, names, zone)) if known else kind


def icon_of(kind: str) -> str:
    """The icon beside it."""
    known = SENTENCES.get(kind)
    return known.icon if known else "point"


__all__ = ["SENTENCES", "Sentence", "icon_of", "sentence"]
