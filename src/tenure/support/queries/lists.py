"""Lists for the back office: the newest first, so many at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

Row = TypeVar("Row")
Kept = TypeVar("Kept", bound=Model)

MOST: Final = 50
"""How many rows one page shows."""


@dataclass(frozen=True, slots=True)
class Listed(Generic[Row]):
    """Some rows of a list, and the last of them if there are more."""

    rows: Sequence[Row]
    last: UUID | None = None


def newest_first(rows: QuerySet[Kept, Any], before: UUID | None, most: int = MOST) -> Listed[Kept]:
    """The newest of ``rows``, or those before the one ``before``; one statement."""
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = list(rows.order_by("-id")[: most + 1])
    return Listed(found[:most], found[most - 1].id if len(found) > most else None)


def oldest_first(rows: QuerySet[Kept, Any], after: UUID | None, most: int = MOST) -> Listed[Kept]:
    """The oldest of ``rows``, or those after the one ``after``; one statement."""
    if after is not None:
        rows = rows.filter(id__gt=after)
    found = list(rows.order_by("id")[: most + 1])
    return Listed(found[:most], found[most - 1].id if len(found) > most else None)
