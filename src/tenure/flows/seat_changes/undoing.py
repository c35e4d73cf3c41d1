"""Seats go again: with their own order (R27, R28), or with their subscription (R30).

Plain steps for whoever takes an order back, inside its transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Final
from uuid import UUID

from tenure.access.commands.resizing import Resize, resize
from tenure.access.queries.losses import chosen_losses
from tenure.events.journal import Journal
from tenure.flows.seat_changes.settling import (
    AT_ONCE,
    lock_subscriptions,
    look_at_invoices_ahead,
)
from tenure.flows.transfers import stop_waiting
from tenure.orders.commands.orders import lock_orders, mark
from tenure.orders.events import OrderWithdrawn
from tenure.orders.models import Order, OrderStatus
from tenure.subscriptions.commands.seat_changes import mark_undone
from tenure.subscriptions.events import SeatsTakenBack
from tenure.subscriptions.models import Period, SeatChange, Subscription
from tenure.subscriptions.queries.seat_changes import changes_of, chosen_since, orders_adding_to

_WITHDRAWN_WITH: Final = (
    OrderStatus.AWAITING_TRANSFER,
    OrderStatus.AWAITING_VERIFICATION,
    OrderStatus.DECLINED,
)
"""Orders that wait for nothing at a gateway; money that still comes for others goes back."""


def undo_seat_changes(
    *, orders: Sequence[UUID], journal: Journal, lines: Collection[UUID] | None = None
) -> dict[UUID, tuple[UUID, ...]]:
    """Take back the seats that the locked ``orders`` added, or some of their ``lines``.

    Free ones go first, then as R26 says. Seats of a period that is over are gone with it: what
    renewed them since was paid by itself. What was chosen for the next period stays as it was
    before they came, unless fewer were chosen since. Returns the members who lost a seat, by
    subscription. As many statements for 300 orders as for 3.
    """
    changes = [
        each
        for each in changes_of(orders)
        if each.starts_on is not None
        and each.undone_at is None
        and (lines is None or each.order_line_id in lines)
    ]
    if not changes:
        return {}
    subscriptions = lock_subscriptions({each.subscription_id for each in changes})
    mark_undone(changes=changes, at=journal.at)
    running = {id_: row for id_, row in subscriptions.items() if row.cancelled_at is None}
    going = _shorten_periods(changes, running, journal)
    chosen = chosen_losses(list(going))
    since = chosen_since(orders, {row.organisation_id for row in running.values()})
    resizes = []
    for id_, seats in going.items():
        row = running[id_]
        left = row.quantity - seats
        row.next_quantity = _next_quantity(row, seats, chosen_since=id_ in since)
        resizes.append(Resize(row, left, chosen.get(id_, ())))
    lost = resize(resizes=resizes, journal=journal)
    rows = [running[id_] for id_ in going]
    Subscription.objects.bulk_update(rows, ["next_quantity"], batch_size=AT_ONCE)
    look_at_invoices_ahead(going, journal)
    for each in changes:
        if not each.for_next and each.subscription_id in going:
            _tell(each, running[each.subscription_id], journal)
    return lost


def end_seat_changes(*, orders: Sequence[UUID], journal: Journal) -> None:
    """The seats that the locked ``orders`` added end with their subscriptions, without money.

    What was paid for a period that has not begun, or is to go back already, stays to be paid back
    (R27). Two statements.
    """
    changes = [each for each in changes_of(orders) if each.undone_at is None]
    begun = set(
        Period.objects.filter(
            subscription__in={each.subscription_id for each in changes}, starts_at__lte=journal.at
        ).values_list("subscription_id", "number")
    )
    ending = [
        each
        for each in changes
        if each.released_at is None
        and (not each.for_next or (each.subscription_id, each.number) in begun)
    ]
    mark_undone(changes=ending, at=journal.at)


def withdraw_unpaid(*, subscriptions: Collection[UUID], journal: Journal) -> None:
    """Orders for seats of subscriptions that end, and that nobody has paid, are withdrawn."""
    found = lock_orders(orders_adding_to(subscriptions, _WITHDRAWN_WITH)).values()
    orders = [order for order in found if order.status in _WITHDRAWN_WITH]
    if not orders:
        return
    stop_waiting(orders=orders, journal=journal)
    mark(orders=orders, status=OrderStatus.WITHDRAWN, closed_at=journal.at)
    for order in orders:
        journal.record(order.organisation_id, OrderWithdrawn(order=order.id))


def paid_orders_of(subscriptions: Collection[UUID]) -> list[Order]:
    """The orders that paid for seats of subscriptions that end, locked (R28)."""
    found = lock_orders(orders_adding_to(subscriptions, [OrderStatus.PAID])).values()
    return [order for order in found if order.status == OrderStatus.PAID]


def _shorten_periods(
    changes: Sequence[SeatChange], running: Mapping[UUID, Subscription], journal: Journal
) -> dict[UUID, int]:
    """Take the seats out of the periods that are not over; returns how many go now of each."""
    rows = Period.objects.select_for_update(no_key=True).filter(
        subscription_id__in=running, ends_at__gt=journal.at
    )
    periods = {(row.subscription_id, row.number): row for row in rows.order_by("id")}
    now = {key for key, row in periods.items() if row.starts_at <= journal.at}
    going: defaultdict[UUID, int] = defaultdict(int)
    changed = {}
    for each in changes:
        key = (each.subscription_id, each.number)
        if each.released_at is not None:
            continue  # they are in no period
        if key in periods:
            periods[key].quantity -= each.quantity
            changed[key] = periods[key]
        if key in now:
            going[each.subscription_id] += each.quantity
    Period.objects.bulk_update(changed.values(), ["quantity"], batch_size=AT_ONCE)
    return dict(going)


def _next_quantity(subscription: Subscription, seats: int, *, chosen_since: bool) -> int:
    """Without the seats that go; if fewer were chosen since they came, that stays."""
    left = subscription.quantity - seats
    if chosen_since and subscription.next_quantity < subscription.quantity:
        return min(subscription.next_quantity, left)
    return subscription.next_quantity - seats


def _tell(change: SeatChange, subscription: Subscription, journal: Journal) -> None:
    fact = SeatsTakenBack(
        subscription=subscription.id,
        order=change.order_id,
        seats=change.quantity,
        quantity=subscription.quantity,
    )
    journal.record(subscription.organisation_id, fact)
