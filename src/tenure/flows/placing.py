"""An order is placed and its payment begun: what a cart and a quote have in common (R13 to R17)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tenure.access.queries.requests import to_see_who_waits
from tenure.base.clock import machine_now
from tenure.base.errors import Refused
from tenure.base.money import Money
from tenure.billing.commands.payments import Intent, intend_payments
from tenure.billing.gateways import Outcome as GatewayOutcome
from tenure.billing.gateways.choice import available_methods
from tenure.billing.models import Payment, PaymentStatus
from tenure.events.journal import Journal, transaction
from tenure.events.sending import Question
from tenure.flows.bookkeeping import check_currency
from tenure.flows.charging import call_gateway, chosen_card
from tenure.flows.locks import lock_organisation, to_lock_organisation
from tenure.flows.role_requests import give_to_waiting
from tenure.flows.settlement import fulfil, settle, to_settle
from tenure.flows.transfers import begin_transfer
from tenure.orders.commands.orders import OrderDraft, place_orders
from tenure.orders.errors import PAYMENT_NEEDED
from tenure.orders.models import Order, OrderStatus
from tenure.orders.queries.policy import policy_numbered
from tenure.orders.rules.payment import payment_method_verdict
from tenure.organisations.models import Organisation
from tenure.organisations.rules import card_verdict
from tenure.policy.words import Audience, PaymentMethod


@dataclass(frozen=True, slots=True)
class CardPayment:
    """A card, by the gateway's token; never its number.

    Or one that was saved before; or, ``hosted``, one that is given on the gateway's own page. With
    nothing said it is the organisation's default card. ``saves``: it is kept for renewals.
    """

    token: str = ""
    payment_method: UUID | None = None
    hosted: bool = False
    saves: bool = True
    method = PaymentMethod.CARD


@dataclass(frozen=True, slots=True)
class TransferPayment:
    """A bank transfer, paid before access (R13, R15)."""

    method = PaymentMethod.BANK_TRANSFER


def place(
    *,
    draft: OrderDraft,
    payment: CardPayment | TransferPayment | None,
    organisation: Organisation,
    journal: Journal,
) -> tuple[Order, Payment | None]:
    """Place an order; returns the payment to be charged, or None if nothing is to be now.

    Raises ``Refused`` with ``payment_required``, the payment method's verdict, or
    ``rate_unknown`` where what is paid could not be booked.
    """
    check_placing(draft=draft, payment=payment, organisation=organisation, journal=journal)
    (order,) = place_orders(drafts=[draft], journal=journal)
    return order, begin_payment(
        order=order, payment=payment, organisation=organisation, journal=journal
    )


def check_placing(
    *,
    draft: OrderDraft,
    payment: CardPayment | TransferPayment | None,
    organisation: Organisation,
    journal: Journal,
) -> None:
    """Whether an order can be placed and paid so, before it is; raises as ``place`` does."""
    if draft.total and payment is None:
        raise Refused(PAYMENT_NEEDED, total=Money(draft.total, draft.currency))
    if draft.total and payment is not None:
        check_purchase(payment, organisation, draft.policy_version, draft.currency)
        check_currency(draft.currency, at=journal.at)


def begin_payment(
    *,
    order: Order,
    payment: CardPayment | TransferPayment | None,
    organisation: Organisation,
    journal: Journal,
) -> Payment | None:
    """What an order just placed, with all that it is of, comes to at once: nothing to pay makes
    it paid. Returns the payment to be charged, or None if nothing is to be now."""
    if not order.total:
        journal.write()  # what is fulfilled is read again
        fulfil(orders=[order], journal=journal)
        give_to_waiting(customer=organisation, journal=journal)
        return None
    waits = order.status == OrderStatus.AWAITING_VERIFICATION
    if isinstance(payment, CardPayment):
        status = PaymentStatus.PROMISED if waits else PaymentStatus.INTENDED
        intent = intend(order, payment, journal, status)
        return None if waits else intent
    status = PaymentStatus.PROMISED if waits else PaymentStatus.AWAITING_TRANSFER
    begin_transfer(order=order, organisation=organisation, journal=journal, status=status)
    return None


def intend(
    order: Order,
    payment: CardPayment,
    journal: Journal,
    status: PaymentStatus = PaymentStatus.INTENDED,
) -> Payment:
    """The intent to charge a card for a placed order, written with the journal (R17)."""
    card = chosen_card(
        organisation=order.organisation_id,
        token=payment.token,
        payment_method=payment.payment_method,
        hosted=payment.hosted,
        saves=payment.saves,
    )
    intent = Intent(
        order=order,
        gateway=card.gateway,
        token=card.token,
        customer=card.customer,
        saves_card=card.saves,
    )
    (made,) = intend_payments(
        intents=[intent], called_at=machine_now(), journal=journal, status=status
    )
    return made


def charge(payment: Payment, *, now: datetime, by: str) -> Journal:
    """The second and the third step: call the gateway, settle what it said."""
    outcome = call_gateway(payment)
    organisation = payment.organisation_id
    foreseen = [
        to_lock_organisation(organisation),
        *to_settle(payment, outcome, now),
        to_see_who_waits(organisation),
    ]
    return settle_now([outcome], organisation=organisation, now=now, by=by, foreseen=foreseen)


def settle_now(
    outcomes: list[GatewayOutcome],
    *,
    organisation: UUID,
    now: datetime,
    by: str,
    foreseen: Sequence[Question] = (),
) -> Journal:
    """What the gateway said, settled in a transaction of its own."""
    with transaction(now=now, by=by, organisation=organisation, foreseen=foreseen) as journal:
        buyer = lock_organisation(organisation, journal)
        settle(outcomes=outcomes, journal=journal)
        give_to_waiting(customer=buyer, journal=journal)
        journal.touch(organisation)
    return journal


def check_purchase(
    payment: CardPayment | TransferPayment,
    organisation: Organisation,
    policy_number: int,
    currency: str,
) -> None:
    """Raises ``Refused`` with the verdict where such a buyer cannot pay so (R14)."""
    verdict = payment_method_verdict(
        payment.method,
        Audience(organisation.audience),
        policy_numbered(policy_number),
        available=available_methods(currency),
    )
    if not verdict:
        raise Refused.by(verdict)


def refuse_card_of_staff(payment: CardPayment | TransferPayment | None, by: str) -> None:
    """Raises ``Refused`` with ``acting_pays_nothing`` for staff with a customer's card."""
    verdict = card_verdict(by)
    if isinstance(payment, CardPayment) and not verdict:
        raise Refused.by(verdict)
