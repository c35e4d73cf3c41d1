"""What becomes of an organisation's data once its last subscription is over (R31)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from tenure.events.journal import Journal
from tenure.organisations.events import PurgeWithdrawn
from tenure.organisations.models import Organisation, Retention


def look_at_retention(*, organisations: Collection[UUID], at: datetime) -> None:
    """Have it looked at, from the UTC instant ``at`` on, how long data of ``organisations`` last.

    To be called whenever a subscription ended, lapsed or was cancelled; one statement.
    """
    rows = [Retention(organisation_id=each, next_at=at) for each in sorted(organisations)]
    if rows:
        Retention.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["organisation"],
            update_fields=["next_at"],
        )


def withdraw_purges(*, organisations: Iterable[Organisation], journal: Journal) -> None:
    """Locked ``organisations`` have something paid again: nothing of theirs is to be deleted.

    Where no purge was due, which is nearly always, there is nothing to do and nothing is asked.
    """
    due = [each for each in organisations if each.purge_due_at is not None]
    if not due:
        return
    for each in due:
        each.purge_due_at = None
        journal.record(each.id, PurgeWithdrawn(organisation=each.id))
    ids = {each.id for each in due}
    Organisation.objects.filter(id__in=ids).update(purge_due_at=None)
    look_at_retention(organisations=ids, at=journal.at)
