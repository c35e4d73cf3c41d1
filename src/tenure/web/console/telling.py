"""Events as the console tells them: a sentence, when, by whom, and where to look further."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.utils.translation import gettext

from tenure.access.queries.history import Names, names_in
from tenure.base.calendar import local_date, zone_named
from tenure.events.models import Event
from tenure.web.console.sentences import icon_of, sentence


class Hand(StrEnum):
    """Whose hand it was."""

    MEMBER = "member"
    STAFF = "staff"
    PROGRAM = "program"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class Told:
    """One event in words; ``about`` and ``id`` say which order or subscription it is about."""

    sequence: int
    at: datetime
    icon: str
    text: str
    by: str
    hand: Hand
    about: str
    id: str


@dataclass(frozen=True, slots=True)
class Day:
    """What happened on one local day."""

    day: date
    told: Sequence[Told]


def told(events: Sequence[Event], language: str, zone: str) -> list[Told]:
    """Events in words of the reader's language; seven statements for any number of them.

    Instants are told in ``zone``.
    """
    names = names_in(events, language)
    return [_told(event, names, zone) for event in events]


def by_day(events: Sequence[Told], zone: str) -> list[Day]:
    """The same, gathered by local days."""
    found: list[tuple[date, list[Told]]] = []
    for each in events:
        day = local_date(each.at, zone_named(zone))
        if not found or found[-1][0] != day:
            found.append((day, []))
        found[-1][1].append(each)
    return [Day(day, listed) for day, listed in found]


def _told(event: Event, names: Names, zone: str) -> Told:
    by, hand = _actor(event.by, names)
    about = next((kind for kind in ("subscription", "order") if event.data.get(kind)), "")
    return Told(
        sequence=event.sequence,
        at=event.at,
        icon=icon_of(event.type),
        text=sentence(event.type, event.data, names, zone),
        by=by,
        hand=hand,
        about=about,
        id=str(event.data.get(about, "")) if about else "",
    )


def _actor(by: str, names: Names) -> tuple[str, Hand]:
    """Who it was, in words."""
    kind, _, id_ = by.partition(":")
    if kind == "member":
        return names.members.get(id_, gettext("a member")), Hand.MEMBER
    if kind == "user":
        return names.users.get(id_, gettext("somebody")), Hand.MEMBER
    if kind == "staff":
        return names.users.get(id_, gettext("the vendor's staff")), Hand.STAFF
    if kind == "key":
        return names.keys.get(id_, ""), Hand.PROGRAM
    if by == "command":
        return "", Hand.STAFF
    return "", Hand.MACHINE
