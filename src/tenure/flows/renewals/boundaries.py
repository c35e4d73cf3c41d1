"""A renewed period begins: its quantity holds from its first instant on (R26)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from tenure.access.commands.losses import forget_losses
from tenure.access.commands.resizing import Resize, resize
from tenure.access.queries.losses import chosen_losses
from tenure.events.journal import Journal
from tenure.flows.batches import BATCH
from tenure.subscriptions.commands.renewing import due_beginnings, note_beginnings
from tenure.subscriptions.events import SeatsReduced
from tenure.subscriptions.models import Period


def begin_periods(scope: Q, until: datetime, journal: Journal) -> int:
    """Renewed periods begin; seats come, or go in the order of R26."""
    periods = due_beginnings(scope, until, BATCH)
    apply_boundaries(periods=periods, journal=journal)
    return len(periods)


def apply_boundaries(*, periods: Sequence[Period], journal: Journal) -> None:
    """Give the locked subscriptions of ``periods`` the quantities that those were paid for.

    A constant number of statements, and one where nothing changes.
    """
    if not periods:
        return
    changing = [row for row in periods if row.quantity != row.subscription.quantity]
    if changing:
        _resize(changing, journal)
    note_beginnings(periods=periods, journal=journal)


def _resize(changing: Sequence[Period], journal: Journal) -> None:
    """Where one subscription came through several boundaries at once, the last one holds."""
    last = {row.subscription_id: row for row in sorted(changing, key=lambda row: row.number)}
    chosen = chosen_losses(last)
    resizes = [
        Resize(row.subscription, row.quantity, chosen.get(row.subscription_id, ()))
        for row in last.values()
    ]
    fewer = {each.subscription.id for each in resizes if each.quantity < each.subscription.quantity}
    lost = resize(resizes=resizes, journal=journal)
    for each in resizes:
        row = each.subscription
        if row.id in fewer:
            fact = SeatsReduced(
                subscription=row.id, quantity=each.quantity, members=lost.get(row.id, ())
            )
            journal.record(row.organisation_id, fact)
    forget_losses(subscriptions=list(last), journal=journal)
