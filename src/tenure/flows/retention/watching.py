"""Data outlive access for a while: the customer is warned, and then they are due to go (R31)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q

from tenure.base.calendar import local_date, zone_named
from tenure.events.journal import Journal
from tenure.flows.batches import BATCH
from tenure.flows.retention.facts import (
    AWAITS_MONEY,
    OPEN_REQUEST,
    UNSETTLED_MONEY,
    Standing,
    standings,
)
from tenure.organisations.events import PurgeDue, RetentionWarned
from tenure.organisations.models import Organisation, Retention
from tenure.subscriptions.queries.retention import DataEnd
from tenure.subscriptions.rules.retention import retention_steps

NEXT_LOOK: Final = f"""
    SELECT watch.next_at FROM organisations_retention AS watch
    JOIN organisations_organisation AS organisation ON organisation.id = watch.organisation_id
    WHERE watch.organisation_id = {{whose}}
      AND (watch.until IS NULL OR watch.next_at < watch.until
           OR NOT ({AWAITS_MONEY} OR {OPEN_REQUEST} OR {UNSETTLED_MONEY}))
"""  # noqa: S608 - of constants
"""When it is next to be looked at how long an organisation's data last.

Not while a purge waits for something that no time brings about.
"""

LOOK_AGAIN: Final = timedelta(minutes=10)
"""How often it is looked whether what a purge waits for is settled."""


def watch_retention(scope: Q, until: datetime, journal: Journal) -> int:
    """Warn of data that go soon, and tell of those that are due to go.

    Organisations are locked first, as by whoever pays; who is at work is left for the next time.
    The number of statements does not depend on how many there are.
    """
    due = Retention.objects.filter(scope, next_at__lte=until).order_by("next_at", "organisation")
    wanted = list(due.values_list("organisation_id", flat=True)[:BATCH])
    if not wanted:
        return 0
    rows = Organisation.objects.select_for_update(no_key=True, skip_locked=True)
    locked = {row.id: row for row in rows.filter(id__in=wanted).order_by("id")}
    found = standings(locked, journal.at)
    looked = Looked(found, journal)
    for row in Retention.objects.select_for_update().filter(
        organisation_id__in=locked, next_at__lte=until
    ):
        looked.at(row, locked[row.organisation_id])
    looked.write()
    return len(wanted)


class Looked:
    """What comes of looking at a batch of organisations, gathered and then written."""

    def __init__(self, found: Mapping[UUID, Standing], journal: Journal) -> None:
        self._found = found
        self._journal = journal
        self._over: list[UUID] = []
        self._moved: list[Retention] = []
        self._due: list[UUID] = []

    def at(self, row: Retention, organisation: Organisation) -> None:
        """Look at one organisation whose row is due, both locked."""
        standing = self._found[row.organisation_id]
        end = standing.end
        if end is None or end.runs or organisation.purge_due_at or organisation.purged_at:
            self._over.append(row.organisation_id)
            return
        self._moved.append(row)
        if (row.until_on, row.until) != (end.until_on, end.until):
            row.until_on, row.until = end.until_on, end.until
            row.next_at = self._steps(end, self._journal.at)[0]
        if row.next_at is not None and row.next_at > self._journal.at:
            return
        if self._journal.at < end.until:
            self._warn(row, end)
        else:
            self._let_go(row, standing, end.until_on, organisation)

    def write(self) -> None:
        """Write what was gathered; three statements at the most."""
        Retention.objects.bulk_update(self._moved, ["until_on", "until", "next_at"])
        if self._over:
            Retention.objects.filter(organisation_id__in=self._over).delete()
        if self._due:
            Organisation.objects.filter(id__in=self._due).update(purge_due_at=self._journal.at)

    def _warn(self, row: Retention, end: DataEnd) -> None:
        """Whoever was not told in time is told once, of the days that are left."""
        today = local_date(self._journal.at, zone_named(end.zone))
        fact = RetentionWarned(
            organisation=row.organisation_id,
            data_available_until=end.until_on,
            days_left=(end.until_on - today).days,
        )
        self._journal.record(row.organisation_id, fact)
        row.next_at = next(
            step for step in self._steps(end, self._journal.at) if step > self._journal.at
        )

    def _let_go(
        self, row: Retention, standing: Standing, until: date, organisation: Organisation
    ) -> None:
        verdict = standing.verdict(self._journal.at)
        if not verdict:
            if organisation.test_clock is None:
                row.next_at = self._journal.at + LOOK_AGAIN
            return
        self._due.append(row.organisation_id)
        row.next_at = None
        self._journal.record(
            row.organisation_id,
            PurgeDue(organisation=row.organisation_id, data_available_until=until),
        )

    def _steps(self, end: DataEnd, since: datetime) -> tuple[datetime, ...]:
        return retention_steps(end.until_on, end.policy, zone_named(end.zone), since=since)
