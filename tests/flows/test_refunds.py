"""Money given back by card: once, never more than was paid, and to the cent as the gateway says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from uuid import UUID

import pytest
from django.db import connection

from tenure.base.clock import machine_now
from tenure.base.errors import Invalid, NotFound, Refused
from tenure.base.ids import new_id
from tenure.base.money import Money
from tenure.billing.commands.refunds import NewRefund, intend_refunds
from tenure.billing.gateways import RefundOrder, RefundResult
from tenure.billing.gateways.choice import gateway
from tenure.billing.models import Payment, Refund, SandboxRefund
from tenure.events.journal import transaction
from tenure.events.models import Event
from tenure.flows.clock import advance_clock
from tenure.flows.documents.crediting import credit_what_goes_back
from tenure.flows.refunds import (
    recover_refunds,
    recover_refunds_of,
    refund_order,
    resume_refund,
)
from tenure.flows.verify.run import verify
from tenure.organisations.models import Organisation
from tests.flows.crowd import DONE, outcomes
from tests.flows.doomed import every_point
from tests.shop import START, customer, fill_cart, open_shop, order_cart

pytestmark = pytest.mark.django_db(transaction=True)

_numbers = count(1)
TOTAL = 144000


@pytest.fixture(autouse=True)
def _shop() -> None:
    open_shop()


def paid_order(token: str = "tok_ok", *, of: Organisation | None = None) -> UUID:
    """A paid order over 1,440 euros; by the machine's clock unless somebody is given."""
    organisation = of or customer(email=f"ada{next(_numbers)}@atelier.example", clock=None)
    cart = fill_cart(organisation, ("designer-business", 1))
    return order_cart(organisation, cart, token, now=machine_now() if of is None else START).order


def give_back(order: UUID, amount: int | None = None, reason: str = "A gesture.") -> Refund:
    money = Money(amount, "EUR") if amount is not None else None
    written = refund_order(order=order, amount=money, reason=reason, now=START, by="test")
    return Refund.objects.get(id=written.ids[0])


def test_what_a_gateway_charged_that_is_gone_is_refused_before() -> None:
    order = paid_order()
    Payment.objects.filter(order=order).update(gateway="bygone")
    with pytest.raises(Refused) as refused:
        give_back(order)
    assert (refused.value.code.code, refused.value.figures["gateway"]) == (
        "refund_gateway_gone",
        "bygone",
    )
    assert not Refund.objects.filter(order=order).exists()


def all_holds() -> None:
    found = {
        each.check.name: each.tally
        for each in verify(now=machine_now())
        if each.tally.failed or each.tally.in_flight
    }
    assert found == {}


def test_a_part_goes_back_and_then_the_rest() -> None:
    order = paid_order()
    first, second = give_back(order, 44000), give_back(order)
    assert (first.amount, first.status, second.amount) == (44000, "done", TOTAL - 44000)
    assert sum(SandboxRefund.objects.values_list("amount", flat=True)) == TOTAL
    told = Event.objects.filter(type__startswith="refund").values_list("type", flat=True)
    assert sorted(told) == ["refund.intended"] * 2 + ["refund.paid"] * 2
    with pytest.raises(Refused) as refused:
        give_back(order)
    assert refused.value.code.code == "refund_all_back"
    all_holds()


def test_more_than_was_paid_and_what_was_never_paid_stay_where_they_are() -> None:
    order = paid_order()
    with pytest.raises(Refused) as refused:
        give_back(order, TOTAL + 1)
    assert refused.value.code.code == "refund_too_much"
    with pytest.raises(Refused) as refused:
        give_back(paid_order("tok_declined"))
    assert refused.value.code.code == "refund_nothing_paid"
    with pytest.raises(NotFound):
        give_back(new_id())
    for reason in (" ", "x" * 501):
        with pytest.raises(Invalid):
            give_back(order, reason=reason)
    assert not Refund.objects.exists()


def test_a_step_refuses_what_is_no_payment_or_was_not_captured() -> None:
    paid_order("tok_declined")
    declined = Payment.objects.get()
    for payment, error in ((new_id(), NotFound), (declined.id, Refused)):
        new = NewRefund(payment, Money(1, "EUR"), "No.")
        with pytest.raises(error), transaction(now=START, by="test") as journal:
            intend_refunds(refunds=[new], called_at=START, journal=journal)


def test_ten_at_once_give_back_no_more_than_was_paid() -> None:
    order = paid_order()

    assert outcomes(10, lambda _: give_back(order, 50000)) == {DONE: 2, "refund_too_much": 8}
    all_holds()


def intended(order: UUID, *amounts: int) -> list[Refund]:
    """Refunds whose gateway was never called, as after a crash."""
    payment = Payment.objects.get(order_id=order)
    news = [NewRefund(payment.id, Money(amount, "EUR"), "Gone.") for amount in amounts]
    with transaction(now=START, by="test") as journal:
        made = intend_refunds(refunds=news, called_at=machine_now(), journal=journal)
        credit_what_goes_back(order=order, reason="A gesture.", journal=journal)
        return made


def test_recovery_asks_and_calls_only_what_never_arrived() -> None:
    arrived, _lost = intended(paid_order(), 100, 200)
    called = RefundOrder(arrived.id, arrived.payment_id, Money(100, "EUR"))
    assert gateway().refund(called).result is RefundResult.DONE
    assert recover_refunds(now=machine_now()) == 0
    settled = give_back(paid_order(), 300)
    Refund.objects.filter(id=settled.id).update(called_at=START)
    assert recover_refunds(now=machine_now(), patience=timedelta(0)) == 2
    statuses = Refund.objects.values_list("status", flat=True)
    assert list(statuses) == ["done"] * 3
    assert SandboxRefund.objects.count() == 3
    assert Refund.objects.get(called_at=START) == settled, "nobody asked about that one"
    assert recover_refunds(now=machine_now(), patience=timedelta(0)) == 0
    all_holds()


def test_one_with_a_test_clock_is_recovered_when_it_is_advanced() -> None:
    company, other = customer(), customer(email="eve@elsewhere.example")
    intended(paid_order(of=company), 100)
    (theirs,) = intended(paid_order(of=other), 100)
    assert recover_refunds(now=machine_now(), patience=timedelta(0)) == 0
    later = START + timedelta(days=1)
    advance_clock(organisation=company.id, to=later, by="test", sandbox=True)
    assert Refund.objects.exclude(id=theirs.id).get().status == "done"
    theirs.refresh_from_db()
    assert theirs.status == "intended", "another's clock stands still"
    assert recover_refunds_of(company.id, now=later) == 0


def test_a_refund_asked_for_again_is_taken_up_where_it_stands() -> None:
    (refund,) = intended(paid_order(), 100)
    for _ in range(2):
        assert resume_refund(refund=refund.id, now=START, by="test").ids == (refund.id,)
    assert SandboxRefund.objects.get().key == refund.id
    with pytest.raises(NotFound):
        resume_refund(refund=new_id(), now=START, by="test")
    (waits,) = intended(order := paid_order(), 100)
    Payment.objects.filter(order=order).update(gateway="bygone")
    resume_refund(refund=waits.id, now=START, by="test")
    waits.refresh_from_db()
    assert waits.status == "intended", "until its gateway is set up again"


def test_the_sandbox_gives_back_no_more_than_it_took() -> None:
    payment = Payment.objects.get(order_id=paid_order())
    for amount, currency in ((TOTAL + 1, "EUR"), (1, "USD")):
        order = RefundOrder(new_id(), payment.id, Money(amount, currency))
        outcome = gateway().refund(order)
        assert (outcome.result, outcome.reason) == (RefundResult.FAILED, "more_than_charged")
        assert gateway().ask_refund(order) == outcome


def test_a_refund_that_the_gateway_refuses_counts_as_never_given_back() -> None:
    order = paid_order()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE billing_sandboxcharge SET refunded = amount")
    refund = give_back(order, 100)
    assert (refund.status, refund.failure) == ("failed", "more_than_charged")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE billing_sandboxcharge SET refunded = 0")
    assert give_back(order).amount == TOTAL
    all_holds()


def test_killed_anywhere_money_goes_back_once_or_not_at_all() -> None:
    orders: list[UUID] = []

    def work(_at: int) -> Callable[[], object]:
        orders.append(paid_order())
        return lambda: give_back(orders[-1], 1000)

    points = 0
    for at in every_point(work):
        points = at
        recover_refunds(now=machine_now(), patience=timedelta(0))
        refunds = Refund.objects.filter(order_id=orders[-1])
        assert [(refund.amount, refund.status) for refund in refunds] in ([], [(1000, "done")])
        assert SandboxRefund.objects.filter(charge__in=refunds.values("payment")).count() == len(
            refunds
        )
    assert points >= 6
    all_holds()
