"""Orders by bank transfer: how they wait, remind, expire, and are paid another way (R14, R15)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tenure.base.errors import Refused
from tenure.base.ids import public_id
from tenure.billing.bank.reference import reference_of
from tenure.billing.models import Payment, TransferReference
from tenure.billing.queries.transfers import awaited
from tenure.events.models import Event
from tenure.flows.clock import advance_clock
from tenure.flows.due import run_due
from tenure.flows.purchase import (
    CardPayment,
    TransferPayment,
    authenticate,
    pay_order,
    withdraw_order,
)
from tenure.orders.models import Order
from tests.flows.transfers import all_holds, by_transfer, imported, transfer_for
from tests.shop import START, customer, fill_cart, open_shop, order_cart

pytestmark = pytest.mark.django_db(transaction=True)

LAST = datetime(2027, 3, 31, 22, 0, tzinfo=UTC)
"""Midnight in Paris at the end of the thirtieth day after 1 March."""


@pytest.fixture(autouse=True)
def _shop() -> None:
    open_shop()


def types_of(order: UUID) -> list[str]:
    """What the journal tells of an order."""
    rows = Event.objects.filter(data__order=public_id("ord", order)).order_by("sequence")
    return list(rows.values_list("type", flat=True))


def test_an_order_waits_thirty_local_days_for_its_transfer() -> None:
    order = by_transfer(customer())
    row, whole = Order.objects.get(id=order), {"amount": 144000, "currency": "EUR"}
    assert (row.status, row.expires_at) == ("awaiting_transfer", LAST)
    assert row.remind_at == datetime(2027, 3, 23, 23, 0, tzinfo=UTC)
    payment = Payment.objects.get(order=order)
    assert (payment.method, payment.gateway) == ("bank_transfer", "bank")
    assert (payment.status, payment.token) == ("awaiting_transfer", reference_of(order))
    assert TransferReference.objects.get(order=order).reference == payment.token
    transfer = awaited([order])[order]
    assert (transfer.amount, transfer.missing, transfer.currency) == (144000, 144000, "EUR")
    assert transfer.expires_on.isoformat() == "2027-03-31"
    assert transfer.iban == "FR7600000000000000000000097"
    assert types_of(order) == ["order.placed", "order.awaiting_transfer", "document.issued"]
    said = Event.objects.get(type="order.awaiting_transfer").data
    assert (said["amount"], said["expires_on"]) == (whole, "2027-03-31")
    all_holds()


def test_the_customer_is_reminded_once_and_then_it_expires() -> None:
    company = customer()
    order = by_transfer(company)

    def advance(to: datetime) -> list[str]:
        done = advance_clock(organisation=company.id, to=to, by="test", sandbox=True)
        return [event.type for event in done.events]

    reminder = datetime(2027, 3, 23, 23, 0, tzinfo=UTC)
    imported(transfer_for(order, 44000))
    assert "order.transfer_reminded" not in advance(reminder - timedelta(seconds=1))
    assert "order.transfer_reminded" in advance(reminder)
    said = Event.objects.get(type="order.transfer_reminded").data
    assert said["missing"] == {"amount": 100000, "currency": "EUR"}
    assert "order.transfer_reminded" not in advance(LAST - timedelta(seconds=1))
    assert "order.expired" in advance(LAST)
    row = Order.objects.get(id=order)
    assert (row.status, row.expired_at) == ("expired", LAST)
    assert Payment.objects.get().status == "declined"
    assert awaited([order]) == {}
    all_holds()


def test_the_worker_does_the_same_by_the_machines_clock() -> None:
    order = by_transfer(customer(clock=None))
    assert run_due(now=LAST - timedelta(seconds=1)) == 1
    assert run_due(now=LAST) == 1
    assert Order.objects.get(id=order).status == "expired"
    all_holds()


def test_a_transfer_can_be_withdrawn_or_replaced_by_a_card_and_chosen_again() -> None:
    company = customer()
    gone = by_transfer(company)
    withdraw_order(order=gone, now=START, by="test")
    assert Order.objects.get(id=gone).status == "withdrawn"

    order = by_transfer(company)
    paying = {"order": order, "now": START, "by": "test"}
    pay_order(payment=TransferPayment(), **paying)
    assert Payment.objects.filter(order=order).count() == 1
    pay_order(payment=CardPayment("tok_declined"), **paying)
    assert Order.objects.get(id=order).status == "declined"
    pay_order(payment=TransferPayment(), **paying)
    assert Order.objects.get(id=order).status == "awaiting_transfer"
    all_holds()
    pay_order(payment=CardPayment("tok_ok"), **paying)
    assert Order.objects.get(id=order).status == "paid"
    statuses = Payment.objects.filter(order=order).order_by("id").values_list("status", flat=True)
    assert list(statuses) == ["declined", "declined", "declined", "captured"]
    all_holds()


def test_a_card_that_waits_for_its_customer_gives_way_to_a_transfer() -> None:
    company = customer()
    cart = fill_cart(company, ("designer-business", 1))
    order = order_cart(company, cart, "tok_authenticate").order
    pay_order(order=order, payment=TransferPayment(), now=START, by="test")
    assert Order.objects.get(id=order).status == "awaiting_transfer"
    card = Payment.objects.get(order=order, method="card")
    authenticate(payment=card.id, passed=True, now=START, by="test")
    assert Order.objects.get(id=order).status == "awaiting_transfer"
    all_holds()


def test_a_currency_without_an_account_takes_no_transfer() -> None:
    american = customer(country="US", timezone="America/New_York")
    with pytest.raises(Refused) as refusal:
        by_transfer(american)
    assert refusal.value.code.code == "payment_method_unavailable"
