"""The payments of renewal orders begin: a card intended, a transfer invoiced, nothing to pay (R24).

No gateway is called here. An intent that nobody has called yet stands as if its answer had been
missing for long, so that whoever is free takes it up.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from tenure.base.clock import machine_now
from tenure.billing.commands.payments import Intent, intend_payments
from tenure.billing.events import PaymentDeclined
from tenure.billing.gateways.choice import installed
from tenure.billing.models import Payment, PaymentMethod, PaymentStatus
from tenure.billing.queries.payment_methods import default_methods
from tenure.events.journal import Journal
from tenure.flows.renewals.bundles import Bundle
from tenure.flows.renewals.invoicing import invoice_ahead
from tenure.flows.settlement import fulfil
from tenure.flows.transfers import await_transfers
from tenure.orders.commands.orders import mark
from tenure.orders.events import OrderDeclined
from tenure.orders.models import Order, OrderStatus
from tenure.subscriptions.commands.renewing import renewals_of, tell_declined

UNCALLED_FOR: Final = timedelta(minutes=2)
"""How long an intent is somebody's who may be calling the gateway: longer than any call lasts."""

NO_CARD: Final = "no_card"
"""Why a renewal is declined for which there is no card on file."""


def begin_payments(*, bundles: Sequence[tuple[Bundle, Order]], journal: Journal) -> None:
    """Begin the payments of orders just placed, each as its customer paid the last time."""
    if not bundles:
        return
    free = [order for _, order in bundles if not order.total]
    transfers = [(b, order) for b, order in bundles if order.total and b.by_transfer]
    cards = [order for bundle, order in bundles if order.total and not bundle.by_transfer]
    intend_charges(orders=cards, journal=journal)
    if transfers:
        await_transfers(orders=[order for _, order in transfers], journal=journal)
        journal.write()  # the orders' lines are read again
        invoice_ahead(orders=[order for _, order in transfers], journal=journal)
    if free:
        journal.write()
        fulfil(orders=free, journal=journal)


def intend_charges(*, orders: Sequence[Order], journal: Journal) -> list[Payment]:
    """Intents to charge the default cards of the customers, who are not there (R24).

    Where there is no card the order is declined at once. Returns the intents.
    """
    cards = {
        organisation: card
        for organisation, card in default_methods(
            {order.organisation_id for order in orders}
        ).items()
        if card.gateway in installed()
    }
    intents = [
        _intent(order, cards[order.organisation_id])
        for order in orders
        if order.organisation_id in cards
    ]
    made = intend_payments(intents=intents, called_at=machine_now() - UNCALLED_FOR, journal=journal)
    _decline([order for order in orders if order.organisation_id not in cards], journal)
    return made


def _intent(order: Order, card: PaymentMethod) -> Intent:
    return Intent(
        order=order,
        gateway=card.gateway,
        token=card.reference,
        customer=card.gateway_customer,
        saves_card=False,
        off_session=True,
    )


def _decline(orders: Sequence[Order], journal: Journal) -> None:
    """There is no card to charge: the orders wait for their customers."""
    if not orders:
        return
    intents = [Intent(order, "", "", saves_card=False, off_session=True) for order in orders]
    for payment in intend_payments(
        intents=intents,
        called_at=machine_now(),
        journal=journal,
        status=PaymentStatus.DECLINED,
    ):
        payment.decline_code, payment.settled_at = NO_CARD, journal.at
        fact = PaymentDeclined(payment=payment.id, order=payment.order_id, reason=NO_CARD)
        journal.record(payment.organisation_id, fact)
    journal.write()  # what is declined is marked, and told of by its renewals
    mark(orders=orders, status=OrderStatus.DECLINED, closed_at=None)
    for order in orders:
        journal.record(order.organisation_id, OrderDeclined(order=order.id))
    ids = [order.id for order in orders]
    tell_declined(renewals=renewals_of(ids), reasons=dict.fromkeys(ids, NO_CARD), journal=journal)
