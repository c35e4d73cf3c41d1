"""Orders that wait for a bank transfer: how that begins, and how it ends without money (R15)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from tenure.base.calendar import local_date, zone_named
from tenure.base.clock import machine_now
from tenure.base.money import Money
from tenure.billing.bank.reference import reference_of
from tenure.billing.commands.allocations import received, release
from tenure.billing.commands.payments import Intent, drop_promises, intend_payments
from tenure.billing.models import Payment, PaymentStatus, TransferReference
from tenure.events.journal import Journal
from tenure.flows.bank_booking import book_allocations
from tenure.flows.documents import ProForma, issue_pro_formas, read_bought, transfer_terms
from tenure.flows.drafting import reminder_before, transfer_wait
from tenure.flows.renewals.invoicing import invoice_ahead, standing_invoices
from tenure.orders.commands.orders import wait_for_transfer
from tenure.orders.events import OrderAwaitingTransfer, OrderTransferReminded
from tenure.orders.models import Order, OrderKind
from tenure.orders.queries.policy import policy_numbered
from tenure.organisations.models import Organisation
from tenure.policy.words import PaymentMethod
from tenure.subscriptions.queries.seat_changes import wanted_until

BANK: Final = "bank"
"""What stands as the gateway of a payment by transfer: nobody is called."""

REPLACED: Final = "replaced"
_INSTANT: Final = timedelta(microseconds=1)


def begin_transfer(
    *,
    order: Order,
    organisation: Organisation,
    journal: Journal,
    status: PaymentStatus = PaymentStatus.AWAITING_TRANSFER,
) -> Payment:
    """A placed order, locked or new, is to be paid by transfer under its reference.

    With ``PROMISED`` it waits for something else first (R8).
    """
    (payment,) = await_transfers(orders=[order], journal=journal, status=status)
    if status == PaymentStatus.AWAITING_TRANSFER:
        _tell_awaited(order, payment, organisation, journal)
    return payment


def await_transfers(
    *,
    orders: Sequence[Order],
    journal: Journal,
    status: PaymentStatus = PaymentStatus.AWAITING_TRANSFER,
) -> list[Payment]:
    """Money for the orders, locked or new, is waited for, each under its reference.

    As many statements for 300 orders as for one.
    """
    references = {order.id: reference_of(order.id) for order in orders}
    rows = TransferReference.objects.filter(order_id__in=references)
    named = set(rows.values_list("order_id", flat=True))
    journal.insert(
        TransferReference(
            reference=references[order.id], organisation_id=order.organisation_id, order=order
        )
        for order in orders
        if order.id not in named
    )
    intents = [
        Intent(order, BANK, references[order.id], PaymentMethod.BANK_TRANSFER) for order in orders
    ]
    return intend_payments(intents=intents, called_at=machine_now(), journal=journal, status=status)


def choose_transfer(*, order: Order, organisation: Organisation, journal: Journal) -> None:
    """An unpaid, locked order is to be paid by transfer now, and waits from today on."""
    _wait(order, organisation, journal.at)
    begin_transfer(order=order, organisation=organisation, journal=journal)


def wait_from_now(*, order: Order, organisation: Organisation, journal: Journal) -> None:
    """A locked order whose transfer had been promised is waited for from today on (R8)."""
    _wait(order, organisation, journal.at)
    payment = Payment.objects.get(order=order, status=PaymentStatus.AWAITING_TRANSFER)
    _tell_awaited(order, payment, organisation, journal)


def _wait(order: Order, organisation: Organisation, at: datetime) -> None:
    zone = zone_named(organisation.timezone)
    policy = policy_numbered(order.policy_version_id)
    if order.kind == OrderKind.RENEWAL and order.expires_at is not None:
        remind_at = reminder_before(order.expires_at, at, zone, policy)
        wait_for_transfer(order=order, expires_at=order.expires_at, remind_at=remind_at)
        return
    seats = order.kind == OrderKind.SEATS
    limit = wanted_until([order.id]).get(order.id) if seats else None
    wait = transfer_wait(at, zone, policy, not_beyond=limit)
    wait_for_transfer(order=order, expires_at=wait.until, remind_at=wait.remind_at)


def _tell_awaited(
    order: Order, payment: Payment, organisation: Organisation, journal: Journal
) -> None:
    """Record that the order waits for its money and until when, with its pro-forma (R15)."""
    until = last_day(order, organisation.timezone)
    fact = OrderAwaitingTransfer(
        order=order.id, amount=Money(order.total, order.currency), expires_on=until
    )
    journal.record(organisation.id, fact)
    journal.write()  # the order's lines are read again
    if order.kind == OrderKind.RENEWAL:
        if not standing_invoices([order.id]):
            invoice_ahead(orders=[order], journal=journal)
        return
    (bought,) = read_bought([order])
    paper = ProForma(
        bought=bought, payment=transfer_terms(payment, bought.known), valid_until=until
    )
    issue_pro_formas(orders=[paper], journal=journal)


def stop_waiting(
    *, orders: Sequence[Order], journal: Journal, reason: str = "order_closed"
) -> None:
    """No money is waited for any longer for the locked ``orders``; what came is open again."""
    waited = drop_promises(orders=[order.id for order in orders], at=journal.at, reason=reason)
    if waited:
        undone = release(orders=[order.id for order in orders], journal=journal)
        book_allocations(allocations=undone, journal=journal, undone=True)


def remind(*, orders: Sequence[Order], journal: Journal) -> None:
    """Remind of the transfers that the locked ``orders``, read with whose they are, wait for."""
    if not orders:
        return
    came = received([order.id for order in orders])
    for order in orders:
        fact = OrderTransferReminded(
            order=order.id,
            missing=Money(order.total - came.get(order.id, 0), order.currency),
            expires_on=last_day(order, order.organisation.timezone),
        )
        journal.record(order.organisation_id, fact, at=order.remind_at)
    Order.objects.filter(id__in=[order.id for order in orders]).update(remind_at=None)


def last_day(order: Order, timezone: str) -> date:
    """The last local day on which the order's transfer may be booked; it must wait for one."""
    return local_date(_until(order) - _INSTANT, zone_named(timezone))


def _until(order: Order) -> datetime:
    if order.expires_at is None:
        raise ValueError("This order waits for nothing.")
    return order.expires_at
