"""What a cart showed, and what differs when it is looked at again (R10, R16)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import msgspec


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line as it was shown: a seat's price in minor units, and why it could not be bought."""

    offer: str
    quantity: int
    unit: int
    code: str = ""


@dataclass(frozen=True, slots=True)
class ShownCart:
    """A cart as it was shown; ``total`` with tax in minor units, ``percent`` the rate of tax."""

    version: int
    total: int
    percent: str
    lines: tuple[ShownLine, ...]


class Change(StrEnum):
    """What can differ."""

    PRICE = "price"
    UNAVAILABLE = "unavailable"
    AVAILABLE = "available"
    TAX = "tax"
    QUANTITY = "quantity"
    ADDED = "added"
    REMOVED = "removed"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Difference:
    """One of them: of which offer, if of one; what it was and what it is now."""

    change: Change
    offer: str = ""
    before: int | str = 0
    after: int | str = 0


def differences(
    before: ShownCart | None, after: ShownCart, *, contents: bool = True
) -> tuple[Difference, ...]:
    """What differs from what was shown, each thing by itself; nothing if nothing was shown.

    Without ``contents``, what the buyer has put in and taken out since is no difference.
    """
    if before is None:
        return ()
    found = list(_of_lines(before, after, contents=contents))
    if before.percent != after.percent:
        found.append(Difference(Change.TAX, before=before.percent, after=after.percent))
    if before.total != after.total and (contents or found):
        found.append(Difference(Change.TOTAL, before=before.total, after=after.total))
    return tuple(found)


def _of_lines(before: ShownCart, after: ShownCart, *, contents: bool) -> Iterator[Difference]:
    was = {line.offer: line for line in before.lines}
    for line in after.lines:
        old = was.pop(line.offer, None)
        if old is not None:
            yield from _of_line(old, line, contents=contents)
        elif contents:
            yield Difference(Change.ADDED, line.offer, 0, line.quantity)
    if contents:
        for line in was.values():
            yield Difference(Change.REMOVED, line.offer, line.quantity, 0)


def _of_line(old: ShownLine, new: ShownLine, *, contents: bool) -> Iterator[Difference]:
    if bool(old.code) != bool(new.code):
        change = Change.UNAVAILABLE if new.code else Change.AVAILABLE
        yield Difference(change, new.offer, old.unit, new.unit)
    elif old.unit != new.unit:
        yield Difference(Change.PRICE, new.offer, old.unit, new.unit)
    if contents and old.quantity != new.quantity:
        yield Difference(Change.QUANTITY, new.offer, old.quantity, new.quantity)


def written(shown: ShownCart) -> str:
    """What was shown, as it is kept."""
    return msgspec.json.encode(shown).decode()


def read(text: str) -> ShownCart | None:
    """What was kept; None if that is nothing that can be read."""
    try:
        return msgspec.json.decode(text, type=ShownCart) if text else None
    except msgspec.MsgspecError:
        return None
