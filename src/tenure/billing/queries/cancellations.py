"""Whether an order can be taken back, and how much of its money is still there to go back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from tenure.base.money import Money
from tenure.base.verdicts import Verdict
from tenure.events.rows import read_values
from tenure.orders.models import Order, OrderLine
from tenure.orders.queries.orders import cancellation, cost_of
from tenure.organisations.models import Organisation

_LEFT: Final = """
    SELECT payment.amount - coalesce(
        (SELECT sum(refund.amount) FROM billing_refund AS refund
         WHERE refund.payment_id = payment.id AND refund.status <> 'failed'), 0)::bigint
    FROM billing_payment AS payment
    WHERE payment.status = 'captured' AND payment.order_id = %s
"""


def left_of(order: UUID) -> int:
    """What was paid for an order and did not go back, in minor units; one statement."""
    found = read_values(_LEFT, [order])
    return int(found[0][0]) if found else 0


def left_of_lines(order: Order, lines: Iterable[OrderLine]) -> Money:
    """What some lines of an order cost, as far as that much of what was paid did not go back yet
    (R48); one statement."""
    cost = sum(cost_of(order, line) for line in lines)
    return Money(min(cost, left_of(order.id)), order.currency)


def cancellation_of(
    order: Order, lines: Sequence[OrderLine], organisation: Organisation, at: datetime
) -> Verdict:
    """The verdict of R28 on a request sent at ``at``.

    Of what staff gave back before, nothing is promised again (R48).
    """
    verdict = cancellation(order, lines, organisation, at)
    refund = verdict.figures.get("refund")
    if not isinstance(refund, Money):
        return verdict
    left = Money(left_of(order.id), order.currency)
    if left.amount >= refund.amount:
        return verdict
    return replace(verdict, figures={**verdict.figures, "refund": left})
