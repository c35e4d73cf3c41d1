"""Renewing: who is due, what is owed, the next period, and its beginning (R20 to R26)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from tenure.base.calendar import Term, local_date, zone_named
from tenure.events.journal import Journal
from tenure.events.rows import (
    AMONG,
    column_names,
    keep_related,
    read_joined,
    read_rows,
    read_values,
    row_of,
    run,
)
from tenure.events.sending import Values
from tenure.events.writing import as_json
from tenure.orders.models import Order
from tenure.policy.model import Policy
from tenure.policy.words import Audience
from tenure.subscriptions.commands.beginning import Dates, period_row
from tenure.subscriptions.commands.seat_changes import release_next_seats
from tenure.subscriptions.events import (
    RenewalAuthenticationRequired,
    RenewalDeclined,
    RenewalGivenUp,
    RenewalOrdered,
    RenewalTakenBack,
    SubscriptionReinstated,
    SubscriptionRenewed,
)
from tenure.subscriptions.models import Period, Renewal, Subscription
from tenure.subscriptions.queries.facts import wants_more
from tenure.subscriptions.queries.obligations import Obligation
from tenure.subscriptions.queries.seat_changes import seats_paid_ahead
from tenure.subscriptions.rules.periods import period
from tenure.subscriptions.rules.retention import retention_days

STEP_NEEDED: Final = "authentication_required"
"""A gateway's word for a decline that only the customer can lift (R24)."""


def lock_periods_to_renew(scope: Q, until: datetime, most: int) -> tuple[dict[UUID, UUID], bool]:
    """The periods whose renewal is due by ``until``, with their customers, who are locked.

    Some ``most``, and those that are due at one instant with them, so that these become one order
    (R24); whose customer somebody else has locked are left for the next time. Also whether there
    may be more.
    """
    rows = Period.objects.filter(scope, renew_at__lte=until)
    keys = rows.values_list("renew_at", "organisation_id", "organisation__test_clock")
    found = _locked(keys.order_by("renew_at", "organisation_id", "id")[:most])
    wanted = {(at, organisation) for at, organisation, _ in found}
    due = read_values(_DUE, [list({organisation for _, organisation in wanted}), until])
    whole = {id_: whose for id_, whose, at in due if (at, whose) in wanted}
    return whole, len(found) == most


def _locked(keys: QuerySet[Any, Any]) -> list[Values]:
    """What ``keys`` find, which join the customers; these are locked, and nothing else.

    Whoever passes a customer over must not keep the row by which it was found: two workers that
    pass each other so would wait for each other's in the end.
    """
    statement, parameters = keys.query.sql_with_params()
    return read_values(f"{statement} {_LOCK}", parameters)


_LOCK: Final = "FOR NO KEY UPDATE OF organisations_organisation SKIP LOCKED"

_DUE: Final = f"""
    SELECT id, organisation_id, renew_at FROM subscriptions_period
    WHERE organisation_id {AMONG} AND renew_at <= %s
"""  # noqa: S608 - of constants
"""Read when the customers are ours: somebody else may have ordered some of it by then, or have let
go of a customer while its rows were being found, some of which were passed over."""


def lock_renewals_due(scope: Q, until: datetime, most: int) -> tuple[list[Renewal], bool]:
    """Renewals to be tried again or given up by ``until``; as ``lock_periods_to_renew``."""
    rows = Renewal.objects.filter(scope, due_at__lte=until).order_by(
        "due_at", "organisation_id", "id"
    )
    keys = rows.values_list("due_at", "organisation_id", "organisation__test_clock")
    found = _locked(keys[:most])
    wanted = {(at, organisation) for at, organisation, _ in found}
    whole = rows.filter(organisation_id__in={organisation for _, organisation in wanted})
    return [
        row
        for row in whole.select_related("organisation")
        if (row.due_at, row.organisation_id) in wanted
    ], len(found) == most


def unschedule(*, periods: Collection[UUID]) -> None:
    """Nothing is left to do by itself about what follows these locked periods."""
    run(_UNSCHEDULE, [list(periods)])


_UNSCHEDULE: Final = f"""
    UPDATE subscriptions_period SET renew_at = NULL WHERE id {AMONG}
"""  # noqa: S608 - of constants


def remind_next(*, periods: Collection[Period]) -> None:
    """Write when each of the locked ``periods`` is next reminded of, as it says."""
    run(_REMIND, [[row.id for row in periods], [row.remind_at for row in periods]])


_REMIND: Final = """
    UPDATE subscriptions_period AS period SET remind_at = given.at
    FROM unnest(%s::uuid[], %s::timestamptz[]) AS given (id, at) WHERE period.id = given.id
"""


def withdraw_renewals(*, owed: Sequence[Obligation]) -> None:
    """Their offers can no longer be had: they end with the period that runs (R5)."""
    for each in owed:
        each.renewal.withdrawn = True
        each.subscription.stops_after = each.current.number
    Subscription.objects.bulk_update([each.subscription for each in owed], ["stops_after"])


_CHANGE: Final = """
    UPDATE subscriptions_renewal AS renewal
    SET unit_amount = given.unit_amount, priced_on = given.priced_on, quantity = given.quantity,
        withdrawn = given.withdrawn, order_id = given.order_id,
        order_line_id = given.order_line_id, due_at = given.due_at, attempts = given.attempts,
        closed_at = given.closed_at
    FROM json_populate_recordset(NULL::subscriptions_renewal, %s::json) AS given
    WHERE renewal.id = given.id
"""


def write_renewals(*, owed: Sequence[Obligation], journal: Journal) -> None:
    """Write the renewals of locked subscriptions as they are, with the journal.

    One that is written again in its transaction waits until the first was sent.
    """
    journal.insert([each.renewal for each in owed if each.is_new])
    there = [each.renewal for each in owed if not each.is_new]
    if there:
        journal.change(_CHANGE, [as_json(there)])


def tell_ordered(*, owed: Sequence[Obligation], journal: Journal) -> None:
    """The next periods were ordered."""
    for each in owed:
        renewal, following = each.renewal, each.following
        if renewal.order_id is None or renewal.quantity is None:
            continue
        journal.record(
            renewal.organisation_id,
            RenewalOrdered(
                subscription=renewal.subscription_id,
                order=renewal.order_id,
                number=renewal.number,
                quantity=renewal.quantity,
                starts_on=following.starts_on,
                ends_on=following.ends_on,
            ),
        )


class Renewed(NamedTuple):
    """A renewal that is paid: its order, whose it is, and the policy of that order (R32)."""

    renewal: Renewal
    order: Order
    audience: Audience
    country: str
    policy: Policy
    by_transfer: bool


def renewals_of(orders: Collection[UUID]) -> list[Renewal]:
    """The renewals that ``orders`` are for, with their subscriptions, by line; one statement."""
    renewals = []
    for renewal, values in read_joined(Renewal, _SUBSCRIPTION, _OF_ORDERS, [list(orders)]):
        keep_related(renewal, "subscription", row_of(Subscription, values))
        renewals.append(renewal)
    return renewals


_SUBSCRIPTION: Final = tuple(f"s.{name}" for name in column_names(Subscription))
_OF_ORDERS: Final = f"""
    JOIN subscriptions_subscription AS s ON s.id = subscriptions_renewal.subscription_id
    LEFT JOIN orders_orderline AS line ON line.id = subscriptions_renewal.order_line_id
    WHERE subscriptions_renewal.order_id {AMONG}
    ORDER BY subscriptions_renewal.order_id, line.position
"""


def is_stopped(renewal: Renewal) -> bool:
    """Whether nothing is to follow any more, by a choice that was made in time (R21, R22).

    What was ordered goes with such a choice, unless it was just being charged.
    """
    return not wants_more(renewal.subscription, renewal.number - 1)


def renew_subscriptions(*, renewed: Sequence[Renewed], journal: Journal) -> list[Period]:
    """Append the periods that were paid, each where the one before ends (R1, R20).

    Written with the journal, in the order given. One that begins in the past reinstates what had
    lapsed, without a gap (R24).
    """
    ahead = seats_paid_ahead([each.renewal.subscription_id for each in renewed])
    known: Dates = {}
    periods = [_period(each, ahead, known) for each in renewed]
    journal.insert(periods)
    if not renewed:
        return []
    journal.change(
        "UPDATE subscriptions_renewal SET closed_at = %s, due_at = NULL WHERE id = ANY(%s)",
        [journal.at, [each.renewal.id for each in renewed]],
    )
    lapsed = _lapsed([row for row in periods if row.starts_at <= journal.at])
    for row, each in zip(periods, renewed, strict=True):
        journal.record(
            row.organisation_id,
            SubscriptionRenewed(
                subscription=row.subscription_id,
                order=each.order.id,
                number=row.number,
                quantity=row.quantity,
                starts_on=row.starts_on,
                ends_on=row.ends_on,
            ),
        )
        if row.subscription_id in lapsed:
            fact = SubscriptionReinstated(
                subscription=row.subscription_id, order=each.order.id, number=row.number
            )
            journal.record(row.organisation_id, fact)
    return periods


def _period(each: Renewed, ahead: Mapping[tuple[UUID, int], int], known: Dates) -> Period:
    """The period; what was paid for it in mid-period comes on top (R27)."""
    renewal, row = each.renewal, each.renewal.subscription
    more = ahead.get((row.id, renewal.number), 0)
    zone = zone_named(row.zone)
    return period_row(
        period(row.anchor_on, Term(row.term), renewal.number, zone),
        subscription=row,
        order=each.order,
        quantity=(renewal.quantity or row.next_quantity) + more,
        zone=zone,
        policy=each.policy,
        days=retention_days(each.policy, each.audience, each.country),
        protected=each.policy.statutory_eu.protects(each.audience, each.country),
        by_transfer=each.by_transfer,
        known=known,
    )


def _lapsed(late: Sequence[Period]) -> frozenset[UUID]:
    """Of which of them the end was told already; one statement if there are any."""
    if not late:
        return frozenset()
    told = Period.objects.filter(
        subscription_id__in=[row.subscription_id for row in late], end_noted_at__isnull=False
    )
    ended = {(row.subscription_id, row.number) for row in told.only("subscription_id", "number")}
    return frozenset(
        row.subscription_id for row in late if (row.subscription_id, row.number - 1) in ended
    )


def forget_order(*, renewals: Sequence[Renewal], journal: Journal) -> None:
    """What was ordered for these is taken back; they may be ordered anew (R24)."""
    for each in renewals:
        if each.order_id is not None:
            fact = RenewalTakenBack(
                subscription=each.subscription_id, order=each.order_id, number=each.number
            )
            journal.record(each.organisation_id, fact)
    release_next_seats(following=_following(renewals), at=journal.at)
    Renewal.objects.filter(id__in=[each.id for each in renewals]).update(
        order=None, order_line=None, quantity=None, due_at=None, closed_at=None
    )


def order_anew(*, renewals: Collection[Renewal], journal: Journal) -> None:
    """What is due next orders these, whose order came to nothing or is for another quantity."""
    Renewal.objects.filter(id__in=[each.id for each in renewals]).update(due_at=journal.at)


def close(*, renewals: Collection[Renewal], journal: Journal) -> None:
    """Nothing will follow any more."""
    ids = [each.id for each in renewals]
    Renewal.objects.filter(id__in=ids).update(due_at=None, closed_at=journal.at)


def drop_period(*, renewal: Renewal) -> None:
    """The period that was paid ahead, and has not begun, is not there any more."""
    Period.objects.filter(subscription_id=renewal.subscription_id, number=renewal.number).delete()


def due_beginnings(scope: Q, until: datetime, most: int) -> list[Period]:
    """Renewed periods that began by ``until`` and whose quantity still holds not, locked."""
    rows = Period.objects.select_for_update(
        skip_locked=True, no_key=True, of=("organisation", "self", "subscription")
    ).filter(scope, begin_noted_at__isnull=True, starts_at__lte=until)
    return list(
        rows.select_related("organisation", "subscription").order_by("starts_at", "id")[:most]
    )


def note_beginnings(*, periods: Collection[Period], journal: Journal) -> None:
    """The boundary was applied (R26)."""
    run(_NOTE_BEGINNINGS, [journal.at, [row.id for row in periods]])


_NOTE_BEGINNINGS: Final = f"""
    UPDATE subscriptions_period SET begin_noted_at = %s WHERE id {AMONG}
"""  # noqa: S608 - of constants


def tell_declined(
    *, renewals: Sequence[Renewal], reasons: Mapping[UUID, str], journal: Journal
) -> None:
    """The charge for these renewals' orders was declined, for the reasons given by order."""
    last = _last_periods(renewals)
    for each in renewals:
        order = each.order_id
        current = last.get((each.subscription_id, each.number - 1))
        if order is None or current is None:
            continue
        zone = zone_named(each.subscription.zone)
        again = each.due_at is not None and each.due_at < current.data_until
        next_on = local_date(each.due_at, zone) if again and each.due_at else None
        fact: RenewalDeclined | RenewalAuthenticationRequired
        if reasons[order] == STEP_NEEDED:
            fact = RenewalAuthenticationRequired(
                subscription=each.subscription_id,
                order=order,
                next_attempt_on=next_on,
                payable_until=current.data_until_on,
            )
        else:
            fact = RenewalDeclined(
                subscription=each.subscription_id,
                order=order,
                reason=reasons[order],
                next_attempt_on=next_on,
                payable_until=current.data_until_on,
            )
        journal.record(each.organisation_id, fact)


def _last_periods(renewals: Collection[Renewal]) -> dict[tuple[UUID, int], Period]:
    rows = read_rows(Period, _NUMBERED, _before(renewals))
    return {(row.subscription_id, row.number): row for row in rows}


def current_periods(renewals: Collection[Renewal]) -> list[UUID]:
    """The periods that ``renewals`` are to follow; one statement."""
    return [id_ for (id_,) in read_values(_CURRENT, _before(renewals))]


def _before(renewals: Collection[Renewal]) -> list[Sequence[Any]]:
    """Which periods those are, as ``_NUMBERED`` is told."""
    ids = [each.subscription_id for each in renewals]
    return [ids, [each.number - 1 for each in renewals]]


_NUMBERED: Final = (
    "WHERE (subscription_id, number) IN (SELECT * FROM unnest(%s::uuid[], %s::int[]))"
)
_CURRENT: Final = f"SELECT id FROM subscriptions_period {_NUMBERED}"  # noqa: S608 - of constants


def give_up(*, renewals: Sequence[Renewal], journal: Journal) -> None:
    """The time in which the locked ``renewals`` could be paid is over (R24, R31)."""
    ids = [each.id for each in renewals]
    Renewal.objects.filter(id__in=ids).update(due_at=None, closed_at=journal.at)
    release_next_seats(following=_following(renewals), at=journal.at)
    for each in renewals:
        journal.record(
            each.organisation_id,
            RenewalGivenUp(
                subscription=each.subscription_id, order=each.order_id, number=each.number
            ),
            at=each.due_at,
        )


def _following(renewals: Collection[Renewal]) -> list[tuple[UUID, int]]:
    return [(each.subscription_id, each.number) for each in renewals]
