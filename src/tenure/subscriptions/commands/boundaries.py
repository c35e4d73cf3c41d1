"""Deadlines and ends of periods, told once to the journal.

Access does not wait for this: a period's end is an instant, and decisions look at the clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from tenure.billing.models import Payment, PaymentStatus
from tenure.events.journal import Journal
from tenure.events.rows import AMONG, run
from tenure.organisations.commands.retention import look_at_retention
from tenure.subscriptions.events import (
    OptOutDeadlinePassed,
    SubscriptionEnded,
    SubscriptionLapsed,
)
from tenure.subscriptions.models import Period
from tenure.subscriptions.queries.facts import subscription_facts
from tenure.subscriptions.queries.reminders import goes_on
from tenure.subscriptions.rules.periods import SubscriptionStatus, status


def due_deadlines(scope: Q, until: datetime) -> QuerySet[Period]:
    """Periods whose last day of R21 was over by ``until`` and is not yet told of, locked.

    With their organisations, so that nobody renews a part of what one customer renews (R24); these
    first, so that who passes a customer over keeps nothing of it.
    """
    return (
        Period.objects.select_for_update(skip_locked=True, no_key=True, of=("organisation", "self"))
        .filter(
            scope,
            deadline_noted_at__isnull=True,
            opt_out_until__isnull=False,
            opt_out_until__lte=until,
        )
        .select_related("subscription", "organisation")
        .order_by("opt_out_until", "id")
    )


def due_ends(scope: Q, until: datetime) -> QuerySet[Period]:
    """Periods that were over by ``until`` and are not yet told of, locked with their organisations.

    A customer who is being charged is left for when the answer is there.
    """
    charging = Payment.objects.filter(
        organisation=OuterRef("organisation"), status=PaymentStatus.INTENDED, off_session=True
    )
    return (
        Period.objects.select_for_update(skip_locked=True, no_key=True, of=("organisation", "self"))
        .filter(~Exists(charging), scope, end_noted_at__isnull=True, ends_at__lte=until)
        .select_related("subscription", "organisation")
        .order_by("ends_at", "id")
    )


def note_deadlines(*, periods: Sequence[Period], journal: Journal) -> None:
    """Tell of deadlines that went by; where nothing was to follow, there is nothing to tell."""
    if not periods:
        return
    for period in periods:
        deadline = period.opt_out_on
        if deadline is not None and goes_on(period):
            journal.record(
                period.organisation_id,
                OptOutDeadlinePassed(subscription=period.subscription_id, deadline=deadline),
                at=period.opt_out_until,
            )
    run(_NOTE_DEADLINES, [journal.at, [period.id for period in periods]])


_NOTE_DEADLINES: Final = f"UPDATE subscriptions_period SET deadline_noted_at = %s WHERE id {AMONG}"  # noqa: S608 - of constants


def note_ends(*, periods: Sequence[Period], journal: Journal) -> None:
    """Tell what became of subscriptions whose period ended: lapsed, or ended as was chosen.

    Whether anything of the organisation goes on is looked at afterwards (R31).
    """
    if not periods:
        return
    subscriptions = {period.subscription_id for period in periods}
    chains: dict[UUID, list[Period]] = {}
    for row in Period.objects.filter(subscription_id__in=subscriptions).order_by("number"):
        chains.setdefault(row.subscription_id, []).append(row)
    over: set[UUID] = set()
    for period in periods:
        facts = subscription_facts(period.subscription, chains[period.subscription_id])
        became = status(facts, period.ends_at)
        if became in (SubscriptionStatus.LAPSED, SubscriptionStatus.ENDED):
            over.add(period.organisation_id)
            fact = SubscriptionLapsed if became is SubscriptionStatus.LAPSED else SubscriptionEnded
            journal.record(
                period.organisation_id,
                fact(
                    subscription=period.subscription_id,
                    ends_on=period.ends_on,
                    data_available_until=period.data_until_on,
                ),
                at=period.ends_at,
            )
    run(_NOTE_ENDS, [journal.at, [period.id for period in periods]])
    look_at_retention(organisations=over, at=journal.at)


_NOTE_ENDS: Final = f"UPDATE subscriptions_period SET end_noted_at = %s WHERE id {AMONG}"  # noqa: S608 - of constants
