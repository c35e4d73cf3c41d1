"""Which reminders are due, and what is left of them (R9, R25)."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q, QuerySet

from tenure.base.calendar import Term, first_instant, local_date, zone_named
from tenure.policy.model import Policy
from tenure.policy.words import Audience
from tenure.subscriptions.models import Period
from tenure.subscriptions.queries.facts import period_facts, wants_more
from tenure.subscriptions.rules.renewal import notice_days


def due_reminders(scope: Q, until: datetime) -> QuerySet[Period]:
    """Periods of which a reminder was due by ``until``, locked with whose they are (R24)."""
    return (
        Period.objects.select_for_update(skip_locked=True, no_key=True, of=("organisation", "self"))
        .filter(scope, remind_at__lte=until)
        .select_related("subscription", "organisation", "order")
        .order_by("remind_at", "id")
    )


def goes_on(period: Period) -> bool:
    """Whether something is to follow the period, as it is chosen now (R20, R21)."""
    row = period.subscription
    return row.cancelled_at is None and wants_more(row, period.number)


def reminding_days(period: Period, policy: Policy) -> tuple[date, ...]:
    """The local days on which reminders of the period go out (R25, R33)."""
    organisation = period.organisation
    protected = policy.statutory_eu.protects(Audience(organisation.audience), organisation.country)
    span, term = period_facts(period).span, Term(period.subscription.term)
    return notice_days(span, term, policy, protected=protected)


def next_reminder(period: Period, policy: Policy, at: datetime) -> datetime | None:
    """The instant of the period's next reminder after ``at``; None if none is left."""
    zone = zone_named(period.subscription.zone)
    today = local_date(at, zone)
    days = reminding_days(period, policy)
    return next((first_instant(day, zone) for day in days if day > today), None)
