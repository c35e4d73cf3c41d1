"""What a choice about the next period means for a renewal that is due or ordered already (R21)."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from tenure.base.errors import Refused
from tenure.base.verdicts import Code
from tenure.billing.models import Refund
from tenure.events.journal import Journal
from tenure.flows.placing import CardPayment, refuse_card_of_staff
from tenure.flows.renewals.ordering import place_renewals
from tenure.flows.renewals.taking_back import take_back
from tenure.orders.errors import PAYMENT_IN_FLIGHT
from tenure.orders.models import Order, OrderStatus
from tenure.organisations.models import Organisation
from tenure.subscriptions.commands.renewing import unschedule
from tenure.subscriptions.errors import RENEWAL_REPLACED, RENEWAL_STOPPED
from tenure.subscriptions.models import Period
from tenure.subscriptions.queries.obligations import Obligation, obligations
from tenure.subscriptions.queries.seat_changes import seats_paid_ahead
from tenure.subscriptions.rules.due import renews


@dataclass(slots=True)
class Following:
    """What is to be called when the choice is committed."""

    charges: bool = False
    refunds: list[Refund] = field(default_factory=list)


def follow_choice(
    *,
    current: Period,
    buyer: Organisation,
    switched_on: bool,
    changed_quantity: bool,
    journal: Journal,
) -> Following:
    """Let the locked ``buyer``'s renewal after ``current`` be what was chosen.

    Switched off in time, what was ordered ahead is taken back; of another quantity, it is
    replaced; switched on when its day is over, it is ordered and charged at once. Raises
    ``Refused`` with ``payment_in_flight`` where another quantity was ordered and is being charged,
    or ``acting_pays_nothing`` where staff would charge the customer's card.
    """
    if current.order_id is None or current.opt_out_until is None:
        return Following()
    found = obligations([current.id])
    if not found:
        return Following()
    owed = found[0]
    goes_on = renews(owed.course)
    if owed.renewal.order_id is not None and journal.at < current.opt_out_until:
        if not goes_on:
            return _taken_back(owed, buyer, RENEWAL_STOPPED, journal)
        if changed_quantity and _is_for_another_quantity(owed):
            _refuse_in_flight(owed.renewal.order_id)
            return _taken_back(owed, buyer, RENEWAL_REPLACED, journal)
    ordered = owed.renewal.order_id is not None
    if not switched_on or ordered or not owed.is_owed(journal.at):
        return Following()
    if current.renew_at is not None and current.renew_at > journal.at:
        return Following()
    orders = place_renewals(due=[owed], buyers={buyer.id: buyer}, journal=journal)
    if any(order.status == OrderStatus.PAYMENT_UNKNOWN for order in orders):
        refuse_card_of_staff(CardPayment(), journal.by)
    unschedule(periods=[current.id])
    return Following(charges=bool(orders))


def _is_for_another_quantity(owed: Obligation) -> bool:
    """Whether what is ordered, with the seats that were paid beside it, is not what is chosen."""
    subscription = owed.subscription
    ahead = seats_paid_ahead([subscription.id]).get((subscription.id, owed.renewal.number), 0)
    return (owed.renewal.quantity or 0) + ahead != subscription.next_quantity


def _refuse_in_flight(order: UUID) -> None:
    """What is being charged cannot be replaced before its outcome is known (R17)."""
    unknown = (OrderStatus.PAYMENT_UNKNOWN, OrderStatus.AUTHENTICATION_REQUIRED)
    if Order.objects.filter(id=order, status__in=unknown).exists():
        raise Refused(PAYMENT_IN_FLIGHT)


def _taken_back(owed: Obligation, buyer: Organisation, why: Code, journal: Journal) -> Following:
    refunds = take_back(owed=owed, buyer=buyer, why=why, journal=journal)
    return Following(charges=True, refunds=refunds)
