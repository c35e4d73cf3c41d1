"""R12: a quote is a frozen promise with an end, and becomes one order at most."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tenure.base.calendar import Term
from tenure.base.clock import machine_now
from tenure.base.errors import Invalid, NotFound, Refused
from tenure.base.ids import new_id
from tenure.billing.documents.content import parse
from tenure.billing.models import Document, Payment, SandboxCharge
from tenure.flows.clock import advance_clock
from tenure.flows.purchase import CardPayment, Purchase, TransferPayment, buy
from tenure.flows.quotes import (
    QuotedLine,
    accept,
    decline,
    quote_by_staff,
    quote_cart,
    send_draft,
)
from tenure.flows.verify.run import verify
from tenure.flows.written import Outcome
from tenure.orders.models import Order, Quote
from tenure.orders.queries.quotes import shown_quotes
from tenure.organisations.models import Organisation
from tenure.policy.words import Audience
from tests.flows.crowd import at_once
from tests.shop import START, customer, fill_cart, open_shop

pytestmark = pytest.mark.django_db(transaction=True)

OK = CardPayment("tok_ok")


@pytest.fixture(autouse=True)
def _shop() -> None:
    open_shop()


def quoted(company: Organisation, *lines: tuple[str, int]) -> Quote:
    """A quote of a cart with ``lines``, or of one designer."""
    cart = fill_cart(company, *(lines or (("designer-business", 1),)))
    written = quote_cart(
        cart=cart.cart.id, organisation=company.id, purchase_order="PO 7", now=START, by="test"
    )
    return Quote.objects.get(id=written.ids[0])


def by_staff(company: Organisation, *lines: QuotedLine, send: bool = True) -> Quote:
    written = quote_by_staff(
        organisation=company.id,
        lines=lines or (QuotedLine("bench-business", Term.YEAR, 3, 100000),),
        reason="Asked by telephone.",
        send=send,
        now=START,
        by="staff:test",
    )
    return Quote.objects.get(id=written.ids[0])


def take(quote: Quote, payment: CardPayment | TransferPayment | None = OK) -> Outcome:
    return accept(quote=quote.id, payment=payment, now=START, by="test")


def code_of(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.code.code


def all_holds() -> None:
    assert [each.check.name for each in verify(now=machine_now()) if each.tally.failed] == []


def test_a_cart_is_quoted_and_accepted_at_its_prices() -> None:
    company = customer()
    quote = quoted(company, ("designer-business", 2))
    assert (quote.status, quote.total_net, quote.total) == ("sent", 240000, 288000)
    assert quote.valid_until == date(2027, 3, 31)
    paper = Document.objects.get(quote=quote)
    said = parse(paper.content)
    assert (paper.kind, said.series, said.purchase_order, said.order) == (
        "quote",
        "TQUO",
        "PO 7",
        "",
    )
    assert said.valid_until == date(2027, 3, 31)
    open_shop()
    outcome = take(quote)
    order = Order.objects.get(id=outcome.order)
    assert (order.status, order.total, order.purchase_order) == ("paid", 288000, "PO 7")
    assert order.start_requested_at is None
    invoice = Document.objects.get(order=order, kind="invoice")
    assert parse(invoice.content).purchase_order == "PO 7"
    quote.refresh_from_db()
    assert (quote.status, quote.order_id) == ("accepted", order.id)
    all_holds()


def test_accepted_twice_it_is_one_order() -> None:
    quote = quoted(customer())
    first = accept(quote=quote.id, payment=OK, start_at_once=True, now=START, by="test")
    second = take(quote)
    order = Order.objects.get()
    assert (order.start_requested_at, order.expires_at) == (START, None)
    assert (first.order, first.created) == (second.order, True)
    assert not second.created
    assert SandboxCharge.objects.count() == 1


def test_many_at_once_accept_it_and_it_is_one_order() -> None:
    quote = quoted(customer())

    assert len(set(at_once(16, lambda _: take(quote).order))) == 1
    assert SandboxCharge.objects.count() == 1
    all_holds()


def test_accepted_and_bought_it_is_one_order() -> None:
    company = customer()
    quote = quoted(company)
    assert quote.cart is not None
    purchase = Purchase(quote.cart.id, quote.cart.version, company.id, OK)
    order = take(quote).order
    assert buy(purchase=purchase, now=START, by="test").order == order
    other = quoted(company)
    assert other.cart is not None
    bought = buy(
        purchase=Purchase(other.cart.id, other.cart.version, company.id, OK), now=START, by="test"
    )
    assert take(other).order == bought.order
    other.refresh_from_db()
    assert (other.status, other.order_id) == ("accepted", bought.order)
    all_holds()


def test_of_two_quotes_of_one_cart_one_becomes_the_order() -> None:
    company = customer()
    first = quoted(company)
    assert first.cart is not None
    written = quote_cart(cart=first.cart.id, organisation=company.id, now=START, by="test")
    second = Quote.objects.get(id=written.ids[0])
    order = take(first).order
    assert take(second).order == order
    with pytest.raises(Refused) as refused:
        quote_cart(cart=first.cart.id, organisation=company.id, now=START, by="test")
    assert code_of(refused) == "cart_ordered"
    all_holds()


def test_a_quote_ends_with_its_last_day() -> None:
    company = customer()
    quote = quoted(company)
    last = datetime(2027, 3, 31, 21, 59, tzinfo=UTC)
    advance_clock(organisation=company.id, to=last, by="test", sandbox=True)
    assert shown_quotes([quote.id], last)[0].status == "sent"
    over = last + timedelta(minutes=1)
    assert shown_quotes([quote.id], over)[0].status == "expired"
    advance_clock(organisation=company.id, to=over, by="test", sandbox=True)
    quote.refresh_from_db()
    assert quote.status == "expired"
    with pytest.raises(Refused) as refused:
        accept(quote=quote.id, payment=OK, now=over, by="test")
    assert code_of(refused) == "quote_expired"
    with pytest.raises(Refused):
        decline(quote=quote.id, now=over, by="test")
    all_holds()


def test_declined_it_stays_so() -> None:
    quote = quoted(customer())
    for _ in range(2):
        decline(quote=quote.id, because="Too dear.", now=START, by="test")
    with pytest.raises(Refused) as refused:
        take(quote)
    assert code_of(refused) == "quote_declined"
    quote.refresh_from_db()
    assert (quote.status, quote.declined_because) == ("declined", "Too dear.")
    all_holds()


def test_an_accepted_one_cannot_be_declined() -> None:
    quote = quoted(customer())
    take(quote)
    with pytest.raises(Refused) as refused:
        decline(quote=quote.id, now=START, by="test")
    assert code_of(refused) == "quote_accepted"


def test_staff_quote_what_the_store_would_refuse() -> None:
    company = customer()
    quote = by_staff(
        company,
        QuotedLine("bench-business", Term.YEAR, 3, 100000),
        QuotedLine("designer-business", Term.MONTH, 1, 5000),
    )
    assert (quote.total_net, quote.reason) == (305000, "Asked by telephone.")
    order = Order.objects.get(id=take(quote, TransferPayment()).order)
    assert order.status == "awaiting_transfer"
    assert Payment.objects.get(order=order).amount == order.total == 366000
    all_holds()


def test_a_draft_is_sent_and_then_accepted() -> None:
    quote = by_staff(customer(), send=False)
    with pytest.raises(Refused) as refused:
        take(quote)
    assert code_of(refused) == "quote_not_sent"
    assert not Document.objects.filter(quote=quote).exists()
    for _ in range(2):
        send_draft(quote=quote.id, now=START, by="staff:test")
    assert Document.objects.filter(quote=quote).count() == 1
    assert take(quote).created
    all_holds()


def test_a_quote_of_nothing_to_pay_is_an_order_at_once() -> None:
    quote = by_staff(customer(), QuotedLine("bench-business", Term.YEAR, 1, 0))
    assert Order.objects.get(id=take(quote, None).order).status == "paid"
    all_holds()


def test_a_payment_is_needed_where_something_is_to_be_paid() -> None:
    with pytest.raises(Refused) as refused:
        take(quoted(customer()), None)
    assert code_of(refused) == "payment_required"
    assert not Order.objects.exists()


def test_what_cannot_be_quoted_is_refused() -> None:
    company, maker = customer(), customer(Audience.CREATOR, email="maker@atelier.example")
    year = QuotedLine("designer-business", Term.YEAR, 1, 1)
    for line, code in (
        (QuotedLine("designer-trial", Term.YEAR, 1, 1), "quote_trial"),
        (QuotedLine("designer-creator", Term.YEAR, 1, 1), "mixed_audiences"),
    ):
        with pytest.raises(Refused) as refused:
            by_staff(company, line)
        assert code_of(refused) == code
    with pytest.raises(NotFound):
        by_staff(company, QuotedLine("nothing", Term.YEAR, 1, 1))
    for lines, reason in (((), "Why"), ((year,), " ")):
        with pytest.raises(Invalid):
            quote_by_staff(
                organisation=company.id, lines=lines, reason=reason, now=START, by="staff:test"
            )
    empty = fill_cart(company)
    trial = fill_cart(company, ("designer-trial", 1), term=Term.TRIAL)
    cart = fill_cart(company, ("designer-business", 1))
    for each, buyer, code in (
        (empty, company, "cart_empty"),
        (trial, company, "quote_trial"),
    ):
        with pytest.raises(Refused) as refused:
            quote_cart(cart=each.cart.id, organisation=buyer.id, now=START, by="test")
        assert code_of(refused) == code
    with pytest.raises(NotFound):
        quote_cart(cart=cart.cart.id, organisation=maker.id, now=START, by="test")
    with pytest.raises(NotFound):
        accept(quote=new_id(), payment=OK, now=START, by="test")
    with pytest.raises(NotFound):
        decline(quote=new_id(), now=START, by="test")
    with pytest.raises(NotFound):
        send_draft(quote=new_id(), now=START, by="test")
