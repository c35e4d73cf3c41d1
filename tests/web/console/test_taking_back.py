"""R28 to R30 on pages: the verdict before it is asked, the form, the request, staff's answer."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from tenure.base.ids import public_id
from tenure.billing.models import Refund
from tenure.flows.policy import bring_into_force
from tenure.flows.requests import make_request
from tenure.orders.models import Order
from tenure.subscriptions.models import Subscription
from tenure.support.commands import NewRequest
from tenure.support.models import Request, RequestMessage
from tenure.support.rules import RequestKind
from tests.flows.transfers import TOTAL, by_transfer, imported, transfer_for
from tests.shop import START, subscribe
from tests.web.console.companies import page_of, statements, text_of
from tests.web.console.test_settings import once_of
from tests.web.people import Company, browser

pytestmark = pytest.mark.django_db(transaction=True)

OTHER = "FR7630006000011234567890189"


def token_in(text: str) -> str:
    found = re.search(r'name="once" value="([^"]+)"', text)
    assert found
    return found[1]


def sent(client: Client, path: str, form: str = "", **said: str) -> str:
    """A form of the page ``path`` is sent; where that leads."""
    once = token_in(text_of(client, path))
    answer = client.post(form or path, {"once": once, **said})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"])


def test_an_order_is_cancelled_after_it_was_said_what_that_means(company: Company) -> None:
    subscribe(company.organisation, quantity=2)
    order = public_id("ord", Order.objects.get().id)
    client = browser(company.owner)
    path = page_of(company, f"orders/{order}/cancel")
    assert path in text_of(client, page_of(company, f"orders/{order}"))
    contact = client.get(f"/contact?kind=cancellation&order={order}")
    assert contact.headers["Location"] == path
    text = text_of(client, path)
    for said in (
        "Cancel this order?",
        "You can cancel until the end of March 16, 2027 and get €2,880.00 back.",
        "Designer ends at once",
        "€2,880.00 go back to the card that paid",
        "Your data can be read and exported until March\N{NO-BREAK SPACE}15,",
    ):
        assert said in text, said
    assert "IBAN" not in text
    for other in (company.teammate, company.stranger):
        assert browser(other).get(path).status_code == 404
    request = sent(client, path, reason="Wrong one.")
    text = text_of(client, request)
    assert "The order is cancelled, and what it had begun has ended." in text
    assert "They were given back." in text
    assert Subscription.objects.get().cancelled_at == START
    paid = text_of(client, page_of(company, f"orders/{order}"))
    assert "€2,880.00 go back to the card that paid. They were given back." in paid
    again = text_of(client, path)
    assert "This order is already cancelled." in again
    assert 'name="reason"' not in again
    once = "x" * 20
    assert client.post(path, {"once": once}).status_code == 409
    assert "Cancelling an order" in text_of(client, page_of(company, "requests"))
    assert browser(company.stranger).get(request).status_code == 404


def test_staff_grant_and_decline_with_the_verdict_beside_it(company: Company) -> None:
    bring_into_force(source="[cancellation]\nwindow_days = 0\n", now=START, by="test")
    subscribe(company.organisation)
    subscribe(company.organisation, "analyst-business")
    company.organisation.test_clock = START + timedelta(days=1)
    company.organisation.save()
    client, staff = browser(company.owner), browser(company.staff)
    cases = []
    for row in Order.objects.order_by("id"):
        path = page_of(company, f"orders/{public_id('ord', row.id)}/cancel")
        assert "We look at your request first" in text_of(client, path)
        cases.append(sent(client, path).rpartition("/")[2])
        assert "You have asked already" in text_of(client, path)
        assert client.post(path).headers["Location"].endswith(cases[-1]), "sent again after Back"
        assert cases[-1] in text_of(client, path.removesuffix("/cancel"))
    late = f"/backoffice/requests/{cases[0]}"
    text = text_of(staff, late)
    assert "The last day to cancel was March 1, 2027" in text
    assert "Granting it cancels the order at once" in text
    answer = staff.post(f"{late}/decline", {"message": "It is too late."})
    assert answer.headers["Location"] == late
    mine = page_of(company, f"requests/{cases[0]}")
    assert "the order stays as it is" in text_of(client, mine)
    assert "It is too late." in text_of(client, mine)
    again = {"message": "Please!", "once": once_of(client, mine)}
    assert [client.post(mine, again).status_code for _ in range(2)] == [302, 302]
    assert RequestMessage.objects.filter(text="Please!").count() == 1, "a second click"
    granted = f"/backoffice/requests/{cases[1]}"
    assert sent(staff, granted, f"{granted}/grant", message="Once.") == granted
    text = text_of(staff, granted)
    assert "€1,199.99" in text
    assert "Once." in text
    assert "Granting it" not in text
    assert "Given back" in text
    listed = text_of(staff, "/backoffice/requests?status=closed")
    assert "Granted" in listed
    Request.objects.update(created_at=START - timedelta(hours=3), first_answered_at=START)
    later = text_of(staff, "/backoffice/requests?status=closed")
    assert "3 hours" in later


def test_a_transfer_from_nobody_knows_where_waits_for_its_account(company: Company) -> None:
    order = by_transfer(company.organisation)
    imported(transfer_for(order, iban=""))
    client = browser(company.owner)
    path = page_of(company, f"orders/{public_id('ord', order)}/cancel")
    text = text_of(client, path)
    assert "as soon as we know to which account" in text
    once = token_in(text)
    assert client.post(path, {"once": once, "iban": "nonsense"}).status_code == 422
    request = sent(client, path)
    text = text_of(client, request)
    assert "We do not know yet to which account." in text
    account = f"{request}/account"
    assert client.post(account, {"once": token_in(text), "iban": "FR1"}).status_code == 422
    assert sent(client, request, account, iban=OTHER) == request
    refund = Refund.objects.get()
    assert (refund.status, refund.iban, refund.amount) == ("awaiting_iban", OTHER, TOTAL)
    assert "We look at the account that you gave." in text_of(client, request)
    assert client.post(account, {"iban": OTHER}).status_code == 404
    case = request.rpartition("/")[2]
    assert f"Look at the account {OTHER}" in text_of(
        browser(company.staff), f"/backoffice/requests/{case}"
    )


def test_a_list_of_many_costs_as_much_as_of_one(company: Company) -> None:
    client = browser(company.owner)

    def ask(count: int) -> None:
        for number in range(count):
            new = NewRequest(
                kind=RequestKind.OTHER,
                message=f"Question {number}?",
                language="en",
                organisation=company.organisation.id,
            )
            make_request(new=new, now=START, by="test")

    assert "Nothing asked yet" in text_of(client, page_of(company, "requests"))
    ask(1)
    one = statements(client, page_of(company, "requests"))
    ask(60)
    assert statements(client, page_of(company, "requests")) == one
