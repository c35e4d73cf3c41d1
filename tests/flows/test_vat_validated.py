"""R45: validated later, an order's invoice is credited and issued anew, and the tax goes back."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from tenure.base.clock import machine_now
from tenure.base.errors import Refused
from tenure.base.ids import public_id
from tenure.base.money import Money
from tenure.billing.documents.content import parse
from tenure.billing.ledger.reports import deferred_revenue, revenue_by_month
from tenure.billing.models import Document, Payment, Refund, SandboxRefund
from tenure.events.journal import transaction
from tenure.events.models import Event
from tenure.flows.clock import advance_clock
from tenure.flows.documents import Credit, CreditLine, issue_credit_notes
from tenure.flows.due import run_due
from tenure.flows.particulars import edit_particulars
from tenure.flows.purchase import CardPayment, authenticate
from tenure.flows.quotes import accept, quote_cart
from tenure.flows.recovery import recover_payments
from tenure.flows.refunds import recover_refunds, refund_order
from tenure.flows.vat_checks import look_up_due, look_up_now
from tenure.flows.vat_validated import correct_due, to_correct
from tenure.flows.verify.run import verify
from tenure.flows.verify.table import CHECKS
from tenure.notices.models import Mail
from tenure.orders.models import Order
from tenure.organisations.models import Organisation, VatCheck
from tests.flows.doomed import every_point
from tests.flows.test_vat_checks import company
from tests.notices.made import make_all
from tests.shop import START, fill_cart, open_shop, order_cart

pytestmark = pytest.mark.django_db(transaction=True)

LATER = "DE103020107"
"""The sandbox answers about it the second time."""
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _shop() -> None:
    open_shop()


def charged(*quantities: int, token: str = "tok_ok", clock: bool = True) -> Organisation:
    """A company whose number found no answer, with orders of so many seats."""
    buyer = company(LATER, clock=START if clock else None)
    assert look_up_now(organisation=buyer.id, now=START) == "unavailable"
    for quantity in quantities:
        order_cart(buyer, fill_cart(buyer, ("designer-business", quantity)), token)
    return buyer


def papers(order: Order) -> list[tuple[str, int, int]]:
    rows = Document.objects.filter(order=order).order_by("id")
    return [(row.kind, row.total_net, row.total_tax) for row in rows]


def sound() -> bool:
    """Whether all checks hold."""
    found = verify(now=machine_now())
    wrong = [(each.check.name, each.tally.failures) for each in found if not each.holds]
    assert wrong == []
    return True


def test_the_invoice_is_credited_and_issued_anew_and_the_tax_goes_back() -> None:
    buyer = charged(1, 2)
    orders = list(Order.objects.order_by("id"))
    assert [(o.total_tax, o.vat_number, o.reverse_charge) for o in orders] == [
        (22800, LATER, False),
        (45600, LATER, False),
    ]
    advance_clock(organisation=buyer.id, to=START + DAY, by="test", sandbox=True)
    assert papers(orders[0]) == [
        ("invoice", 120000, 22800),
        ("credit_note", 120000, 22800),
        ("invoice", 120000, 0),
    ]
    anew = Document.objects.filter(order=orders[0]).order_by("id").last()
    assert anew is not None
    said = parse(anew.content)
    assert said.buyer.vat_number == LATER
    assert [mention.code.value for mention in said.mentions if "reverse" in mention.code.value]
    assert (said.paid, said.total) == (120000, 120000)
    note = Document.objects.get(order=orders[0], kind="credit_note")
    assert parse(note.content).reason == "VAT number validated: reverse charge"
    back = Refund.objects.order_by("order_id").values_list("amount", "status", "reason")
    assert list(back) == [
        (22800, "done", "VAT number validated: reverse charge"),
        (45600, "done", "VAT number validated: reverse charge"),
    ]
    assert sorted(SandboxRefund.objects.values_list("amount", flat=True)) == [22800, 45600]
    kept = Order.objects.get(id=orders[0].id)
    assert (kept.total, kept.total_tax, kept.tax_corrected_at) == (
        142800,
        22800,
        START + timedelta(minutes=1),
    )
    assert Event.objects.filter(type="order.tax_corrected").count() == 2
    make_all()
    mail = Mail.objects.filter(kind="order_tax_corrected").earliest("id")
    assert "€228.00" in mail.subject
    assert LATER in str(mail.letter)
    assert sound()


def test_what_goes_back_of_a_corrected_order_is_credited_too() -> None:
    charged(1, clock=False)
    look_up_due(now=START + DAY)
    order = Order.objects.get()
    refund_order(
        order=order.id, amount=Money(50000, "EUR"), reason="A gesture.", now=START + DAY, by="test"
    )
    refund_order(order=order.id, amount=None, reason="The rest.", now=START + DAY, by="test")
    assert papers(order)[3:] == [("credit_note", 50000, 0), ("credit_note", 70000, 0)]
    assert sound()


def test_a_month_that_is_over_stays_as_it_was_booked() -> None:
    """What is issued anew in May is earned from March on, and posted in May."""
    charged(1, clock=False)
    run_due(now=START + 62 * DAY)
    spring = {"first": date(2027, 3, 1), "last": date(2027, 4, 30)}
    before = revenue_by_month(**spring)
    assert len(before) == 2
    look_up_due(now=START + 65 * DAY)
    assert papers(Order.objects.get())[-1] == ("invoice", 120000, 0)
    assert deferred_revenue(on=date(2027, 5, 10)) == [("EUR", 120000 - round(120000 * 71 / 366))]
    run_due(now=START + 100 * DAY)
    assert revenue_by_month(**spring) == before
    whole = revenue_by_month(first=date(2027, 3, 1), last=date(2027, 5, 31))
    assert sum(each.amount for each in whole) == round(120000 * 92 / 366)
    assert deferred_revenue(on=date(2027, 5, 31)) == [("EUR", 120000 - round(120000 * 92 / 366))]
    assert sound()


def test_a_quote_without_tax_needs_the_number_that_spares_it() -> None:
    buyer = company("DE136695976", clock=None)
    assert look_up_now(organisation=buyer.id, now=START) == "valid"
    cart = fill_cart(buyer, ("designer-business", 1)).cart.id
    quote = quote_cart(cart=cart, organisation=buyer.id, now=START, by="test").ids[0]
    for number in ("", "DE136695976"):
        edit_particulars(
            organisation=buyer.id, changes={"vat_number": number}, now=START, by="test"
        )
        with pytest.raises(Refused) as refusal:
            accept(quote=quote, payment=CardPayment("tok_ok"), now=START, by="test")
        assert refusal.value.code.code == "quote_outdated"
    assert look_up_now(organisation=buyer.id, now=START) == "valid"
    accept(quote=quote, payment=CardPayment("tok_ok"), now=START, by="test")
    assert papers(Order.objects.get()) == [("invoice", 120000, 0)]


def test_once_is_enough() -> None:
    buyer = charged(1, clock=False)
    look_up_due(now=START + DAY)
    assert Document.objects.count() == 3
    assert correct_due(now=START + 2 * DAY) == 0
    look_up_due(now=START + 40 * DAY)
    VatCheck.objects.filter(organisation=buyer).update(number=LATER)
    assert (Document.objects.count(), Refund.objects.count()) == (3, 1)


def test_what_is_paid_after_it_was_validated_is_corrected_too() -> None:
    """The customer's step at the bank takes its time; the number is validated meanwhile."""
    charged(1, token="tok_authenticate", clock=False)
    look_up_due(now=START + DAY)
    assert Document.objects.count() == 0
    authenticate(payment=Payment.objects.get().id, passed=True, now=START + DAY, by="test")
    assert correct_due(now=START + DAY) == 1
    assert papers(Order.objects.get())[-1] == ("invoice", 120000, 0)
    assert sound()


def test_a_test_clock_corrects_as_it_is_advanced() -> None:
    buyer = charged(1, token="tok_authenticate")
    advance_clock(organisation=buyer.id, to=START + DAY, by="test", sandbox=True)
    authenticate(payment=Payment.objects.get().id, passed=True, now=START + DAY, by="test")
    assert correct_due(now=START + DAY) == 0
    advance_clock(organisation=buyer.id, to=START + 2 * DAY, by="test", sandbox=True)
    assert len(papers(Order.objects.get())) == 3


def test_a_quote_keeps_its_tax_and_is_corrected_once_accepted() -> None:
    """R12: the number was validated between the quote and the order."""
    buyer = charged()
    cart = fill_cart(buyer, ("designer-business", 1)).cart.id
    quote = quote_cart(
        cart=cart, organisation=buyer.id, purchase_order="", now=START, by="test"
    ).ids[0]
    advance_clock(organisation=buyer.id, to=START + DAY, by="test", sandbox=True)
    accept(quote=quote, payment=CardPayment("tok_ok"), now=START + DAY, by="test")
    order = Order.objects.get()
    assert (order.total_tax, order.vat_number) == (22800, LATER)
    advance_clock(organisation=buyer.id, to=START + 2 * DAY, by="test", sandbox=True)
    assert papers(order)[-1] == ("invoice", 120000, 0)
    assert sound()


def test_a_number_too_old_at_the_order_is_asked_about_afterwards() -> None:
    """No page asked before: a program bought."""
    buyer = company("DE136695976")
    look_up_now(organisation=buyer.id, now=START)
    later = START + 40 * DAY
    advance_clock(organisation=buyer.id, to=later, by="test", sandbox=True)
    buyer.refresh_from_db()
    priced = fill_cart(buyer, ("designer-business", 1), now=later)
    order_cart(buyer, priced, now=later)
    order = Order.objects.get()
    assert (order.total_tax, order.vat_number) == (22800, "DE136695976")
    assert not to_correct().exists()
    advance_clock(organisation=buyer.id, to=later + DAY, by="test", sandbox=True)
    assert papers(order)[-1] == ("invoice", 120000, 0)
    advance_clock(organisation=buyer.id, to=later + 2 * DAY, by="test", sandbox=True)
    assert VatCheck.objects.count() == 2


def test_only_what_was_bought_under_that_very_number() -> None:
    buyer = charged(1)
    edit_particulars(
        organisation=buyer.id, changes={"vat_number": "DE136695976"}, now=START, by="test"
    )
    assert look_up_now(organisation=buyer.id, now=START) == "valid"
    assert papers(Order.objects.get()) == [("invoice", 120000, 22800)]
    assert not to_correct().exists()


def test_a_number_that_decides_nothing_is_not_kept_with_the_order() -> None:
    buyer = company("FR40303265045", "FR")
    order_cart(buyer, fill_cart(buyer, ("designer-business", 1)))
    assert Order.objects.get().vat_number == ""


def test_an_order_of_which_something_went_back_is_left_to_staff() -> None:
    buyer = charged(1)
    order = Order.objects.get()
    refund_order(order=order.id, amount=Money(1000, "EUR"), reason="Kind", now=START, by="test")
    advance_clock(organisation=buyer.id, to=START + DAY, by="test", sandbox=True)
    assert len(papers(order)) == 2
    assert not to_correct().exists()


def test_an_order_that_was_credited_in_part_is_left_to_staff() -> None:
    buyer = charged(2)
    with transaction(now=START, by="test") as journal:
        part = CreditLine(position=1, quantity=1, net=120000, tax=22800)
        invoice = Document.objects.get()
        issue_credit_notes(corrections=[Credit(invoice, lines=(part,))], journal=journal)
    advance_clock(organisation=buyer.id, to=START + DAY, by="test", sandbox=True)
    assert Document.objects.count() == 2
    assert Order.objects.get().tax_corrected_at is None


def test_verify_finds_what_was_forgotten_and_what_lacks_its_papers() -> None:
    charged(1, 1, clock=False)
    first, second = Order.objects.order_by("id")
    Organisation.objects.update(vat_validated_at=START)
    Order.objects.filter(id=first.id).update(tax_corrected_at=START)
    (checked,) = verify(
        now=START + DAY, checks=[each for each in CHECKS if each.name == "tax_corrected"]
    )
    assert [failure.what for failure in checked.tally.failures] == [
        "corrected_and_not_credited",
        "validated_and_not_corrected",
    ]
    assert checked.tally.failures[1].id == public_id("ord", second.id)


def test_killed_anywhere_it_is_corrected_once() -> None:
    buyers: list[UUID] = []

    def work(_at: int):  # type: ignore[no-untyped-def]
        buyers.append(charged(1, clock=False).id)
        due = VatCheck.objects.get(organisation=buyers[-1]).ask_at
        return lambda: look_up_now(organisation=buyers[-1], now=due)

    points = sum(1 for _ in every_point(work))
    assert points >= 8
    look_up_due(now=START + 2 * DAY)
    recover_payments(now=START + 2 * DAY, patience=timedelta(0))
    recover_refunds(now=START + 2 * DAY, patience=timedelta(0))
    for order in Order.objects.all():
        assert papers(order)[1:] == [("credit_note", 120000, 22800), ("invoice", 120000, 0)]
    assert Refund.objects.filter(status="done").count() == len(buyers)
    assert SandboxRefund.objects.count() == len(buyers)
    assert sound()
