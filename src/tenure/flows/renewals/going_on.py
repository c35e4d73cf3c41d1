"""Renewals that were not paid at the first attempt: tried again on their days, or given up (R24).

An unpaid renewal is given up when its retention is over (R31): the order expires, an invoice sent
ahead is credited, and the seats are let go. An invoice ahead is replaced where seats came or went
since it was sent (R27).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q

from tenure.access.commands.letting_go import let_go_of_seats
from tenure.base.verdicts import Code
from tenure.events.journal import Journal
from tenure.flows.renewals.bundles import Bundle
from tenure.flows.renewals.intents import intend_charges
from tenure.flows.renewals.invoicing import credit_ahead
from tenure.flows.renewals.ordering import BATCH, place_renewals
from tenure.flows.renewals.taking_back import take_back
from tenure.flows.transfers import stop_waiting
from tenure.orders.commands.orders import expire, lock_orders, mark
from tenure.orders.events import OrderExpired
from tenure.orders.models import UNPAID, Order, OrderStatus
from tenure.organisations.models import Organisation
from tenure.subscriptions.commands.renewing import (
    current_periods,
    give_up,
    lock_renewals_due,
    write_renewals,
)
from tenure.subscriptions.errors import RENEWAL_NOT_PAID, RENEWAL_REPLACED, RENEWAL_STOPPED
from tenure.subscriptions.models import Renewal
from tenure.subscriptions.queries.obligations import Obligation, obligations
from tenure.subscriptions.queries.seat_changes import seats_paid_ahead
from tenure.subscriptions.rules.due import renews

UNKNOWN_AGAIN: Final = timedelta(days=1)
"""A renewal whose outcome nobody knows cannot be given up; it is looked at again so much later."""


def go_on_with_renewals(scope: Q, until: datetime, journal: Journal) -> int:
    """Renewals whose day has come again are charged anew, or given up."""
    renewals, more = lock_renewals_due(scope, until, BATCH)
    if not renewals:
        return BATCH if more else 0
    buyers = {each.organisation_id: each.organisation for each in renewals}
    due_at = {each.id: each.due_at for each in renewals}
    owed = obligations(current_periods(renewals))
    over = [each for each in owed if _is_over(each, due_at[each.renewal.id])]
    going = [each for each in owed if not _is_over(each, due_at[each.renewal.id])]
    orders = lock_orders({each.order_id for each in renewals if each.order_id is not None})
    _try_again(going, orders, buyers, journal)
    _give_up(over, orders, buyers, journal)
    return BATCH if more else len(renewals)


def _is_over(each: Obligation, due_at: datetime | None) -> bool:
    """Whether this was not another attempt, but the end of the retention."""
    return due_at is not None and due_at >= each.current.data_until


def _try_again(
    owed: Sequence[Obligation],
    orders: Mapping[UUID, Order],
    buyers: Mapping[UUID, Organisation],
    journal: Journal,
) -> None:
    """Declined orders are charged again; what could not be ordered before is now, if it can.

    While an answer or a step of the customer's is missing nothing is charged (R17).
    """
    unordered = [each for each in owed if each.renewal.order_id is None]
    gone = _withdraw_stopped(owed, orders, buyers, journal)
    gone |= _replace_changed(owed, orders, buyers, journal)
    ordered = [e for e in owed if e.renewal.order_id is not None and e.renewal.order_id not in gone]
    for bundle in _by_order(ordered, orders, buyers):
        at = bundle.next_at(journal.at)
        for each in bundle.owed:
            each.renewal.due_at = at
    again = {
        order.id: order
        for each in ordered
        if each.is_owed(journal.at)
        and (order := orders[_order_of(each.renewal)]).status == OrderStatus.DECLINED
    }
    for each in ordered:
        if each.renewal.order_id in again:
            each.renewal.attempts += 1
    write_renewals(owed=ordered, journal=journal)
    if again:
        mark(orders=list(again.values()), status=OrderStatus.PAYMENT_UNKNOWN, closed_at=None)
        intend_charges(orders=list(again.values()), journal=journal)
        journal.write()  # who is being charged does not lapse meanwhile
    if unordered:
        for each in unordered:
            each.renewal.due_at = None
        write_renewals(owed=unordered, journal=journal)
        journal.write()  # those that can be ordered are written again
        place_renewals(due=unordered, buyers=buyers, journal=journal)


def _withdraw_stopped(
    owed: Sequence[Obligation],
    orders: Mapping[UUID, Order],
    buyers: Mapping[UUID, Organisation],
    journal: Journal,
) -> frozenset[UUID]:
    """Declined orders of which a part was switched off while they were charged are withdrawn, and
    the rest is ordered anew (R21); returns which orders those were."""
    stopped = [
        each
        for each in _whose_order_is(OrderStatus.DECLINED, owed, orders)
        if not each.followed and not renews(each.course)
    ]
    return _take_back(stopped, buyers, RENEWAL_STOPPED, journal)


def _replace_changed(
    owed: Sequence[Obligation],
    orders: Mapping[UUID, Order],
    buyers: Mapping[UUID, Organisation],
    journal: Journal,
) -> frozenset[UUID]:
    """Orders that wait for their transfer, for another quantity than the next one is now: until
    the deadline they are replaced (R24, R27). Returns which orders those were."""
    waiting = [
        each
        for each in _whose_order_is(OrderStatus.AWAITING_TRANSFER, owed, orders)
        if each.is_owed(journal.at)
        and each.current.opt_out_until is not None
        and journal.at < each.current.opt_out_until
    ]
    ahead = seats_paid_ahead([each.subscription.id for each in waiting]) if waiting else {}
    changed = [
        each
        for each in waiting
        if (each.renewal.quantity or 0) + ahead.get((each.subscription.id, each.renewal.number), 0)
        != each.subscription.next_quantity
    ]
    return _take_back(changed, buyers, RENEWAL_REPLACED, journal)


def _whose_order_is(
    status: OrderStatus, owed: Iterable[Obligation], orders: Mapping[UUID, Order]
) -> list[Obligation]:
    return [
        each
        for each in owed
        if (order := each.renewal.order_id) is not None and orders[order].status == status
    ]


def _take_back(
    owed: Iterable[Obligation], buyers: Mapping[UUID, Organisation], why: Code, journal: Journal
) -> frozenset[UUID]:
    """Take back each order that one of these is on, once; returns which."""
    found = {_order_of(each.renewal): each for each in owed}
    for each in found.values():
        buyer = buyers[each.subscription.organisation_id]
        take_back(owed=each, buyer=buyer, why=why, journal=journal)
    return frozenset(found)


def _by_order(
    owed: Iterable[Obligation],
    orders: Mapping[UUID, Order],
    buyers: Mapping[UUID, Organisation],
) -> list[Bundle]:
    found: dict[UUID, Bundle] = {}
    for each in owed:
        order = orders[_order_of(each.renewal)]
        buyer = buyers[order.organisation_id]
        waits = order.status == OrderStatus.AWAITING_TRANSFER
        bundle = found.setdefault(order.id, Bundle(buyer, [], waits, order.currency))
        bundle.owed.append(each)
    return list(found.values())


def _order_of(renewal: Renewal) -> UUID:
    if renewal.order_id is None:
        raise ValueError("Nothing was ordered for it.")
    return renewal.order_id


def _give_up(
    over: Sequence[Obligation],
    orders: Mapping[UUID, Order],
    buyers: Mapping[UUID, Organisation],
    journal: Journal,
) -> None:
    """Nobody can pay any more; what the gateway has not answered yet waits for that (R17)."""
    unknown = {
        order.id
        for order in orders.values()
        if order.status in (OrderStatus.PAYMENT_UNKNOWN, OrderStatus.AUTHENTICATION_REQUIRED)
    }
    waiting = [each for each in over if each.renewal.order_id in unknown]
    for each in waiting:
        each.renewal.due_at = journal.at + UNKNOWN_AGAIN
    write_renewals(owed=waiting, journal=journal)
    gone = [each for each in over if each.renewal.order_id not in unknown]
    if not gone:
        return
    closed = {each.renewal.order_id for each in gone}
    _expire([order for order in orders.values() if order.id in closed], buyers, journal)
    give_up(renewals=[each.renewal for each in gone], journal=journal)
    let_go_of_seats(subscriptions=[each.subscription.id for each in gone], journal=journal)


def _expire(orders: Sequence[Order], buyers: Mapping[UUID, Organisation], journal: Journal) -> None:
    """Orders nobody paid; money that came for a part is open again, for staff (R15)."""
    unpaid = [order for order in orders if order.status in UNPAID]
    if not unpaid:
        return
    stop_waiting(orders=unpaid, journal=journal)
    credit_ahead(orders=unpaid, buyers=buyers, why=RENEWAL_NOT_PAID, journal=journal)
    expire(orders=unpaid, at=journal.at)
    for order in unpaid:
        journal.record(order.organisation_id, OrderExpired(order=order.id))
