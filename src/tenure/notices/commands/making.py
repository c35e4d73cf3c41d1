"""Events become mails: up to where, and which."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db import connection

from tenure.notices.models import Cursor

_MOVE = """
UPDATE notices_cursor AS cursor SET sequence = given.sequence
FROM unnest(%s::uuid[], %s::bigint[]) AS given (organisation_id, sequence)
WHERE cursor.organisation_id = given.organisation_id
"""


def begin_cursors(streams: Collection[UUID]) -> None:
    """Make the cursors that are missing, at the beginning of their streams."""
    Cursor.objects.bulk_create(
        [Cursor(organisation_id=stream) for stream in sorted(streams)], ignore_conflicts=True
    )


def lock_cursors(streams: Collection[UUID]) -> dict[UUID, int]:
    """Where the cursors of ``streams`` stand; those that somebody else is moving are left out."""
    rows = Cursor.objects.select_for_update(skip_locked=True).filter(organisation_id__in=streams)
    return dict(rows.order_by("organisation_id").values_list("organisation_id", "sequence"))


def move_cursors(to: Mapping[UUID, int]) -> None:
    """Set locked cursors to the last event that was turned into mails."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, [list(to), list(to.values())])
