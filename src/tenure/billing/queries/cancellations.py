"""Whether an order can be taken back, and how much of its money is still there to go back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from tenure.base.money import Money
from tenure.base.verdicts import Verdict
from tenure.events.rows import AMONG, read_values
from tenure.orders.models import Order, OrderLine
from tenure.orders.queries.orders import cancellation
from tenure.organisations.models import Organisation

_LEFT: Final = f"""
    SELECT payment.order_id, payment.amount - coalesce(
        (SELECT sum(refund.amount) FROM billing_refund AS refund
         WHERE refund.payment_id = payment.id AND refund.status <> 'failed'), 0)::bigint
    FROM billing_payment AS payment
    WHERE payment.status = 'captured' AND payment.order_id {AMONG}
"""  # noqa: S608 - of constants


def left_of_orders(orders: Iterable[UUID]) -> dict[UUID, int]:
    """What was paid for each order and did not go back, in minor units; one statement."""
    return dict(row[:2] for row in read_values(_LEFT, [list(orders)]))


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
    left = Money(left_of_orders([order.id]).get(order.id, 0), order.currency)
    if left.amount >= refund.amount:
        return verdict
    return replace(verdict, figures={**verdict.figures, "refund": left})
