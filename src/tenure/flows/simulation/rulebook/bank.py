"""Money on a bank statement, under an order's reference (R15)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tenure.flows.simulation.rulebook.buying import paid
from tenure.flows.simulation.rulebook.customer import Credit, Customer, Order
from tenure.flows.simulation.rulebook.days import ONE_DAY, day_of


def credited(customer: Customer, order: Order, fresh: Sequence[Credit], at: datetime) -> None:
    """Lines that were just read, the earliest booked first; never guessed, never lost."""
    order.credits += fresh
    for each in sorted(fresh, key=lambda each: (each.booked_on, each.number)):
        if each.used or not _in_time(customer, order, each):
            continue
        if order.status == "awaiting_transfer":
            _use(customer, order, [each], at)
        elif order.status == "expired" and order.method == "bank_transfer":
            together = [
                one for one in order.credits if not one.used and _in_time(customer, order, one)
            ]
            if sum(one.amount for one in together) >= order.total:
                _use(customer, order, together, at)


def _use(customer: Customer, order: Order, lines: Sequence[Credit], at: datetime) -> None:
    for each in sorted(lines, key=lambda each: (each.booked_on, each.number)):
        each.used = min(each.amount, order.total - order.received)
        if each.used:
            order.received += each.used
            customer.book("suspense", "receivable", each.used)
    if order.received == order.total:
        paid(customer, order, at)


def _in_time(customer: Customer, order: Order, credit: Credit) -> bool:
    """The bank's booking date decides, not the day on which it is read."""
    if order.expires_at is None:
        return True
    last_day = day_of(order.expires_at - ONE_DAY / 86400, customer.zone)
    return credit.booked_on <= last_day
