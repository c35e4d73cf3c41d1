"""A renewal that was ordered ahead comes to nothing: switched off in time, or changed (R21, R24).

An order that waits for its transfer is withdrawn whole and its invoice credited; the rest of it is
ordered anew. Of one that is paid already the line alone is credited and its money goes back.
"""

from __future__ import annotations

from collections.abc import Sequence

from tenure.base.clock import machine_now
from tenure.base.verdicts import Code
from tenure.base.wording import sentence
from tenure.billing.commands.refunds import intend_refund_of
from tenure.billing.models import Refund
from tenure.billing.queries.cancellations import left_of_lines
from tenure.events.journal import Journal
from tenure.flows.documents.crediting import credit_lines
from tenure.flows.renewals.invoicing import credit_ahead
from tenure.flows.renewals.ordering import place_renewals
from tenure.flows.transfers import stop_waiting
from tenure.orders.commands.orders import cancel, lock_orders, mark
from tenure.orders.events import OrderWithdrawn
from tenure.orders.models import Order, OrderStatus
from tenure.organisations.models import Organisation
from tenure.subscriptions.commands.renewing import (
    current_periods,
    drop_period,
    forget_order,
    renewals_of,
)
from tenure.subscriptions.models import Renewal
from tenure.subscriptions.queries.obligations import Obligation, obligations


def take_back(
    *, owed: Obligation, buyer: Organisation, why: Code, journal: Journal
) -> list[Refund]:
    """Take back what was ordered for ``owed``, of a locked ``buyer``, before its deadline.

    Returns the refunds that are to be carried out. While an answer is missing nothing changes.
    """
    if owed.renewal.order_id is None:
        return []
    order = lock_orders([owed.renewal.order_id])[owed.renewal.order_id]
    if order.status == OrderStatus.PAID:
        return _give_back_line(owed.renewal, order, buyer, why, journal)
    if order.status in (OrderStatus.AWAITING_TRANSFER, OrderStatus.DECLINED):
        _withdraw(order, buyer, why, journal)
    return []


def _withdraw(order: Order, buyer: Organisation, why: Code, journal: Journal) -> None:
    stop_waiting(orders=[order], journal=journal)
    credit_ahead(orders=[order], buyers={buyer.id: buyer}, why=why, journal=journal)
    mark(orders=[order], status=OrderStatus.WITHDRAWN, closed_at=journal.at)
    journal.record(buyer.id, OrderWithdrawn(order=order.id))
    renewals = renewals_of([order.id])
    forget_order(renewals=renewals, journal=journal)
    order_again(renewals=renewals, buyer=buyer, journal=journal)


def order_again(*, renewals: Sequence[Renewal], buyer: Organisation, journal: Journal) -> None:
    """Order anew what of ``renewals`` is still to come."""
    due = obligations(current_periods(renewals))
    place_renewals(due=due, buyers={buyer.id: buyer}, journal=journal)


def _give_back_line(
    renewal: Renewal, order: Order, buyer: Organisation, why: Code, journal: Journal
) -> list[Refund]:
    """The period is not there any more, its line is credited, and its money goes back."""
    line, reason = renewal.order_line, sentence(why, {}, buyer.language)
    if line is None:
        return []
    drop_period(renewal=renewal)
    journal.write()  # what goes back of other lines counts too
    back = left_of_lines(order, [line])
    if back.amount:
        positions = frozenset({line.position})
        credit_lines(
            order=order.id, positions=positions, reason=reason, amount=back.amount, journal=journal
        )
    refunds = intend_refund_of(
        order=order.id, amount=back, reason=reason, called_at=machine_now(), journal=journal
    )
    forget_order(renewals=[renewal], journal=journal)
    if not renewals_of([order.id]):
        cancel(orders=[(order, back)], journal=journal)
    order_again(renewals=[renewal], buyer=buyer, journal=journal)
    return refunds
