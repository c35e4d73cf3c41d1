"""The way of a purchase, and the newcomer's first read: from a cart to a running subscription.

Money moves in three steps. First the order and the intent to charge are committed; then the
gateway is called, outside of any transaction, under the payment's id as its key; then the
outcome is settled, by whoever comes first: this flow, the customer's return from the bank, or
recovery. Killed anywhere, nothing is charged twice and nothing paid is forgotten (R16, R17).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tenure.access.errors import SEATS_TOO_LATE
from tenure.base.calendar import local_date, zone_named
from tenure.base.clock import machine_now
from tenure.base.errors import NotFound, Refused
from tenure.base.money import Money
from tenure.billing.commands.payments import (
    call_again,
)
from tenure.billing.gateways.calls import charge_of
from tenure.billing.gateways.choice import gateway, sandbox_gateway
from tenure.billing.models import IN_FLIGHT, Payment, PaymentStatus
from tenure.catalogue.queries import TO_KNOW_IT
from tenure.events.asked import Asked
from tenure.events.journal import Journal, transaction
from tenure.events.queries import revision_of
from tenure.flows.drafting import checked_cart, draft_order
from tenure.flows.locks import lock_living, to_lock_organisation
from tenure.flows.placing import (
    CardPayment,
    TransferPayment,
    charge,
    check_purchase,
    intend,
    place,
    refuse_card_of_staff,
    settle_now,
)
from tenure.flows.transfers import REPLACED, choose_transfer, stop_waiting
from tenure.flows.written import Outcome
from tenure.orders.commands.carts import claim_cart, lock_cart, to_lock_cart
from tenure.orders.commands.orders import lock_orders, mark
from tenure.orders.errors import (
    ORDER_CLOSED,
    PAYMENT_IN_FLIGHT,
    VERIFICATION_PENDING,
)
from tenure.orders.events import OrderWithdrawn
from tenure.orders.models import UNPAID, Cart, Order, OrderKind, OrderStatus
from tenure.orders.queries.carts import CartContents, contents_of
from tenure.orders.rules.evidence import NOWHERE, Seen
from tenure.orders.rules.payment import needs_verification
from tenure.organisations.models import Organisation
from tenure.policy.words import Audience
from tenure.subscriptions.errors import RENEWAL_STANDS
from tenure.subscriptions.queries.seat_changes import wanted_until

__all__ = [
    "CardPayment",
    "Purchase",
    "TransferPayment",
    "authenticate",
    "buy",
    "pay_order",
    "resume_order",
    "withdraw_order",
]


@dataclass(frozen=True, slots=True)
class Purchase:
    """A cart to be ordered as it was shown: at ``cart_version``, for ``expected_total``."""

    cart: UUID
    cart_version: int
    organisation: UUID
    payment: CardPayment | TransferPayment | None
    expected_total: Money | None = None
    seen: Seen = NOWHERE
    """Where the customer was seen to be, for the country of a consumer (R45)."""
    start_at_once: bool = False
    """Whether the customer expressly asked to start within the time for withdrawal (R33)."""


def buy(*, purchase: Purchase, now: datetime, by: str, asked: Asked | None = None) -> Outcome:
    """Order a cart and pay it; the order's status says how that went.

    A cart already ordered gives that order (R16). Raises ``NotFound``, or ``Refused`` with
    ``cart_changed``, ``audience_mismatch``, ``country_mismatch``, a line's verdict,
    ``payment_method_not_for_audience``, ``payment_method_unavailable``, ``payment_required``,
    ``rate_unknown``, or
    ``acting_pays_nothing`` for the vendor's staff with a customer's card.
    """
    refuse_card_of_staff(purchase.payment, by)
    with transaction(
        now=now,
        by=by,
        organisation=purchase.organisation,
        asked=asked,
        foreseen=[
            to_lock_organisation(purchase.organisation),
            *to_lock_cart(purchase.cart),
            TO_KNOW_IT,
        ],
    ) as journal:
        organisation = lock_living(purchase.organisation, journal)
        cart = lock_cart(purchase.cart, None)
        if cart.organisation_id not in (None, organisation.id):
            raise NotFound
        contents = contents_of(cart)
        if contents.order is not None:
            if _organisation_of(contents.order) != organisation.id:
                raise NotFound
            journal.made = contents.order
            return Outcome(contents.order, False, revision_of(organisation.id))
        claim_cart(cart, organisation.id)
        order, payment = _place(purchase, cart, contents, organisation, journal)
        journal.made = order.id
    if payment is not None:
        journal = charge(payment, now=now, by=by)
    return Outcome(order.id, True, journal.revisions[organisation.id])


def pay_order(
    *,
    order: UUID,
    payment: CardPayment | TransferPayment,
    now: datetime,
    by: str,
    asked: Asked | None = None,
) -> Outcome:
    """Pay an unpaid order again, with another card or by transfer.

    An order that is paid, or waits for a transfer that is asked for again, is given as it is.

    Raises ``Refused`` with ``payment_in_flight`` (R17), ``order_closed``, ``seats_too_late``
    (R27), ``verification_pending`` (R8), ``acting_pays_nothing`` or the payment method's verdict.
    """
    refuse_card_of_staff(payment, by)
    waiting = _waiting_step(order)
    if waiting is not None:
        _check_method(payment, waiting.organisation, waiting.order)
        _give_up_step(waiting, now=now, by=by)
    with transaction(now=now, by=by, asked=asked) as journal:
        organisation = lock_living(_organisation_of(order), journal)
        locked = lock_orders([order])[order]
        journal.made = order
        if locked.status == OrderStatus.PAID:
            return Outcome(order, False, revision_of(organisation.id))
        if locked.status == OrderStatus.AWAITING_VERIFICATION:
            raise Refused(VERIFICATION_PENDING)
        _refuse_closed(locked)
        _refuse_late(locked, journal)
        _refuse_unproved(locked, organisation)
        _check_method(payment, organisation, locked)
        if isinstance(payment, TransferPayment):
            if locked.status == OrderStatus.AWAITING_TRANSFER:
                return Outcome(order, False, revision_of(organisation.id))
            choose_transfer(order=locked, organisation=organisation, journal=journal)
            intent = None
        else:
            stop_waiting(orders=[locked], journal=journal, reason=REPLACED)
            mark(orders=[locked], status=OrderStatus.PAYMENT_UNKNOWN, closed_at=None)
            intent = intend(locked, payment, journal)
        journal.touch(organisation.id)
    if intent is None:
        return Outcome(order, False, journal.revisions[organisation.id])
    journal = charge(intent, now=now, by=by)
    return Outcome(order, False, journal.revisions.get(organisation.id, 0))


def authenticate(*, payment: UUID, passed: bool, now: datetime, by: str) -> Outcome:
    """The customer's step at the sandbox's bank; the order is settled when this returns.

    Raises ``NotFound`` unless the payment waits for that step, or did: a step again, or after
    another card was taken, gives the order as it is.
    """
    bank = sandbox_gateway()
    with transaction(now=now, by=by):
        row = call_again(payment=payment, called_at=machine_now())
        if row is None or row.gateway != bank.name:
            raise NotFound
    if row.status in (PaymentStatus.PROMISED, PaymentStatus.UNKNOWN):
        raise NotFound
    if row.status == PaymentStatus.INTENDED:
        outcome = bank.authenticate(payment, passed=passed)
        settle_now([outcome], organisation=row.organisation_id, now=now, by=by)
    return Outcome(row.order_id, False, revision_of(row.organisation_id))


def withdraw_order(*, order: UUID, now: datetime, by: str) -> Outcome:
    """Withdraw an unpaid order (R16); withdrawing it again changes nothing.

    Raises ``Refused`` with ``payment_in_flight`` (R17), ``order_closed``, or ``renewal_stands``
    (R24).
    """
    waiting = _waiting_step(order)
    if waiting is not None:
        _give_up_step(waiting, now=now, by=by)
    with transaction(now=now, by=by) as journal:
        organisation = _organisation_of(order)
        locked = lock_orders([order])[order]
        if locked.status != OrderStatus.WITHDRAWN:
            _refuse_closed(locked)
            if locked.kind == OrderKind.RENEWAL:
                raise Refused(RENEWAL_STANDS)
            stop_waiting(orders=[locked], journal=journal)
            mark(orders=[locked], status=OrderStatus.WITHDRAWN, closed_at=now)
            journal.record(organisation, OrderWithdrawn(order=order))
        else:
            journal.touch(organisation)
    return Outcome(order, False, journal.revisions[organisation])


def resume_order(*, order: UUID, now: datetime, by: str) -> Outcome:
    """Take a purchase up where it stands: asked again after a crash, the charge is made once.

    The gateway knows the payment's key, so a charge that had arrived gives its first answer.
    """
    payment = Payment.objects.filter(order_id=order, status=PaymentStatus.INTENDED).first()
    if payment is not None:
        charge(payment, now=now, by=by)
    return Outcome(order, False, revision_of(_organisation_of(order)))


def _place(
    purchase: Purchase,
    cart: Cart,
    contents: CartContents,
    organisation: Organisation,
    journal: Journal,
) -> tuple[Order, Payment | None]:
    """Place the order; returns the payment to be charged, or None if nothing is to be now."""
    today = local_date(journal.at, zone_named(organisation.timezone))
    priced = checked_cart(
        cart, contents, purchase.cart_version, purchase.expected_total, organisation, today
    )
    payment = purchase.payment
    by_transfer = isinstance(payment, TransferPayment)
    draft = draft_order(
        priced, organisation, journal.at, by_transfer=by_transfer, seen=purchase.seen
    )
    if purchase.start_at_once:
        draft = draft._replace(start_requested_at=journal.at)
    return place(draft=draft, payment=payment, organisation=organisation, journal=journal)


def _waiting_step(order: UUID) -> Payment | None:
    """The payment of an order that waits for the customer's step, if one does."""
    waiting = Payment.objects.filter(order_id=order, status=PaymentStatus.AUTHENTICATION_REQUIRED)
    return waiting.select_related("order", "organisation").first()


def _give_up_step(waiting: Payment, *, now: datetime, by: str) -> None:
    """Close a step that the customer never took, first at the gateway: a step taken there a
    moment later must not charge. One taken a moment before is settled.

    No intent is committed before: giving up moves no money, and can be done again.
    """
    outcome = gateway(waiting.gateway).cancel(charge_of(waiting))
    settle_now([outcome], organisation=waiting.organisation_id, now=now, by=by)


def _check_method(
    payment: CardPayment | TransferPayment, organisation: Organisation, order: Order
) -> None:
    check_purchase(payment, organisation, order.policy_version_id, order.currency)


def _refuse_closed(order: Order) -> None:
    """A step that waits for the customer came up since it was looked for: it is in flight too."""
    open_ones = (*IN_FLIGHT, PaymentStatus.AUTHENTICATION_REQUIRED)
    if Payment.objects.filter(order=order, status__in=open_ones).exists():
        raise Refused(PAYMENT_IN_FLIGHT)
    if order.status not in UNPAID:
        raise Refused(ORDER_CLOSED, order_status=order.status)


def _refuse_late(order: Order, journal: Journal) -> None:
    """Nobody pays for seats in a period that is over (R27), nor what is to be given up (R24)."""
    given_up = order.expires_at is not None and order.expires_at <= journal.at
    if order.kind == OrderKind.RENEWAL and given_up:
        raise Refused(ORDER_CLOSED, order_status=OrderStatus.EXPIRED)
    if order.kind == OrderKind.SEATS:
        until = wanted_until([order.id]).get(order.id)
        if until is not None and until <= journal.at:
            raise Refused(SEATS_TOO_LATE)


def _refuse_unproved(order: Order, student: Organisation) -> None:
    """A proof that was there when the order was placed may be too old by now (R8)."""
    verified = student.verified_at is not None
    if needs_verification(Audience(student.audience), verified=verified, total=order.total):
        raise Refused(VERIFICATION_PENDING)


def _organisation_of(order: UUID) -> UUID:
    found = Order.objects.filter(id=order).values_list("organisation_id", flat=True).first()
    if found is None:
        raise NotFound
    return found
