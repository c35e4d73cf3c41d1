"""Taking paid orders back: papers, money, access, all of it at one instant (R30).

Plain steps for use inside the transaction of whoever grants it. The money of cards is only
intended here: ``refunds.carry_out`` calls the gateway afterwards, or recovery does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tenure.access.commands.seats import drop_seats
from tenure.base.clock import machine_now
from tenure.base.money import Money, divide_half_up
from tenure.billing.commands.refunds import intend_refund_of
from tenure.billing.models import Document, Refund
from tenure.billing.queries.cancellations import left_of, left_of_lines
from tenure.events.journal import Journal
from tenure.flows.documents.crediting import credit_lines
from tenure.flows.renewals.ending import stop_before_it_begins, take_renewals_along
from tenure.flows.seat_changes.undoing import (
    end_seat_changes,
    paid_orders_of,
    undo_seat_changes,
    withdraw_unpaid,
)
from tenure.orders.commands import orders as commands
from tenure.orders.errors import ORDER_CANCELLED
from tenure.orders.models import Order, OrderKind, OrderLine
from tenure.orders.queries.orders import cancellable_lines, cost_of
from tenure.organisations.models import Organisation
from tenure.subscriptions.commands.cancelling import (
    cancel_subscriptions,
    lock_subscriptions_of,
)
from tenure.subscriptions.errors import ENDED_UNANNOUNCED
from tenure.subscriptions.queries.seat_changes import changes_of


@dataclass(frozen=True, slots=True)
class Taking:
    """A locked order to be taken back: all of its ``lines``, or those that are eligible (R28).

    ``iban`` is the account that was asked for, if it was paid by transfer (R30).
    """

    order: Order
    lines: Sequence[OrderLine]
    whole: bool
    iban: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of it: what goes back, the paper, and the refunds that are to be called."""

    refund: Money
    credit_note: UUID | None
    refunds: Sequence[Refund]


def cancel_order(*, taking: Taking, organisation: Organisation, journal: Journal) -> Taken:
    """Take an order of the locked ``organisation`` back, at the journal's instant (R30).

    Its subscriptions end, reservations are let go, decisions turn to no; what was invoiced is
    credited, and what was paid goes back by the way it came. The order is ``cancelled``; lines
    that stay go on as they were. Of an order for seats those seats go (R27); orders for seats of
    what ends here, whose own window is open, are taken back with it, and so is what was ordered
    for a period that has not begun. Of a renewal such a period alone falls away.
    """
    order = taking.order
    refund, refunds, notes = _pay_back(taking, organisation, journal)
    ended = _end(taking, organisation, journal)
    commands.cancel(orders=[(order, refund)], journal=journal)
    refunds += take_seats_along(ended, organisation, journal)
    refunds += take_renewals_along(
        subscriptions=ended, but=order.id, buyer=organisation, journal=journal
    )
    return Taken(refund, notes[-1].id if notes else None, refunds)


def _pay_back(
    taking: Taking, organisation: Organisation, journal: Journal
) -> tuple[Money, list[Refund], list[Document]]:
    """What goes back, the intents to give it, and the papers that credit it."""
    refund = _refund(taking)
    refunds = _intend(taking, refund, organisation, journal)
    journal.write()  # the refund counts when it is credited
    return refund, refunds, _credit(taking, organisation, journal)


def _refund(taking: Taking) -> Money:
    """All that is left of what was paid, or of it what these lines cost."""
    if not taking.whole:
        return left_of_lines(taking.order, taking.lines)
    return Money(left_of(taking.order.id), taking.order.currency)


def _intend(
    taking: Taking, refund: Money, organisation: Organisation, journal: Journal
) -> list[Refund]:
    return intend_refund_of(
        order=taking.order.id,
        amount=refund,
        reason=ORDER_CANCELLED.text(organisation.language),
        iban=taking.iban,
        called_at=machine_now(),
        journal=journal,
    )


def _credit(taking: Taking, organisation: Organisation, journal: Journal) -> list[Document]:
    why = ORDER_CANCELLED.text(organisation.language)
    positions = frozenset(line.position for line in taking.lines)
    return credit_lines(order=taking.order.id, positions=positions, reason=why, journal=journal)


def _end(taking: Taking, organisation: Organisation, journal: Journal) -> list[UUID]:
    """What the order began ends, or the seats that it added go; the subscriptions that end."""
    lines = {line.id for line in taking.lines}
    if taking.order.kind == OrderKind.SEATS:
        undo_seat_changes(orders=[taking.order.id], lines=lines, journal=journal)
        return []
    found = lock_subscriptions_of([taking.order.id])
    stopped = set(stop_before_it_begins(order=taking.order, journal=journal))
    ending = [
        each
        for each in found
        if each.id not in stopped and (taking.whole or each.order_line_id in lines)
    ]
    cancel_subscriptions(
        subscriptions={taking.order.id: ending}, organisation=organisation, journal=journal
    )
    drop_seats(subscriptions=[each.id for each in ending], journal=journal)
    return [each.id for each in ending]


def take_seats_along(
    subscriptions: Sequence[UUID],
    organisation: Organisation,
    journal: Journal,
    *,
    rest_from: date | None = None,
) -> list[Refund]:
    """Seats that were added to ``subscriptions`` end with them (R27).

    What of their orders is unpaid is withdrawn; what was paid is taken back, if it still could be
    by itself. What others of them paid for a period that does not begin any more is left to
    whoever takes its renewal along; for the days of one that runs, from ``rest_from`` on, it goes
    back if that is given (R33).
    """
    withdraw_unpaid(subscriptions=subscriptions, journal=journal)
    refunds: list[Refund] = []
    whole, orders = [], paid_orders_of(subscriptions)
    for order in orders:
        lines = list(order.lines.order_by("position"))
        eligible = cancellable_lines(order, lines, organisation, journal.at)
        if eligible:
            taking = Taking(order, eligible, len(eligible) == len(lines))
            refund, intended, _ = _pay_back(taking, organisation, journal)
            refunds += intended
            commands.cancel(orders=[(order, refund)], journal=journal)
            whole.append(order.id)
        elif rest_from is not None:
            refunds += _pay_rest_back(order, lines, rest_from, organisation, journal)
    undo_seat_changes(orders=whole, journal=journal)
    end_seat_changes(orders=[order.id for order in orders], journal=journal)
    return refunds


def _pay_rest_back(
    order: Order, lines: Sequence[OrderLine], on: date, organisation: Organisation, journal: Journal
) -> list[Refund]:
    """What a locked order paid for seats on the days from ``on`` on, by the day, rounded half up
    once per line, goes back as far as it is still there."""
    cost = {line.id: cost_of(order, line) for line in lines}
    rests = {
        each.order_line.position: divide_half_up(
            cost[each.order_line_id] * (each.ends_on - on).days,
            (each.ends_on - each.priced_from).days,
        )
        for each in changes_of([order.id])
        if each.undone_at is None
        and each.released_at is None
        and each.priced_from <= on < each.ends_on
    }
    back = Money(min(sum(rests.values()), left_of(order.id)), order.currency)
    if not back.amount:
        return []
    why = ENDED_UNANNOUNCED.text(organisation.language)
    refunds = intend_refund_of(
        order=order.id, amount=back, reason=why, called_at=machine_now(), journal=journal
    )
    journal.write()  # the refund counts when it is credited
    credit_lines(
        order=order.id, positions=rests.keys(), reason=why, amount=back.amount, journal=journal
    )
    return refunds
