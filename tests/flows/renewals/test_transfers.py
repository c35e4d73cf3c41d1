"""R24: renewals by transfer, invoiced ahead, credited, replaced, paid and reinstated."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tenure.base.calendar import Term
from tenure.base.errors import Refused
from tenure.base.ids import public_id
from tenure.base.money import Money
from tenure.billing.documents.content import parse
from tenure.billing.models import Document, Payment, Refund
from tenure.catalogue.file import parse_catalogue
from tenure.events.models import Event
from tenure.flows.catalogue_import import import_file
from tenure.flows.clock import advance_clock
from tenure.flows.purchase import CardPayment, Purchase, TransferPayment, authenticate, buy
from tenure.flows.refunds import refund_order
from tenure.flows.renewal_choice import choose_renewal
from tenure.flows.renewals.paying import pay_now
from tenure.orders.models import Order
from tenure.organisations.models import Organisation
from tenure.subscriptions.models import Period, Renewal, Subscription
from tests.flows.transfers import all_holds, imported, transfer_for
from tests.shop import CATALOGUE, clock_of, customer, fill_cart, open_shop

pytestmark = pytest.mark.django_db(transaction=True)

BOUGHT = datetime(2027, 8, 23, 9, 0, tzinfo=UTC)
"""Quarterly, it ends on 2027-11-23; the invoice of what follows goes out on 2027-10-24."""


def bought(*offers: str) -> list[Subscription]:
    """Quarterly subscriptions of one company, paid by transfer."""
    open_shop(BOUGHT)
    company = customer(clock=BOUGHT)
    cart = fill_cart(company, *((each, 2) for each in offers), term=Term.QUARTER, now=BOUGHT)
    order = buy(
        purchase=Purchase(cart.cart.id, cart.cart.version, company.id, TransferPayment()),
        now=BOUGHT,
        by="test",
    ).order
    pay_by_transfer(Order.objects.get(id=order), on=BOUGHT.date())
    rows = Subscription.objects.filter(order_line__order_id=order).select_related("organisation")
    return list(rows.order_by("order_line__position"))


def pay_by_transfer(order: Order, *, on: date) -> None:
    """The whole amount comes, booked on a day."""
    imported(transfer_for(order.id, order.total, day=on))


def advance(organisation: Organisation, day: str) -> list[str]:
    """Advance to noon of a day in Paris; what happened."""
    to = datetime.fromisoformat(f"{day}T11:00+00:00")
    done = advance_clock(organisation=organisation.id, to=to, by="test", sandbox=True)
    return [event.type for event in done.events]


def papers(kind: str = "invoice") -> list[tuple[str, int]]:
    """The numbers of all papers of a kind, and what they are over."""
    rows = Document.objects.filter(kind=kind).order_by("issued_at", "id")
    return [(row.number, row.total) for row in rows]


def choose(subscription: Subscription, **choice: object) -> None:
    """Choose about the next period, now by the organisation's clock."""
    now = clock_of(subscription.organisation_id) or BOUGHT
    choose_renewal(subscription=subscription.id, now=now, by="test", **choice)


def test_it_is_invoiced_ahead_and_paid_in_time() -> None:
    (subscription,) = bought("designer-business")
    company = subscription.organisation
    advance(company, "2027-10-23")
    assert len(papers()) == 1
    advance(company, "2027-10-24")
    order = Order.objects.get(kind="renewal")
    invoice = Document.objects.get(order=order)
    assert (invoice.number, invoice.total) == ("TREN-2027-000001", 86_400)
    assert '"due_on":"2027-11-23"' in invoice.content
    assert '"starts_on":"2027-11-23"' in invoice.content
    assert order.status == "awaiting_transfer"
    pay_by_transfer(order, on=date(2027, 10, 24))
    second = Period.objects.get(subscription=subscription, number=2)
    assert (second.starts_on, second.order_id) == (date(2027, 11, 23), order.id)
    told = advance(company, "2027-12-20")
    assert "subscription.lapsed" not in told
    assert papers() == [("TINV-2027-000001", 86_400), ("TREN-2027-000001", 86_400)]
    assert len(papers("receipt")) == 1
    advance(company, "2028-01-24")
    third = Order.objects.filter(kind="renewal").latest("placed_at")
    assert third.status == "awaiting_transfer", "who paid by transfer renews by transfer"
    all_holds()


def test_an_offer_withdrawn_before_the_invoice_is_announced_once() -> None:
    """R5: the invoice of a quarter comes before its first reminder."""
    designers, analysts = bought("designer-business", "analyst-business")
    kept, _, rest = CATALOGUE.partition("- id: designer-business")
    source = kept + rest[rest.index("- id: analyst-business") :]
    import_file(file=parse_catalogue(source), source=source, now=BOUGHT, by="command")
    told = advance(designers.organisation, "2027-10-24")
    assert told.count("subscription.renewal_reminded") == 1
    fact = Event.objects.get(type="subscription.renewal_reminded").data
    assert (fact["subscription"], fact["amount"]) == (public_id("sub", designers.id), None)
    assert Order.objects.get(kind="renewal").lines.get().offer_id == "analyst-business"
    advance(designers.organisation, "2027-11-18")
    rows = Event.objects.filter(type="subscription.renewal_reminded")
    assert rows.filter(data__subscription=public_id("sub", designers.id)).count() == 1
    assert rows.filter(data__subscription=public_id("sub", analysts.id)).exists()
    all_holds()


def test_switching_one_off_credits_the_invoice_and_orders_the_rest_anew() -> None:
    designers, analysts = bought("designer-business", "analyst-business")
    advance(designers.organisation, "2027-11-01")
    first = Order.objects.get(kind="renewal")
    assert first.lines.count() == 2
    choose(designers, auto_renew=False)
    first.refresh_from_db()
    assert first.status == "withdrawn"
    assert papers("credit_note") == [("TCN-2027-000001", first.total)]
    left = Order.objects.get(kind="renewal", status="awaiting_transfer")
    assert [line.offer_id for line in left.lines.all()] == ["analyst-business"]
    choose(analysts, next_quantity=5)
    again = Order.objects.get(kind="renewal", status="awaiting_transfer")
    assert (again.lines.get().quantity, len(papers("credit_note"))) == (5, 2)
    choose(designers, auto_renew=True)
    open_ones = Order.objects.filter(kind="renewal", status="awaiting_transfer")
    assert sorted(line.quantity for order in open_ones for line in order.lines.all()) == [2, 5]
    told = Event.objects.filter(type="subscription.renewal_taken_back").order_by("sequence")
    whose = [public_id("sub", each.id) for each in (designers, analysts, analysts)]
    assert [each.data["subscription"] for each in told] == whose
    all_holds()


def test_what_was_paid_ahead_goes_back_when_it_is_switched_off_in_time() -> None:
    designers, analysts = bought("designer-business", "analyst-business")
    advance(designers.organisation, "2027-11-01")
    order = Order.objects.get(kind="renewal")
    pay_by_transfer(order, on=date(2027, 11, 1))
    choose(designers, auto_renew=False)
    order.refresh_from_db()
    line = order.lines.get(offer="designer-business")
    assert (order.status, Refund.objects.get().amount) == ("paid", line.gross)
    assert papers("credit_note") == [("TCN-2027-000001", line.gross)]
    assert not Period.objects.filter(subscription=designers, number=2).exists()
    assert Period.objects.filter(subscription=analysts, number=2).exists()
    assert Renewal.objects.get(subscription=designers).order is None
    all_holds()
    now = clock_of(order.organisation_id) or BOUGHT
    some = Money(50_001, "EUR")
    refund_order(order=order.id, amount=some, reason="Goodwill", now=now, by="staff:test")
    kept = order.lines.get(offer="analyst-business")
    assert left_by_line(order) == [(0, 0), (kept.net - 41_668, kept.tax - 8_333)]
    choose(analysts, auto_renew=False)
    order.refresh_from_db()
    assert order.status == "cancelled"
    assert sum(amount for _, amount in papers("credit_note")) == order.total
    assert sum(row.amount for row in Refund.objects.all()) == order.total
    assert left_by_line(order) == [(0, 0), (0, 0)]
    all_holds()


def left_by_line(order: Order) -> list[tuple[int, int]]:
    """The net and the tax of each line of an order's invoice that no credit note took back."""
    invoice = Document.objects.get(order=order, kind="invoice")
    said = [parse(row.content).lines for row in invoice.corrections.all()]
    return [
        (
            line.net - sum(each.net for part in said for each in part if each.name == line.name),
            line.tax - sum(each.tax for part in said for each in part if each.name == line.name),
        )
        for line in parse(invoice.content).lines
    ]


@pytest.mark.parametrize("passed", [True, False])
def test_what_is_switched_off_while_it_is_charged_is_not_renewed(passed: bool) -> None:
    """R21: an order that is being charged cannot go with the choice; it goes when that is known."""
    designers, analysts = bought("designer-business", "analyst-business")
    company = designers.organisation
    advance(company, "2027-11-01")
    order = Order.objects.get(kind="renewal")
    card, now = CardPayment("tok_authenticate", saves=False), clock_of(company.id) or BOUGHT
    pay_now(subscription=analysts.id, payment=card, now=now, by="test")
    waiting = Payment.objects.get(status="authentication_required")
    with pytest.raises(Refused, match="payment_in_flight"):
        choose(analysts, next_quantity=5)
    choose(analysts, next_quantity=2)
    choose(designers, auto_renew=False)
    authenticate(payment=waiting.id, passed=passed, now=now, by="test")
    advance(company, "2027-11-03")
    order.refresh_from_db()
    assert order.status == ("cancelled" if passed else "withdrawn")
    assert list(Refund.objects.values_list("amount", flat=True)) == [order.total] * passed
    assert [total for _, total in papers("credit_note")] == [order.total]
    left = Order.objects.get(kind="renewal", status="awaiting_transfer")
    assert [line.offer_id for line in left.lines.all()] == ["analyst-business"]
    assert not Period.objects.filter(number=2).exists()
    choose(designers, auto_renew=True)
    assert Order.objects.filter(kind="renewal", status="awaiting_transfer").count() == 2
    all_holds()


def test_an_unpaid_one_lapses_and_is_reinstated_by_a_transfer_or_given_up() -> None:
    designers, analysts = bought("designer-business", "analyst-business")
    company = designers.organisation
    told = advance(company, "2027-11-24")
    assert told.count("subscription.lapsed") == 2
    order = Order.objects.get(kind="renewal")
    asked = pay_now(
        subscription=analysts.id, payment=None, now=clock_of(company.id) or BOUGHT, by="test"
    )
    assert (asked.order, order.status) == (order.id, "awaiting_transfer")
    pay_by_transfer(order, on=date(2027, 11, 24))
    assert Period.objects.filter(number=2, starts_on=date(2027, 11, 23)).count() == 2
    told = advance(company, "2028-03-09")
    assert told.count("subscription.renewal_given_up") == 2
    assert Order.objects.filter(kind="renewal", status="expired").count() == 1
    assert len(papers("credit_note")) == 1
    assert Payment.objects.filter(status="awaiting_transfer").count() == 0
    # A statement comes late, of a day in time: what goes on again has no data that go (R31).
    assert "data.purge_due" in [*told, *advance(company, "2028-04-01")]
    pay_by_transfer(Order.objects.get(kind="renewal", status="expired"), on=date(2028, 3, 7))
    company.refresh_from_db()
    assert Period.objects.filter(number=3, starts_on=date(2028, 2, 23)).count() == 2
    assert company.purge_due_at is None
    assert (
        Event.objects.filter(organisation_id=company.id, type="data.purge_withdrawn").count() == 1
    )
    all_holds()
