"""The next period in the console: its price, its seats, who loses one, what is to be paid (R26)."""

from __future__ import annotations

from datetime import date, timedelta

from tenure.access.models import SeatLoss
from tenure.base.ids import public_id
from tenure.orders.commands.carts import MOST_SEATS
from tenure.orders.models import Order, OrderKind, OrderStatus
from tenure.organisations.models import Member, Organisation
from tenure.policy.words import Audience
from tenure.subscriptions.models import Renewal, Subscription
from tests.flows.test_reminding import sell
from tests.shop import CATALOGUE, START, customer, subscribe
from tests.web.console.companies import (
    INSIDERS_ONLY,
    advance,
    billing_contact,
    bought,
    copied,
    page_of,
    statements,
    subscription_page,
    text_of,
    tried_by_all,
)
from tests.web.people import Company, browser, person


def seen(company: Company, made: Subscription) -> str:
    """The page of a subscription, its spaces plain."""
    text = text_of(browser(company.owner), subscription_page(company, made))
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_only_insiders_choose(company: Company) -> None:
    page = subscription_page(company, bought(company))
    client = browser(billing_contact(company))
    for rest in ("quantity", "losses"):
        assert tried_by_all(company, f"{page}/{rest}") == INSIDERS_ONLY
        assert client.get(f"{page}/{rest}").status_code == 404


def test_fewer_seats_are_chosen_once_what_follows_was_read(company: Company) -> None:
    made = bought(company, quantity=3)
    client, page = browser(company.owner), f"{subscription_page(company, made)}"
    assert "until the end of February 25, 2028" in text_of(client, f"{page}/quantity")
    for never in (0, MOST_SEATS + 1):
        assert client.get(f"{page}/quantity?quantity={never}").status_code == 422
    kept = text_of(client, f"{page}/quantity?quantity=2").replace("\N{NO-BREAK SPACE}", " ")
    for said in ("it is for 2 seats", "€2,880.00 with tax is charged", "Nobody loses a seat"):
        assert said in kept
    Subscription.objects.update(quantity=1)
    made.seats.filter(member__isnull=True).delete()
    made.quantity = 1
    assert client.post(f"{page}/quantity", {"quantity": "3"}).status_code == 302
    made.refresh_from_db()
    assert made.next_quantity == 3
    advance(company, "2028-02-26")
    assert "The last day to set the quantity" in text_of(client, f"{page}/quantity")
    assert client.post(f"{page}/quantity", {"quantity": "2"}).status_code == 409
    assert "console/quantity" not in seen(company, made)


def test_who_loses_a_seat_is_named_and_chosen(company: Company) -> None:
    made = bought(company)
    client, page = browser(company.owner), subscription_page(company, made)
    teammate = Member.objects.get(organisation=company.organisation, user=company.teammate)
    free = made.seats.get(member__isnull=True)
    free.member = Member.objects.get(organisation=company.organisation, user=company.owner)
    free.assigned_at = START
    free.save()
    client.post(f"{page}/quantity", {"quantity": "1"})
    assert "Choose who loses a seat" in seen(company, made)
    listed = text_of(client, f"{page}/losses")
    assert "loses it as things stand" in listed
    member = public_id("mem", teammate.id)
    assert client.post(f"{page}/losses", {"members": [member]}).status_code == 302
    assert SeatLoss.objects.get().member == teammate
    assert "checked" in text_of(client, f"{page}/losses")
    wrong = client.post(f"{page}/losses", {"members": [public_id("mem", made.id)]})
    assert wrong.status_code == 422
    Subscription.objects.update(auto_renew=False)
    advance(company, "2028-03-20")
    assert client.get(f"{page}/losses").status_code == 404


def test_an_offer_that_is_gone_is_not_renewed(company: Company) -> None:
    made = bought(company)
    assert "charged from Feb 26, 2028 on" in seen(company, made)
    start = CATALOGUE.index("- id: designer-business")
    sell(CATALOGUE[:start] + CATALOGUE[CATALOGUE.index("- id: designer-trial") :])
    advance(company, "2028-01-01")
    assert "It is no longer offered, and not renewed" in seen(company, made)


def test_what_is_to_be_paid_leads_to_its_order(company: Company) -> None:
    made = bought(company)
    pattern = Order.objects.get(kind=OrderKind.PURCHASE)
    order = copied(pattern, cart_id=None, kind=OrderKind.RENEWAL, status=OrderStatus.DECLINED)
    order.expires_at = START.replace(year=2028, month=3, day=16)
    order.save(force_insert=True)
    line = copied(pattern.lines.get(), order_id=order.id)
    line.save(force_insert=True)
    Renewal.objects.create(
        organisation=company.organisation,
        subscription=made,
        number=2,
        currency="EUR",
        unit_amount=100000,
        priced_on=date(2027, 12, 27),
        quantity=2,
        order=order,
        order_line=line,
        due_at=START.replace(year=2028, month=2, day=27),
    )
    path = f"/orders/{public_id('ord', order.id)}"
    said = {
        OrderStatus.DECLINED: "The card is tried again on",
        OrderStatus.AUTHENTICATION_REQUIRED: "Confirm it now",
        OrderStatus.AWAITING_TRANSFER: "waits for your transfer",
        OrderStatus.PAYMENT_UNKNOWN: "is being charged",
    }
    client = browser(company.owner)
    for status in (OrderStatus.DECLINED, OrderStatus.AWAITING_TRANSFER):
        Order.objects.filter(id=order.id).update(status=status)
        text = text_of(client, path)
        assert "be paid until March" in text
        assert "Withdraw the order" not in text
        assert client.get(f"{path}/withdraw").headers["Location"] == path
    for status, words in said.items():
        Order.objects.filter(id=order.id).update(status=status)
        text = seen(company, made)
        assert words in text
        assert (path in text) is (status != OrderStatus.PAYMENT_UNKNOWN)
    assert "Costs then, as announced" in text
    assert "€2,400.00" in text
    assert statements(client, subscription_page(company, made)) < 20
    first = made.periods.get()
    paid = copied(first, number=2, order_id=order.id, starts_on=first.ends_on)
    paid.ends_on, paid.starts_at = date(2029, 3, 1), first.ends_at
    paid.ends_at = first.ends_at + timedelta(days=365)
    paid.save()
    assert "already paid" in seen(company, made)


def test_a_student_hands_in_the_proof_that_a_renewal_asks_for(company: Company) -> None:
    assert tried_by_all(company, page_of(company, "settings/proof")) == (404, 404, 404, 404, 302)
    student = customer(Audience.STUDENT, email="sam@atelier.example")
    client = browser(person("sam@atelier.example"))
    page = f"/console/{public_id('org', student.id)}/settings/proof"
    assert "not too old" in text_of(client, page)
    assert client.post(page, {"school": "Lyon"}).status_code == 422
    assert client.post(page, {"school": "Lyon", "number": "7"}).status_code == 302
    assert "We have a proof of yours" in text_of(client, page)
    Organisation.objects.filter(id=student.id).update(verified_at=START)
    made = subscribe(student, "designer-student")
    Organisation.objects.filter(id=student.id).update(verified_at=None)
    console = f"/console/{public_id('org', student.id)}/subscriptions"
    text = text_of(client, f"{console}/{public_id('sub', made.id)}")
    assert "The renewal needs a proof of your studies" in text
