"""What was bought elsewhere: recorded by staff, shown and assignable here, never charged (R35)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

from tenure.access.commands.seats import make_seats
from tenure.base.calendar import local_date, zone_named
from tenure.base.errors import FieldError, Invalid, NotFound, Refused
from tenure.base.verdicts import Figures
from tenure.catalogue.queries import known_catalogue
from tenure.events.asked import Asked
from tenure.events.journal import transaction
from tenure.flows.locks import lock_living
from tenure.flows.role_requests import give_to_waiting
from tenure.flows.written import Written
from tenure.orders.errors import MIXED_AUDIENCES
from tenure.orders.queries.policy import policy_in_force
from tenure.organisations.commands.retention import withdraw_purges
from tenure.organisations.models import Organisation
from tenure.policy.model import Policy
from tenure.policy.words import Audience
from tenure.subscriptions.commands.recording import (
    Recorded,
    extend_recorded,
    record_subscription,
)
from tenure.subscriptions.errors import NOT_RECORDED_HERE, RECORD_DATE, RECORD_TRIAL
from tenure.subscriptions.models import Source, Subscription
from tenure.subscriptions.rules.retention import retention_days

YEARS_BACK: Final = 30
YEARS_AHEAD: Final = 10
"""A contract that began earlier, or begins later, is a slip of the pen."""


def record_external(
    *,
    organisation: UUID,
    recorded: Recorded,
    now: datetime,
    by: str,
    asked: Asked | None = None,
) -> Written:
    """Record a subscription that was bought elsewhere; its seats can be assigned at once.

    Raises ``NotFound``, ``Invalid`` with ``record_date`` for a day that is a slip of the pen, or
    ``Refused`` with ``mixed_audiences`` or ``record_trial``.
    """
    with transaction(now=now, by=by, organisation=organisation, asked=asked) as journal:
        customer = lock_living(organisation, journal)
        _check_day(recorded.starts_on, local_date(journal.at, zone_named(customer.timezone)))
        offer = known_catalogue().offers([recorded.offer]).get(recorded.offer)
        if offer is None:
            raise NotFound
        if offer.is_trial:
            raise Refused(RECORD_TRIAL, offer=offer.id)
        if offer.audience != customer.audience:
            raise Refused(MIXED_AUDIENCES, audience=customer.audience, other=offer.audience.value)
        _, policy = policy_in_force()
        subscription = record_subscription(
            recorded=recorded,
            organisation=customer,
            zone=zone_named(customer.timezone),
            policy=policy,
            days=_days(customer, policy),
            journal=journal,
        )
        withdraw_purges(organisations=[customer], journal=journal)
        make_seats(subscriptions=[subscription], journal=journal)
        journal.write()  # seats are given to whoever waits
        give_to_waiting(customer=customer, journal=journal)
        journal.made = subscription.id
    return Written((subscription.id,), journal.revisions[organisation])


def extend_external(*, subscription: UUID, now: datetime, by: str) -> Written:
    """Record one more period of what was bought elsewhere.

    Raises ``NotFound``, or ``Refused`` with ``not_recorded_here``.
    """
    with transaction(now=now, by=by) as journal:
        found = Subscription.objects.filter(id=subscription).first()
        if found is None:
            raise NotFound
        customer = lock_living(found.organisation_id, journal)
        row = Subscription.objects.select_for_update().get(id=subscription)
        if row.source != Source.EXTERNAL:
            raise Refused(NOT_RECORDED_HERE)
        _, policy = policy_in_force()
        extend_recorded(
            subscription=row,
            last=row.periods.order_by("-number")[:1].get(),
            zone=zone_named(row.zone),
            policy=policy,
            days=_days(customer, policy),
            journal=journal,
        )
        withdraw_purges(organisations=[customer], journal=journal)
    return Written((subscription,), journal.revisions[customer.id])


def _check_day(starts_on: date, today: date) -> None:
    first, last = date(today.year - YEARS_BACK, 1, 1), date(today.year + YEARS_AHEAD, 12, 31)
    if not first <= starts_on <= last:
        figures: Figures = {"first": first, "last": last}
        raise Invalid([FieldError("starts_on", RECORD_DATE, figures)])


def _days(customer: Organisation, policy: Policy) -> int:
    return retention_days(policy, Audience(customer.audience), customer.country)
