"""From a cart to a running subscription: every token, twice, changed, refused."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils.safestring import SafeString, mark_safe

from tenure.access.models import Seat
from tenure.base.calendar import Term
from tenure.base.errors import NotFound, Refused
from tenure.base.money import Money
from tenure.billing.models import Payment, SandboxCharge
from tenure.catalogue.file import parse_catalogue
from tenure.events.models import Event
from tenure.flows.catalogue_import import import_file
from tenure.flows.purchase import (
    CardPayment,
    Purchase,
    TransferPayment,
    authenticate,
    buy,
    pay_order,
    withdraw_order,
)
from tenure.flows.recovery import recover_of_organisation, recover_payments
from tenure.orders.models import Order
from tenure.policy.words import Audience
from tenure.subscriptions.models import Period, Subscription
from tests.shop import CATALOGUE, START, customer, fill_cart, open_shop, order_cart

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _shop() -> None:
    open_shop()


def test_a_purchase_takes_few_ways_to_the_database(tmp_path: Path) -> None:
    """What it is sure to ask is foreseen: were a statement of it another, there would be more."""
    company = customer()
    for _ in range(2):  # the second prepares what is said of a card that is kept already
        order_cart(company, fill_cart(company, ("designer-business", 1)))
    cart = fill_cart(company, ("designer-business", 2))
    session = connection.connection.pgconn
    with (tmp_path / "trace").open("w+") as told:
        session.trace(told.fileno())
        try:
            order_cart(company, cart)
        finally:
            session.untrace()
        told.seek(0)
        told.seek(0)
        ways = [line for line in told if "\tF\t" in line and "Sync" in line]
    assert len(ways) == 5  # place: ask, write; the gateway's books; settle: ask, write


def test_a_paid_cart_becomes_subscriptions_with_seats() -> None:
    company = customer()
    cart = fill_cart(company, ("designer-business", 3), ("analyst-business", 2))
    outcome = order_cart(company, cart)
    order = Order.objects.get(id=outcome.order)
    assert (order.status, order.total_net, order.total_tax, order.total) == (
        "paid",
        559998,
        112000,
        671998,
    )
    assert order.paid_on == date(2027, 3, 1)
    assert outcome.created
    subscriptions = Subscription.objects.filter(order_line__order=order).order_by("id")
    assert [(s.offer_id, s.quantity, s.auto_renew) for s in subscriptions] == [
        ("designer-business", 3, True),
        ("analyst-business", 2, True),
    ]
    assert Seat.objects.filter(subscription__in=subscriptions).count() == 5
    period = Period.objects.get(subscription=subscriptions[0])
    assert (period.starts_on, period.ends_on) == (date(2027, 3, 1), date(2028, 3, 1))
    assert period.opt_out_on == date(2028, 2, 25)
    assert period.data_until_on == date(2028, 3, 15)
    charge = SandboxCharge.objects.get()
    assert (charge.amount, charge.status) == (671998, "captured")
    types = list(Event.objects.filter(organisation_id=company.id).values_list("type", flat=True))
    assert types.count("order.paid") == 1
    assert types.count("subscription.started") == 2
    for type_ in ("order.placed", "order.paid"):
        said = Event.objects.get(organisation_id=company.id, type=type_).data
        assert said["total"] == {"amount": 671998, "currency": "EUR"}


def test_a_zone_that_a_page_met_first_is_written_down_as_any_other() -> None:
    """Zones are kept by the text they were first asked by, and pages have texts of their own."""
    ZoneInfo.clear_cache()
    assert isinstance(ZoneInfo(mark_safe("Europe/Paris")).key, SafeString)
    open_shop()
    organisation = customer()
    order_cart(organisation, fill_cart(organisation, ("designer-business", 1)))
    ZoneInfo.clear_cache()
    assert Subscription.objects.get().zone == "Europe/Paris"


def test_the_same_cart_submitted_again_gives_the_first_order() -> None:
    company = customer()
    cart = fill_cart(company, ("designer-business", 1))
    first = order_cart(company, cart)
    second = order_cart(company, cart, "tok_declined")
    assert (second.order, second.created) == (first.order, False)
    assert SandboxCharge.objects.count() == 1


@pytest.mark.parametrize("token", ["tok_declined", "tok_insufficient_funds", "tok_expired", "4242"])
def test_a_declined_order_is_paid_with_another_card(token: str) -> None:
    company = customer()
    cart = fill_cart(company, ("designer-business", 1))
    order = order_cart(company, cart, token).order
    assert Order.objects.get(id=order).status == "declined"
    assert not Subscription.objects.exists()
    pay_order(order=order, payment=CardPayment("tok_ok"), now=START, by="test")
    assert Order.objects.get(id=order).status == "paid"
    assert Subscription.objects.count() == 1
    again = pay_order(order=order, payment=CardPayment("tok_ok"), now=START, by="test")
    assert again.order == order
    assert SandboxCharge.objects.filter(status="captured").count() == 1


@pytest.mark.parametrize(("passed", "status"), [(True, "paid"), (False, "declined")])
def test_the_customers_step_settles_the_order(passed: bool, status: str) -> None:
    company = customer()
    order = order_cart(company, fill_cart(company, ("designer-business", 1)), "tok_authenticate")
    assert Order.objects.get(id=order.order).status == "authentication_required"
    payment = Payment.objects.get()
    authenticate(payment=payment.id, passed=passed, now=START, by="test")
    authenticate(payment=payment.id, passed=not passed, now=START, by="test")
    assert Order.objects.get(id=order.order).status == status
    assert Subscription.objects.count() == int(passed)


def test_another_card_gives_up_the_step_that_was_never_taken() -> None:
    company = customer()
    order = order_cart(company, fill_cart(company, ("designer-business", 1)), "tok_authenticate")
    pay_order(order=order.order, payment=CardPayment("tok_ok"), now=START, by="test")
    first = Payment.objects.order_by("id").first()
    assert first is not None
    authenticate(payment=first.id, passed=True, now=START, by="test")
    assert SandboxCharge.objects.filter(status="captured").count() == 1
    assert Order.objects.get().status == "paid"


@pytest.mark.parametrize(
    ("token", "status"), [("tok_unknown", "paid"), ("tok_unknown_not_charged", "declined")]
)
def test_an_unknown_outcome_blocks_until_the_gateway_answers(token: str, status: str) -> None:
    company = customer()
    order = order_cart(company, fill_cart(company, ("designer-business", 1)), token).order
    assert Order.objects.get(id=order).status == "payment_unknown"
    for attempt in (
        lambda: pay_order(order=order, payment=CardPayment("tok_ok"), now=START, by="test"),
        lambda: withdraw_order(order=order, now=START, by="test"),
    ):
        with pytest.raises(Refused) as refusal:
            attempt()
        assert refusal.value.code.code == "payment_in_flight"
    assert recover_payments(now=START + timedelta(days=900)) == 0
    found_on = START + timedelta(days=3)
    assert recover_of_organisation(company.id, now=found_on) == 1
    assert recover_of_organisation(company.id, now=found_on) == 0
    settled = Order.objects.get(id=order)
    assert settled.status == status
    if status == "paid":
        assert settled.paid_on == date(2027, 3, 4)
        assert Period.objects.get().starts_on == date(2027, 3, 4)


def test_an_unpaid_order_is_withdrawn_and_stays_so() -> None:
    company = customer()
    order = order_cart(company, fill_cart(company, ("designer-business", 1)), "tok_authenticate")
    withdraw_order(order=order.order, now=START, by="test")
    withdraw_order(order=order.order, now=START, by="test")
    assert Order.objects.get().status == "withdrawn"
    assert SandboxCharge.objects.get().status == "declined"
    with pytest.raises(Refused) as refusal:
        pay_order(order=order.order, payment=CardPayment("tok_ok"), now=START, by="test")
    assert refusal.value.code.code == "order_closed"


def test_what_changed_since_it_was_shown_is_refused() -> None:
    company = customer()
    cart = fill_cart(company, ("designer-business", 1))
    for purchase in (
        Purchase(cart.cart.id, 1, company.id, CardPayment("tok_ok")),
        Purchase(
            cart.cart.id, cart.cart.version, company.id, CardPayment("tok_ok"), Money(1, "EUR")
        ),
    ):
        with pytest.raises(Refused) as refusal:
            buy(purchase=purchase, now=START, by="test")
        assert refusal.value.code.code == "cart_changed"
        assert refusal.value.figures["total"] == Money(144000, "EUR")
    assert not Order.objects.exists()


def test_transfers_are_for_companies() -> None:
    buyer = customer(Audience.CREATOR)
    cart = fill_cart(buyer, ("designer-creator", 1))
    purchase = Purchase(cart.cart.id, cart.cart.version, buyer.id, TransferPayment())
    with pytest.raises(Refused) as refusal:
        buy(purchase=purchase, now=START, by="test")
    assert refusal.value.code.code == "payment_method_not_for_audience"


def test_a_trial_is_free_and_had_once() -> None:
    company = customer()
    cart = fill_cart(company, ("designer-trial", 2), term=Term.TRIAL)
    order = order_cart(company, cart, None)
    assert Order.objects.get(id=order.order).status == "paid"
    assert not Payment.objects.exists()
    period = Period.objects.get()
    assert (period.kind, period.ends_on, period.opt_out_on) == ("trial", date(2027, 3, 31), None)
    with pytest.raises(Refused) as refusal:
        fill_cart(company, ("designer-trial", 1), term=Term.TRIAL)
    assert refusal.value.code.code == "trial_used"


def test_consumers_pay_the_catalogues_amount_with_the_tax_in_it() -> None:
    maker = customer(Audience.CREATOR, "JP", timezone="Asia/Tokyo")
    order = order_cart(maker, fill_cart(maker, ("designer-creator", 1), term=Term.MONTH))
    placed = Order.objects.get(id=order.order)
    assert (placed.currency, placed.total_net, placed.total_tax) == ("JPY", 3300, 0)
    french = customer(Audience.CREATOR, "FR", email="fr@atelier.example")
    order = order_cart(french, fill_cart(french, ("designer-creator", 1), term=Term.MONTH))
    placed = Order.objects.get(id=order.order)
    assert (placed.total_net, placed.total_tax, placed.total) == (1666, 333, 1999)


def test_nobody_orders_the_cart_of_another() -> None:
    company, other = customer(), customer(email="eve@other.example")
    cart = fill_cart(company, ("designer-business", 1))
    with pytest.raises(NotFound):
        order_cart(other, cart)


def test_two_trials_of_one_role_do_not_meet_in_a_cart() -> None:
    source = (
        CATALOGUE
        + """
- id: bench-trial
  roles: [designer, analyst]
  audience: business
  channel: online
  countries: [FR]
  trial_days: 10
"""
    )
    import_file(file=parse_catalogue(source), source=source, now=START, by="command")
    company = customer()
    with pytest.raises(Refused) as refusal:
        fill_cart(company, ("designer-trial", 1), ("bench-trial", 1), term=Term.TRIAL)
    assert refusal.value.code.code == "trial_used"
    more = fill_cart(company, ("designer-trial", 1), ("designer-trial", 1), term=Term.TRIAL)
    assert [line.quantity for line in more.lines] == [2]
    assert order_cart(company, more, None).created
