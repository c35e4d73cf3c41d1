"""Trials that a paid term replaces (R9)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from tenure.events.journal import Journal
from tenure.subscriptions.events import TrialReplaced
from tenure.subscriptions.models import Period, Subscription


def replace_trials(
    *, replaced: Sequence[tuple[Subscription, Sequence[UUID]]], journal: Journal
) -> None:
    """End locked trials now, in favour of the subscriptions given beside each (R9).

    Their data last as long as was promised, and their own end is not told of again.
    """
    ids = [trial.id for trial, _ in replaced]
    Subscription.objects.filter(id__in=ids).update(cancelled_at=journal.at)
    Period.objects.filter(subscription_id__in=ids).update(end_noted_at=journal.at, remind_at=None)
    for trial, by in replaced:
        trial.cancelled_at = journal.at
        journal.record(
            trial.organisation_id, TrialReplaced(subscription=trial.id, subscriptions=tuple(by))
        )
