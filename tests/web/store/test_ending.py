"""R33: what consumers in the EU have by law where the policy says so, and nothing otherwise."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from tenure.base.calendar import Term
from tenure.base.ids import parse_public_id, public_id
from tenure.flows.policy import bring_into_force
from tenure.flows.quotes import QuotedLine, quote_by_staff
from tenure.notices.models import Mail
from tenure.orders.models import Cart, Order, Quote
from tenure.organisations.models import Organisation
from tenure.policy.words import Audience
from tenure.subscriptions.models import Subscription
from tenure.support.models import Request
from tests.api.cast import key_for
from tests.notices.made import make_all
from tests.shop import START, customer, owner_of, subscribe
from tests.web.checkout.buying import Filled, confirm, fill, hidden, order_of, words
from tests.web.checkout.test_quotes import page_of
from tests.web.console.companies import text_of
from tests.web.people import Company, browser, person

pytestmark = pytest.mark.django_db(transaction=True)

RIGHTS = "[statutory_eu]\nenabled = true\n"
END = "/contract/end"


@pytest.fixture
def maker(company: Company) -> Organisation:
    """A maker in France, who bought by the month under these rights."""
    bring_into_force(source=RIGHTS, now=START, by="test")
    made = customer(Audience.CREATOR, email="max@atelier.example")
    subscribe(made, "designer-creator", term=Term.MONTH)
    member = owner_of(made)
    member.user = person(member.email, "Max")
    member.save()
    return made


def reader(client: Client | None = None) -> Client:
    return client or Client(headers={"accept-language": "en"})


def send(number: str, email: str, what: str) -> None:
    """Three clicks: the foot of a page, on, send; the last one twice."""
    cache.clear()
    client = reader()
    assert f'href="{END}"' in client.get("/store/creator/").content.decode()
    typed = {"what": what, "name": "Max", "email": email, "number": number}
    recap = client.post(END, typed).content.decode()
    assert "Is this what you send?" in recap
    once = re.search(r'name="once" value="([^"]+)"', recap)
    assert once
    before = Request.objects.count()
    sent = {**typed, "once": once[1], "send": "yes"}
    first, again = (client.post(END, sent) for _ in range(2))
    assert Request.objects.count() == before + 1
    assert (first.status_code, again.headers["Location"]) == (302, first.headers["Location"])
    page = client.get(first.headers["Location"]).content.decode()
    assert "It is sent" in page
    assert email not in page
    assert client.get(first.headers["Location"][:-2] + "00").status_code == 404


def mails(kind: str) -> list[Mail]:
    make_all()
    return list(Mail.objects.filter(kind=kind).order_by("id"))


def test_without_these_rights_there_is_no_such_page(company: Company) -> None:
    client = reader()
    assert END not in client.get("/store/creator/").content.decode()
    assert client.get(END).status_code == 404
    subscribe(company.organisation)
    page = browser(company.owner).get(f"/console/{company.id}/").content.decode()
    assert "Withdraw from" not in page


def test_a_month_is_withdrawn_from_by_a_button_that_is_always_there(maker: Organisation) -> None:
    order = public_id("ord", Order.objects.get(organisation=maker).id)
    org = public_id("org", maker.id)
    owner = owner_of(maker).user
    assert owner is not None
    client = browser(owner)
    for path in ("", "subscriptions", f"orders/{order}"):
        page = client.get(f"/console/{org}/{path}").content.decode()
        assert "Withdraw from the contract here" in page
        assert f"/console/{org}/orders/{order}/cancel" in page
    maker.test_clock = START + timedelta(days=15)
    maker.save()
    assert "Withdraw from" not in client.get(f"/console/{org}/").content.decode()


def test_the_renewal_is_stopped_in_three_clicks_without_logging_in(maker: Organisation) -> None:
    order = Order.objects.get(organisation=maker)
    number = order.documents.get(kind="invoice").number
    choices = re.findall(
        r'type="radio" name="what" value="(\w+)"[^>]*?( checked)? ?>',
        reader().get(END).content.decode(),
    )
    assert choices == [("renewal", " checked"), ("withdrawal", "")]
    send(number, "Max@Atelier.example", "renewal")
    assert not Subscription.objects.get(organisation=maker).auto_renew
    row = Request.objects.get()
    assert (row.status, row.organisation_id, row.order_id) == ("closed", maker.id, order.id)
    assert f"Max ends the contract {number}. Sent on Mar" in row.message.replace("\u00a0", " ")
    assert [mail.to for mail in mails("request_acknowledged")] == ["max@atelier.example"]
    send(public_id("ord", order.id), "eve@elsewhere.example", "renewal")
    unknown = Request.objects.latest("id")
    assert (unknown.organisation_id, unknown.status) == (None, "open")
    assert mails("request_acknowledged")[-1].to == "eve@elsewhere.example"


def test_a_withdrawal_is_confirmed_by_mail_and_counts_when_it_was_sent(
    maker: Organisation, company: Company
) -> None:
    order = Order.objects.get(organisation=maker)
    number = public_id("ord", order.id)
    assert mails("order_paid"), "told before, and apart from what is sent now"
    send(number, "max@atelier.example", "withdrawal")
    order.refresh_from_db()
    assert order.status == "paid"
    (mail,) = mails("cancellation_received")
    assert mail.letter is not None
    link = re.search(r"/contract/end/\w+", str(mail.letter))
    assert link
    case = f"/backoffice/requests/{public_id('req', Request.objects.latest('id').id)}"
    assert "Grant it yourself only if you are sure" in text_of(browser(company.staff), case)
    client = reader()
    maker.test_clock = START + timedelta(days=31)
    maker.save()
    assert "This link worked for 30 days" in client.get(link[0]).content.decode()
    assert "This link worked for 30 days" in client.post(link[0]).content.decode()
    order.refresh_from_db()
    assert order.status == "paid", "a year is not used and paid back"
    maker.test_clock = START + timedelta(days=20)
    maker.save()
    assert "Confirm the withdrawal" in client.get(link[0]).content.decode()
    assert "It is granted" in client.post(link[0]).content.decode()
    order.refresh_from_db()
    assert order.status == "cancelled"
    assert "It is granted" in client.post(link[0]).content.decode()
    assert len(mails("cancellation_granted")) == 1
    assert client.get(link[0][:-1] + "x").status_code == 404
    send(number, "max@atelier.example", "withdrawal")
    assert Request.objects.latest("id").kind == "other"


def test_a_consumer_asks_expressly_to_start_at_once(maker: Organisation) -> None:
    owner = owner_of(maker).user
    assert owner is not None
    client = browser(owner)
    fill(client, "designer-creator", term="year")
    cart = Filled(Cart.objects.latest("id").id)
    assert "I ask you to start at once" in words(client.get(cart.page))
    refused = confirm(client, cart)
    assert refused.status_code == 422
    assert "Without this we may not start" in words(refused)
    order = order_of(confirm(client, cart, start_at_once="on"))
    assert order.start_requested_at == START

    line = QuotedLine("designer-creator", Term.YEAR, 1, 90_000)
    made = quote_by_staff(organisation=maker.id, lines=[line], reason="So", now=START, by="test")
    quoted = Quote.objects.get(id=made.ids[0])
    page = page_of(quoted)
    once = hidden(client.get(page))["once"]
    assert "I ask you to start at once" in words(client.get(page))
    refused = client.post(page, {"once": once, "card": "tok_ok"})
    assert (refused.status_code, Order.objects.count()) == (422, 2)
    assert "Without this we may not start" in words(refused)
    sent = {"once": once, "card": "tok_ok", "start_at_once": "on"}
    assert order_of(client.post(page, sent)).start_requested_at == START


def test_added_seats_ask_to_start_at_once_too(maker: Organisation) -> None:
    owner, before = owner_of(maker).user, Order.objects.count()
    assert owner is not None
    client = browser(owner)
    sub = public_id("sub", Subscription.objects.get(organisation=maker).id)
    page = f"/console/{public_id('org', maker.id)}/subscriptions/{sub}/seats"
    shown = client.get(page)
    assert "I ask you to start at once" in words(shown)
    sent = {**hidden(shown), "card": "tok_ok"}
    refused = client.post(page, sent)
    assert (refused.status_code, Order.objects.count()) == (422, before)
    assert "Without this we may not start" in words(refused)
    assert order_of(client.post(page, {**sent, "start_at_once": "on"})).start_requested_at == START

    headers = {"Authorization": f"Bearer {key_for(None)}", "Idempotency-Key": "more"}
    body = {"quantity": 1, "payment": {"method": "card", "token": "tok_ok"}, "start_at_once": True}
    answer = Client(headers=headers).post(
        f"/api/v1/subscriptions/{sub}/seats", body, content_type="application/json"
    )
    order = Order.objects.get(id=parse_public_id("ord", answer.json()["id"]))
    assert (order.status, order.start_requested_at) == ("paid", START)
