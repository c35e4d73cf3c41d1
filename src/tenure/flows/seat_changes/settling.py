"""Seats that were ordered in mid-period are paid: they come, or come too late (R27).

A step of the settlement, for orders of their own kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from tenure.access.commands.resizing import Resize, resize
from tenure.access.errors import SEATS_TOO_LATE
from tenure.base.calendar import local_date, zone_named
from tenure.billing.models import Payment
from tenure.events.journal import Journal
from tenure.flows.bookkeeping import book_payments
from tenure.flows.documents.facts import (
    Bought,
    local_days,
    read_unbegun,
    seller,
    with_added_seats,
)
from tenure.flows.documents.issuing import issue_invoices
from tenure.flows.late_money import give_back_whole
from tenure.orders.commands.orders import mark_paid
from tenure.orders.models import Order
from tenure.subscriptions.commands.renewing import order_anew
from tenure.subscriptions.commands.seat_changes import first_day, mark_begun, mark_undone
from tenure.subscriptions.events import SeatsAdded, SeatsTooLate
from tenure.subscriptions.models import Period, SeatChange, Subscription
from tenure.subscriptions.queries.seat_changes import (
    changes_of,
    standing_renewals,
    waiting_for_transfers,
)

AT_ONCE: Final = 1000
"""How many rows one UPDATE takes: PostgreSQL bounds the values of a statement."""


def fulfil_seats(
    *, orders: Sequence[Order], paid_by: Mapping[UUID, Payment], journal: Journal
) -> None:
    """The locked ``orders`` for seats are paid: the seats are there, and the invoices (R46).

    They come on the day of the money, for the rest of the period that they were ordered for. If
    that is over by then, or the subscription was cancelled, there is nothing to give: no invoice
    is issued, and all of the money goes back by the way it came.
    """
    bought = read_unbegun(orders)
    mark_paid(orders=orders, paid_on=local_days(bought, journal.at), journal=journal)
    changes = changes_of([order.id for order in orders])
    subscriptions = lock_subscriptions({each.subscription_id for each in changes})
    late = _too_late(changes, subscriptions, journal)
    coming = [each for each in changes if each.order_id not in late]
    periods = bring_seats(coming, subscriptions, journal)
    book_payments(payments=paid_by.values(), seller=seller(bought[0].known), journal=journal)
    _give_back(
        [each for each in bought if each.order.id in late],
        [each for each in changes if each.order_id in late],
        paid_by,
        journal,
    )
    in_time = [each for each in bought if each.order.id not in late]
    issue_invoices(
        orders=with_added_seats(
            in_time, coming, _last_days_to_stop(coming, subscriptions, periods)
        ),
        paid_by=paid_by,
        journal=journal,
    )


def lock_subscriptions(ids: set[UUID]) -> dict[UUID, Subscription]:
    """Subscriptions, locked until commit in the order of their ids; one statement."""
    rows = Subscription.objects.select_for_update(no_key=True).filter(id__in=ids).order_by("id")
    return {row.id: row for row in rows}


def _too_late(
    changes: Sequence[SeatChange], subscriptions: Mapping[UUID, Subscription], journal: Journal
) -> set[UUID]:
    """The orders whose seats were for a period that is over; one statement."""
    current = {
        (subscription, number)
        for subscription, number in Period.objects.filter(
            subscription_id__in=subscriptions, starts_at__lte=journal.at, ends_at__gt=journal.at
        ).values_list("subscription_id", "number")
        if not _is_cancelled(subscriptions[subscription], journal)
    }
    return {
        each.order_id
        for each in changes
        if not each.for_next and (each.subscription_id, each.number) not in current
    }


def _is_cancelled(subscription: Subscription, journal: Journal) -> bool:
    return subscription.cancelled_at is not None and subscription.cancelled_at <= journal.at


def bring_seats(
    changes: Sequence[SeatChange], subscriptions: Mapping[UUID, Subscription], journal: Journal
) -> dict[tuple[UUID, int], Period]:
    """The seats of paid ``changes`` are there, in their periods and in the next quantity.

    Returns the periods that are there, by subscription and number. As many statements for 300
    changes as for 3.
    """
    more: defaultdict[UUID, int] = defaultdict(int)
    in_period: defaultdict[tuple[UUID, int], int] = defaultdict(int)
    for each in changes:
        zone = zone_named(subscriptions[each.subscription_id].zone)
        each.starts_on = first_day(each, local_date(journal.at, zone))
    _release_orphans(changes, journal)
    for each in changes:
        if each.released_at is None:
            in_period[each.subscription_id, each.number] += each.quantity
        more[each.subscription_id] += 0 if each.for_next else each.quantity
    mark_begun(changes=changes)
    rows = Period.objects.select_for_update(no_key=True).filter(subscription_id__in=more)
    periods = {(row.subscription_id, row.number): row for row in rows.order_by("id")}
    grown = [key for key in in_period if key in periods]
    for key in grown:
        periods[key].quantity += in_period[key]
    Period.objects.bulk_update([periods[key] for key in grown], ["quantity"], batch_size=AT_ONCE)
    growing = [subscriptions[id_] for id_ in more]
    for row in growing:
        row.next_quantity += more[row.id]
    resizes = [Resize(row, row.quantity + more[row.id]) for row in growing]
    resize(resizes=resizes, journal=journal)
    Subscription.objects.bulk_update(growing, ["next_quantity"], batch_size=AT_ONCE)
    look_at_invoices_ahead(more, journal)
    for each in changes:
        if not each.for_next:
            _tell_added(each, subscriptions[each.subscription_id], journal)
    return periods


def look_at_invoices_ahead(subscriptions: Collection[UUID], journal: Journal) -> None:
    """Seats came to these subscriptions or went: what is invoiced ahead for another quantity is to
    be replaced, which is due at once (R24, R27). Two statements at the most."""
    waiting = waiting_for_transfers(subscriptions)
    if waiting:
        order_anew(renewals=waiting, journal=journal)


def _release_orphans(changes: Sequence[SeatChange], journal: Journal) -> None:
    """What was to be paid beside a renewal that is no longer ordered goes back."""
    following = [(each.subscription_id, each.number) for each in changes if each.for_next]
    standing = standing_renewals(following) if following else {}
    for each in changes:
        if each.for_next and (each.subscription_id, each.number) not in standing:
            each.released_at = journal.at


def _tell_added(change: SeatChange, subscription: Subscription, journal: Journal) -> None:
    fact = SeatsAdded(
        subscription=subscription.id,
        order=change.order_id,
        seats=change.quantity,
        quantity=subscription.quantity,
        starts_on=change.starts_on or change.priced_from,
        ends_on=change.ends_on,
    )
    journal.record(subscription.organisation_id, fact)


def _last_days_to_stop(
    changes: Sequence[SeatChange],
    subscriptions: Mapping[UUID, Subscription],
    periods: Mapping[tuple[UUID, int], Period],
) -> dict[UUID, date]:
    """By order, the last day to stop what follows, where anything does (R18)."""
    last_days = {}
    for each in changes:
        period = periods.get((each.subscription_id, each.number))
        if not subscriptions[each.subscription_id].auto_renew or period is None:
            continue
        last_day, today = period.opt_out_on, each.starts_on
        if last_day is not None and (today is None or last_day >= today):
            last_days[each.order_id] = last_day
    return last_days


def _give_back(
    late: Sequence[Bought],
    changes: Sequence[SeatChange],
    paid_by: Mapping[UUID, Payment],
    journal: Journal,
) -> None:
    """Money that came too late goes back."""
    if not late:
        return
    mark_undone(changes=changes, at=journal.at)
    for change in changes:
        if not change.for_next:
            fact = SeatsTooLate(
                subscription=change.subscription_id, order=change.order_id, seats=change.quantity
            )
            journal.record(change.organisation_id, fact)
    give_back_whole(bought=late, paid_by=paid_by, why=SEATS_TOO_LATE, journal=journal)
