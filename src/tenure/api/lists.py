"""Lists: so many at a time, in an order that never moves, newest last."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final, TypeVar
from uuid import UUID

from ninja import Query
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from tenure.api.errors import CURSOR_UNREADABLE, FIELD_NOT_WHOLE_NUMBER
from tenure.api.fields import NOT_SAID
from tenure.base.errors import FieldError, Invalid

Row = TypeVar("Row")

LONGEST_PAGE: Final = 200
USUAL_PAGE: Final = 50


def whole_number(value: object) -> object:
    """A query's value, if it is a whole number that a machine can count with."""
    if isinstance(value, str) and not re.fullmatch(r"-?\d{1,18}", value, re.ASCII):
        raise PydanticCustomError(FIELD_NOT_WHOLE_NUMBER.code, FIELD_NOT_WHOLE_NUMBER.en)
    return value


Limit = Annotated[
    int,
    BeforeValidator(whole_number),
    Query(USUAL_PAGE, ge=1, le=LONGEST_PAGE, description="How many at the most."),
]
Cursor = Annotated[
    str | None,
    NOT_SAID,
    Query(None, max_length=400, description="The `next_cursor` of the page before."),
]
After = Annotated[
    int,
    BeforeValidator(whole_number),
    Query(0, ge=0, le=2**53, description="Only what comes after this number."),
]


def cursor_for(name: str, *place: object) -> str:
    """An opaque word for a place in the list ``name``."""
    written = "\x1f".join((name, *map(str, place)))
    return urlsafe_b64encode(written.encode()).decode().rstrip("=")


def place_of(name: str, cursor: str | None, *kinds: Callable[[str], Any]) -> tuple[Any, ...] | None:
    """The place in the list ``name`` for which ``cursor`` stands, each part read by its kind.

    None without a cursor; ``Invalid`` if it is not one of this list.
    """
    if not cursor:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        given, *parts = urlsafe_b64decode(padded.encode("ascii")).decode().split("\x1f")
        if given != name or len(parts) != len(kinds):
            raise ValueError(cursor)
        return tuple(kind(part) for kind, part in zip(kinds, parts, strict=True))
    except ValueError:
        raise Invalid([FieldError("cursor", CURSOR_UNREADABLE)]) from None


def word(text: str) -> str:
    """A part of a place that is text; ``ValueError`` for what no catalogue holds."""
    if not text.isprintable():
        raise ValueError(text)
    return text


def page_by_id(
    name: str, rows: Any, limit: int, cursor: str | None
) -> tuple[list[Any], str | None]:
    """``limit`` of the queryset ``rows`` by id, which is by age, and the cursor of the next."""
    place = place_of(name, cursor, UUID)
    if place is not None:
        rows = rows.filter(id__gt=place[0])
    return cut(name, list(rows.order_by("id")[: limit + 1]), limit, lambda row: (row.id,))


def cut(
    name: str, rows: Sequence[Row], limit: int, place: Callable[[Row], tuple[object, ...]]
) -> tuple[list[Row], str | None]:
    """The first ``limit`` of ``rows``, of which one more was read if there is one."""
    shown = list(rows[:limit])
    if len(rows) <= limit:
        return shown, None
    return shown, cursor_for(name, *place(shown[-1]))
