"""R24: renewals by card, tried on their days, lapsed, reinstated, given up."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest

from tenure.access.models import Seat
from tenure.base.calendar import Term
from tenure.base.errors import Refused
from tenure.billing.documents.content import MentionCode, parse
from tenure.billing.models import Document, Payment, Refund, SandboxCharge
from tenure.events.models import Event
from tenure.flows.cancellation import (
    NewCancellation,
    ask_cancellation,
    grant_cancellation,
)
from tenure.flows.clock import advance_clock
from tenure.flows.due import run_due
from tenure.flows.members import change_member
from tenure.flows.purchase import CardPayment, Purchase, buy, pay_order
from tenure.flows.renewals.charging import charge_renewals, end_steps
from tenure.flows.renewals.paying import pay_now
from tenure.flows.seats import assign_seat
from tenure.orders.models import Order
from tenure.organisations.models import Organisation
from tenure.organisations.rules import MemberStatus
from tenure.subscriptions.models import Period, Renewal, Subscription
from tests.flows.transfers import all_holds
from tests.flows.worlds import joined
from tests.shop import clock_of, customer, fill_cart, open_shop, order_cart, owner_of

pytestmark = pytest.mark.django_db(transaction=True)

BOUGHT = datetime(2027, 8, 23, 9, 0, tzinfo=UTC)
"""Quarterly, it ends on 2027-11-23, and its deadline is 2027-11-18."""


@pytest.fixture(autouse=True)
def _shop() -> None:
    open_shop(BOUGHT)


def bought(
    token: str, *, email: str = "ada@atelier.example", seats: int = 2, saves: bool = True
) -> Subscription:
    """A quarterly subscription, paid with a card that is kept, unless it is not to be."""
    company = customer(clock=BOUGHT, email=email)
    cart = fill_cart(company, ("designer-business", seats), term=Term.QUARTER, now=BOUGHT).cart
    paid = CardPayment(token, saves=saves)
    order = buy(
        purchase=Purchase(cart.id, cart.version, company.id, paid), now=BOUGHT, by="test"
    ).order
    return Subscription.objects.select_related("organisation").get(order_line__order_id=order)


def advance(organisation: Organisation, day: str) -> list[str]:
    """Advance to noon of a day in Paris; what happened."""
    to = datetime.fromisoformat(f"{day}T11:00+00:00")
    done = advance_clock(organisation=organisation.id, to=to, by="test", sandbox=True)
    return [event.type for event in done.events]


def attempts(subscription: Subscription) -> list[tuple[str, str]]:
    """The days of the attempts to charge its renewals, and what came of them."""
    rows = Payment.objects.filter(off_session=True, organisation=subscription.organisation_id)
    return [(f"{row.created_at:%m-%d}", row.decline_code) for row in rows.order_by("id")]


def test_a_card_is_charged_once_when_the_deadline_is_over() -> None:
    subscription = bought("tok_ok")
    advance(subscription.organisation, "2027-11-18")
    assert not attempts(subscription)
    told = advance(subscription.organisation, "2027-11-19")
    assert attempts(subscription) == [("11-18", "")]  # at 23:00 UTC the 19th begins in Paris
    assert told.count("subscription.renewed") == 1
    second = Period.objects.get(subscription=subscription, number=2)
    assert (second.starts_on, second.ends_on) == (date(2027, 11, 23), date(2028, 2, 23))
    assert (second.kind, second.quantity, second.begin_noted_at) == ("renewal", 2, None)
    order = Order.objects.get(kind="renewal")
    assert (order.status, order.paid_on, order.total) == ("paid", date(2027, 11, 19), 86_400)
    invoice = Document.objects.get(order=order)
    assert invoice.number == "TREN-2027-000001"
    assert '"ends_on":"2028-02-22"' in invoice.content
    mentions = {each.code: each.text for each in parse(invoice.content).mentions}
    assert mentions[MentionCode.RENEWS] == "2028-02-18"
    assert second.renew_at == datetime(2028, 2, 18, 23, tzinfo=UTC), "by card, as it was paid"
    told = advance(subscription.organisation, "2027-12-01")
    assert "subscription.lapsed" not in told
    assert Period.objects.get(id=second.id).begin_noted_at == second.starts_at
    assert SandboxCharge.objects.filter(status="captured").count() == 2
    all_holds()


@pytest.mark.parametrize(
    ("token", "why", "told"),
    [
        ("tok_ok_then_declined", "card_declined", "subscription.renewal_declined"),
        (
            "tok_authenticate",
            "authentication_required",
            "subscription.renewal_authentication_required",
        ),
    ],
)
def test_a_declined_card_is_tried_on_its_days_and_lapses(token: str, why: str, told: str) -> None:
    subscription = bought("tok_ok")
    company = subscription.organisation
    subscription.organisation.payment_methods.update(reference=token, token=token)
    owner = owner_of(company)
    assign_seat(subscription=subscription.id, member=owner.id, now=BOUGHT, by="test")
    happened = advance(company, "2027-11-24")
    days = ["11-18", "11-19", "11-21", "11-22"]  # -4, -3, -1 and the end begin at 23:00 UTC
    assert attempts(subscription) == [(day, why) for day in days]
    said = Event.objects.filter(organisation_id=company.id, type=told).order_by("sequence")
    again = [each.data["next_attempt_on"] for each in said]
    assert again == ["2027-11-20", "2027-11-22", "2027-11-23", None]
    assert happened.count(told) == 4
    assert happened[-2] == "subscription.lapsed", "told once, when the last attempt had failed"
    declined = Order.objects.get(kind="renewal")
    assert (declined.status, Seat.objects.filter(member=owner).count()) == ("declined", 1)
    # Until the data are gone it is reinstated from its old end, by any card (R24).
    advance(company, "2027-12-06")
    paid = pay_now(
        subscription=subscription.id,
        payment=CardPayment("tok_ok"),
        now=clock_of(company.id) or BOUGHT,
        by="test",
    )
    assert paid.order == declined.id
    second = Period.objects.get(subscription=subscription, number=2)
    assert (second.starts_on, second.begin_noted_at) == (date(2027, 11, 23), clock_of(company.id))
    kinds = list(Event.objects.filter(organisation_id=company.id).values_list("type", flat=True))
    assert kinds.count("subscription.reinstated") == 1
    assert Document.objects.filter(order=declined, kind="invoice").count() == 1
    with pytest.raises(Refused) as nothing:
        pay_now(subscription=subscription.id, payment=None, now=BOUGHT, by="test")
    assert nothing.value.code.code == "nothing_due"
    assert Payment.objects.filter(status="captured").count() == 2
    all_holds()


def test_each_of_a_customer_is_tried_on_its_own_days() -> None:
    company = bought("tok_ok_then_declined").organisation
    advance(company, "2027-08-25")
    now = clock_of(company.id) or BOUGHT
    cart = fill_cart(company, ("analyst-business", 1), term=Term.QUARTER, now=now)
    order_cart(company, cart, "tok_ok_then_declined", now=now)
    advance(company, "2027-11-23")
    tried = [
        [f"{row.created_at:%m-%d}" for row in order.payments.order_by("id")]
        for order in Order.objects.filter(kind="renewal").order_by("id")
    ]
    assert tried == [["11-18", "11-19", "11-21", "11-22"], ["11-20", "11-21"]]


def test_nobody_pays_and_it_is_given_up() -> None:
    subscription = bought("tok_ok_then_declined")
    company = subscription.organisation
    assign_seat(subscription=subscription.id, member=owner_of(company).id, now=BOUGHT, by="test")
    advance(company, "2027-12-07")
    assert Seat.objects.filter(member__isnull=False).count() == 1
    order, late = Order.objects.get(kind="renewal"), datetime(2027, 12, 7, 23, tzinfo=UTC)
    with pytest.raises(Refused, match="order_closed"):  # before anybody saw that it is over
        pay_order(order=order.id, payment=CardPayment("tok_ok"), now=late, by="test")
    told = advance(company, "2027-12-08")
    assert told.index("order.expired") < told.index("subscription.renewal_given_up")
    assert not Seat.objects.filter(member__isnull=False).exists()
    renewal = Renewal.objects.get()
    assert (renewal.due_at, renewal.attempts) == (None, 3)
    assert renewal.closed_at == datetime(2027, 12, 7, 23, tzinfo=UTC)
    assert Order.objects.get(kind="renewal").status == "expired"
    assert Seat.objects.filter(subscription=subscription).count() == 2
    all_holds()


def test_a_lost_answer_blocks_and_is_asked_for() -> None:
    subscription = bought("tok_ok")
    company = subscription.organisation
    company.payment_methods.update(reference="tok_unknown", token="tok_unknown")
    advance(company, "2027-11-19")
    assert Order.objects.get(kind="renewal").status == "payment_unknown"
    told = advance(company, "2027-11-24")
    assert told[0] == "payment.captured"
    assert "subscription.lapsed" not in told
    order = Order.objects.get(kind="renewal")
    assert (order.status, order.paid_on) == ("paid", date(2027, 11, 19))
    assert len(attempts(subscription)) == 1
    all_holds()


def test_a_step_that_nobody_took_gives_way_to_the_next_attempt() -> None:
    subscription = bought("tok_ok_then_declined")
    company = subscription.organisation

    def begins_a_step(now: datetime) -> None:
        paying = CardPayment("tok_authenticate")
        pay_now(subscription=subscription.id, payment=paying, now=now, by="test")
        assert Order.objects.get(kind="renewal").status == "authentication_required"

    advance(company, "2027-11-19")
    begins_a_step(clock_of(company.id) or BOUGHT)
    advance(company, "2027-11-20")
    assert [day for day, _ in attempts(subscription)] == ["11-18", "11-19"]
    begins_a_step(clock_of(company.id) or BOUGHT)
    # By the machine's clock it is the same, and the card works by now.
    Organisation.objects.filter(id=company.id).update(test_clock=None)
    company.payment_methods.update(reference="tok_ok", token="tok_ok")
    due = Renewal.objects.get().due_at
    assert due == datetime(2027, 11, 21, 23, tzinfo=UTC)
    assert end_steps(now=due - timedelta(minutes=1)) == 0
    assert end_steps(now=due) == 1
    assert Payment.objects.filter(decline_code="abandoned").count() == 2
    run_due(now=due)
    charge_renewals(now=due, patience=timedelta(0))
    assert Order.objects.get(kind="renewal").status == "paid"
    all_holds()


def test_what_was_taken_back_while_it_was_charged_is_given_back() -> None:
    """R30: staff take a purchase back whose renewal is being charged; that money comes back too."""
    subscription = bought("tok_ok")
    company = subscription.organisation
    company.payment_methods.update(reference="tok_unknown", token="tok_unknown")
    advance(company, "2027-11-19")
    now = clock_of(company.id)
    assert now is not None
    new = NewCancellation(order=subscription.order_line.order_id, language="en")
    request = ask_cancellation(new=new, now=now, by="test").ids[0]
    grant_cancellation(request=request, now=now, by="test")
    told = advance(company, "2027-11-20")
    assert "payment.captured" in told
    assert "subscription.renewed" not in told
    order = Order.objects.get(kind="renewal")
    assert (order.status, Period.objects.filter(subscription=subscription).count()) == (
        "cancelled",
        1,
    )
    assert not Document.objects.filter(order=order).exists()
    advance(company, "2027-11-21")  # recovery carries out what was intended
    refund = Refund.objects.get(order=order)
    assert (refund.status, refund.amount) == ("done", order.total)
    assert Renewal.objects.get().closed_at is not None
    all_holds()


def test_without_a_card_it_is_declined_at_once() -> None:
    company = bought("tok_ok", saves=False).organisation
    advance(company, "2027-11-19")
    order = Order.objects.get(kind="renewal")
    payment = order.payments.get()
    assert (order.status, payment.status, payment.decline_code) == (
        "declined",
        "declined",
        "no_card",
    )
    all_holds()


def test_one_order_for_all_that_is_renewed_on_a_day_and_no_gap_over_the_years() -> None:
    company = bought("tok_ok").organisation
    cart = fill_cart(
        company,
        ("designer-business", 1),
        ("analyst-business", 3),
        term=Term.QUARTER,
        now=BOUGHT,
    )
    order_cart(company, cart, now=BOUGHT)
    advance(company, "2029-12-01")
    orders = Order.objects.filter(kind="renewal")
    assert [order.lines.count() for order in orders] == [3] * 9
    assert Period.objects.filter(organisation=company).count() == 30
    chain = Period.objects.filter(subscription__offer="analyst-business").order_by("number")
    for before, after in itertools.pairwise(chain):
        assert before.ends_on == after.starts_on
        assert after.starts_at - before.ends_at == timedelta(0)
    all_holds()


def test_what_is_due_is_ordered_by_who_pays_before_a_worker_came() -> None:
    """R24: a customer can pay as soon as the day has come, and not before."""
    subscription = bought("tok_ok")
    Period.objects.update(renew_at=BOUGHT + timedelta(seconds=1))
    card = CardPayment("tok_ok")
    with pytest.raises(Refused, match="nothing_due"):
        pay_now(subscription=subscription.id, payment=card, now=BOUGHT, by="test")
    Period.objects.update(renew_at=BOUGHT)
    outcome = pay_now(subscription=subscription.id, payment=card, now=BOUGHT, by="test")
    assert Order.objects.get(id=outcome.order).kind == "renewal"
    assert Period.objects.filter(subscription=subscription, number=2).exists()


def test_one_customers_clock_says_nothing_of_anothers() -> None:
    """R2: what is done for a customer stands at the instant of that customer's clock."""
    bought("tok_ok")
    later = BOUGHT + timedelta(days=10)
    other = customer(clock=later, email="eve@elsewhere.example")
    cart = fill_cart(other, ("designer-business", 1), now=later)
    order = order_cart(other, cart, "tok_declined", now=later).order
    pay_order(order=order, payment=CardPayment("tok_ok"), now=BOUGHT, by="test")
    bob = joined(other, "bob@elsewhere.example")
    change_member(
        member=bob.id,
        status=MemberStatus.SUSPENDED,
        may_give_ownership=False,
        now=BOUGHT,
        by="test",
    )
    told = Event.objects.filter(type__in=["order.paid", "member.suspended"], at=later)
    assert list(told.values_list("organisation_id", flat=True)) == [other.id] * 2
