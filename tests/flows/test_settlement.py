"""The plain steps that several roads share: each can be done twice, and none in the wrong place."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tenure.billing.gateways import Outcome, Result
from tenure.billing.gateways.calls import charge_of
from tenure.billing.gateways.choice import gateway
from tenure.billing.models import Payment
from tenure.events.journal import transaction
from tenure.events.models import Event
from tenure.flows.clock import advance_clock
from tenure.flows.policy import bring_into_force, ensure_policy
from tenure.flows.settlement import fulfil, settle
from tenure.orders.models import Order, PolicyVersion
from tenure.subscriptions.models import Period, Subscription
from tests.shop import START, customer, fill_cart, open_shop, order_cart, subscribe

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _shop() -> None:
    open_shop()


def test_settling_twice_changes_nothing() -> None:
    company = customer()
    order_cart(company, fill_cart(company, ("designer-business", 1)), "tok_unknown")
    payment = Payment.objects.get()
    sequence = Event.objects.count()
    for result in (Result.UNKNOWN, Result.CAPTURED, Result.CAPTURED, Result.DECLINED):
        with transaction(now=START, by="test") as journal:
            settle(outcomes=[Outcome(payment.id, result)], journal=journal)
    assert Order.objects.get().status == "paid"
    assert Subscription.objects.count() == 1
    assert Event.objects.count() == sequence + 4
    with transaction(now=START, by="test") as journal:
        fulfil(orders=[], journal=journal)
    assert not journal.sequences


def test_a_gateway_is_never_called_inside_a_transaction() -> None:
    company = customer()
    order_cart(company, fill_cart(company, ("designer-business", 1)))
    payment = Payment.objects.get()
    charge = charge_of(payment)
    machine = gateway()
    for call in (
        lambda: machine.charge(charge),
        lambda: machine.ask(charge),
        lambda: machine.cancel(charge),
    ):
        with (
            pytest.raises(RuntimeError, match="inside a transaction"),
            transaction(now=START, by="test"),
        ):
            call()


def test_a_policy_comes_into_force_once() -> None:
    ensure_policy(now=START)
    first = PolicyVersion.objects.get().number
    assert bring_into_force(source="", now=START, by="command") == first
    second = bring_into_force(source="[quotes]\nvalidity_days = 31\n", now=START, by="command")
    assert (second, PolicyVersion.objects.count()) == (first + 1, 2)


@pytest.mark.parametrize(
    ("stands", "told"),
    [
        ({"cancelled_at": START}, []),
        ({"stops_after": 1}, ["subscription.ended"]),
        ({"auto_renew": False}, ["subscription.ended"]),
    ],
)
def test_what_is_told_of_an_end(stands: dict[str, object], told: list[str]) -> None:
    company = customer()
    subscription = subscribe(company)
    Subscription.objects.filter(id=subscription.id).update(**stands)
    after = Period.objects.get().ends_at + timedelta(days=1)
    advanced = advance_clock(organisation=company.id, to=after, by="test", sandbox=True)
    types = [event.type for event in advanced.events[:-1]]
    assert [type_ for type_ in types if type_ != "subscription.renewal_reminded"] == told
