"""What a purchase refuses, to whom, and what stays as it was after that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tenure.base.calendar import Term
from tenure.base.errors import NotFound, Refused
from tenure.base.money import Money
from tenure.billing.models import Payment, SandboxCharge
from tenure.catalogue.file import parse_catalogue
from tenure.flows.carts import add_line, open_cart, show_cart
from tenure.flows.catalogue_import import import_file
from tenure.flows.purchase import (
    CardPayment,
    Purchase,
    TransferPayment,
    authenticate,
    buy,
    pay_order,
    resume_order,
    withdraw_order,
)
from tenure.orders.models import Cart, CartLine, Order
from tenure.policy.words import Audience
from tests.flows.worlds import someone
from tests.shop import CATALOGUE, START, customer, fill_cart, open_shop, order_cart

pytestmark = pytest.mark.django_db(transaction=True)

TODAY = START.date()
STAFF = "staff:usr_01h455vb4pex5vsknk084sn02q"


@pytest.fixture(autouse=True)
def _shop() -> None:
    open_shop()


def refused(work: Callable[[], object]) -> str:
    """The code of a refusal."""
    with pytest.raises(Refused) as refusal:
        work()
    return refusal.value.code.code


def visitors_cart(audience: Audience = Audience.BUSINESS, country: str = "FR") -> Cart:
    """A cart that is nobody's yet."""
    priced = open_cart(audience=audience, country=country, organisation=None, on=TODAY, now=START)
    return add_line(
        cart=priced.cart.id,
        within=None,
        offer="designer-business",
        term=Term.YEAR,
        quantity=2,
        on=TODAY,
    ).cart


def test_a_visitors_cart_becomes_the_buyers() -> None:
    cart = visitors_cart()
    company, other = customer(), customer(email="eve@elsewhere.example")
    purchase = Purchase(cart.id, cart.version, company.id, CardPayment("tok_ok"))
    theirs = replace(purchase, organisation=other.id)
    bought = buy(purchase=purchase, now=START, by="test")
    cart.refresh_from_db()
    assert cart.organisation_id == company.id
    assert CartLine.objects.get().organisation_id == company.id
    with pytest.raises(NotFound):
        buy(purchase=theirs, now=START, by="test")
    Cart.objects.update(organisation=None)
    with pytest.raises(NotFound):
        buy(purchase=theirs, now=START, by="test")
    assert buy(purchase=purchase, now=START, by="test").order == bought.order


def test_a_refused_purchase_leaves_the_cart_nobodys() -> None:
    cart = visitors_cart()
    abroad = customer(country="DE")
    maker = customer(Audience.CREATOR, email="m@atelier.example")
    for buyer, code in ((abroad, "country_mismatch"), (maker, "audience_mismatch")):
        purchase = Purchase(cart.id, cart.version, buyer.id, CardPayment("tok_ok"))
        assert refused(lambda p=purchase: buy(purchase=p, now=START, by="test")) == code
    company = customer(email="b@atelier.example")
    unpaid = Purchase(cart.id, cart.version, company.id, None)
    assert refused(lambda: buy(purchase=unpaid, now=START, by="test")) == "payment_required"
    cart.refresh_from_db()
    assert cart.organisation_id is None


def test_an_empty_cart_and_one_that_does_not_exist() -> None:
    company = customer()
    empty = fill_cart(company)
    assert refused(lambda: order_cart(company, empty)) == "cart_empty"
    nowhere = Purchase(someone(), 1, company.id, CardPayment("tok_ok"))
    with pytest.raises(NotFound):
        buy(purchase=nowhere, now=START, by="test")


def test_an_offer_withdrawn_meanwhile_changes_the_cart_and_then_refuses_the_line() -> None:
    company = customer()
    cart = fill_cart(company, ("designer-business", 1), ("analyst-business", 1))
    without = CATALOGUE.replace("channel: online\n  countries: [FR, DE]\n", "channel: contact\n")
    import_file(file=parse_catalogue(without), source=without, now=START, by="command")
    assert refused(lambda: order_cart(company, cart)) == "cart_changed"
    seen = show_cart(cart=cart.cart.id, within=company.id, on=TODAY)
    assert [bool(line.verdict) for line in seen.lines] == [True, False]
    assert refused(lambda: order_cart(company, seen)) == "offer_not_online"
    assert not Order.objects.exists()


def test_a_total_of_another_currency_is_another_total() -> None:
    company = customer()
    cart = fill_cart(company, ("designer-business", 1))
    purchase = Purchase(
        cart.cart.id, cart.cart.version, company.id, CardPayment("tok_ok"), Money(144000, "USD")
    )
    assert refused(lambda: buy(purchase=purchase, now=START, by="test")) == "cart_changed"
    right = replace(purchase, expected_total=Money(144000, "EUR"))
    assert buy(purchase=right, now=START, by="test").created


def test_another_way_to_pay_that_is_refused_leaves_the_customers_step_open() -> None:
    maker = customer(Audience.CREATOR)
    order = order_cart(maker, fill_cart(maker, ("designer-creator", 1)), "tok_authenticate")
    by_transfer = {"order": order.order, "payment": TransferPayment(), "now": START, "by": "test"}
    assert refused(lambda: pay_order(**by_transfer)) == "payment_method_not_for_audience"
    assert Order.objects.get().status == "authentication_required"
    authenticate(payment=Payment.objects.get().id, passed=True, now=START, by="test")
    assert Order.objects.get().status == "paid"
    assert pay_order(**by_transfer).order == order.order


def test_a_step_that_nobody_waits_for_is_not_there() -> None:
    company = customer()
    for token in ("tok_unknown", "tok_unknown_not_charged"):
        order = order_cart(company, fill_cart(company, ("designer-business", 1)), token).order
        payment = Payment.objects.get(order=order)
        with pytest.raises(NotFound):
            authenticate(payment=payment.id, passed=True, now=START, by="test")
        assert Order.objects.get(id=order).status == "payment_unknown"
    Payment.objects.filter(id=payment.id).update(status="intended")
    with pytest.raises(NotFound):
        authenticate(payment=payment.id, passed=True, now=START, by="test")
    with pytest.raises(NotFound):
        authenticate(payment=someone(), passed=True, now=START, by="test")


def test_what_is_closed_is_neither_paid_nor_withdrawn() -> None:
    company = customer()
    paid = order_cart(company, fill_cart(company, ("designer-business", 1))).order
    assert refused(lambda: withdraw_order(order=paid, now=START, by="test")) == "order_closed"
    assert resume_order(order=paid, now=START, by="test").order == paid
    assert SandboxCharge.objects.count() == 1


def test_an_order_that_does_not_exist() -> None:
    nowhere = someone()
    with pytest.raises(NotFound):
        pay_order(order=nowhere, payment=CardPayment("tok_ok"), now=START, by="test")
    for work in (withdraw_order, resume_order):
        with pytest.raises(NotFound):
            work(order=nowhere, now=START, by="test")


def test_staff_who_act_for_a_customer_never_pay_with_its_card() -> None:
    company = customer()
    priced = fill_cart(company, ("designer-business", 1))
    purchase = Purchase(priced.cart.id, priced.cart.version, company.id, CardPayment("tok_ok"))
    with pytest.raises(Refused, match="acting_pays_nothing"):
        buy(purchase=purchase, now=START, by=STAFF)
    unpaid = order_cart(company, priced, "tok_declined").order
    with pytest.raises(Refused, match="acting_pays_nothing"):
        pay_order(order=unpaid, payment=CardPayment("tok_ok"), now=START, by=STAFF)
    assert Order.objects.get().status == "declined"
    trial = fill_cart(company, ("designer-trial", 1), term=Term.TRIAL)
    free = Purchase(trial.cart.id, trial.cart.version, company.id, None)
    assert buy(purchase=free, now=START, by=STAFF).created


def test_money_that_could_not_be_booked_is_refused_before_it_moves() -> None:
    """Nobody fixes a rate for the dirham: a paid order could be neither invoiced nor booked."""
    source = CATALOGUE.replace(
        "- {code: USD, countries: [US]}",
        "- {code: USD, countries: [US]}\n- {code: AED, countries: [AE]}",
    ).replace(
        "  countries: [FR, JP]\n  prices:",
        "  countries: [FR, JP, AE]\n  prices:\n  - {term: month, currency: AED, amount: 7900}",
    )
    import_file(file=parse_catalogue(source), source=source, now=START, by="command")
    maker = customer(Audience.CREATOR, "AE", timezone="Asia/Dubai")
    cart = fill_cart(maker, ("designer-creator", 1), term=Term.MONTH)
    with pytest.raises(Refused) as refusal:
        order_cart(maker, cart)
    assert (refusal.value.code.code, refusal.value.figures["currency"]) == ("rate_unknown", "AED")
    assert not SandboxCharge.objects.exists()
    assert not Order.objects.exists()
