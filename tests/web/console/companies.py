"""Companies with a history, for tests of the console."""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenure.base.ids import public_id
from tenure.flows.seats import assign_seat
from tenure.organisations.models import Member, User
from tenure.organisations.rules import Standing
from tenure.subscriptions.models import Subscription
from tests.shop import START, subscribe
from tests.web.people import Company, browser, join


def bought(company: Company, offer: str = "designer-business", quantity: int = 2) -> Subscription:
    """A subscription of which the teammate holds a seat."""
    made = subscribe(company.organisation, offer, quantity)
    member = Member.objects.get(organisation=company.organisation, user=company.teammate)
    assign_seat(subscription=made.id, member=member.id, now=START, by="test")
    return made


def page_of(company: Company, rest: str = "") -> str:
    """A page of the company's console."""
    return f"/console/{company.id}/{rest}"


def subscription_page(company: Company, subscription: Subscription) -> str:
    """The page of a subscription."""
    return page_of(company, f"subscriptions/{public_id('sub', subscription.id)}")


def text_of(client: Client, path: str) -> str:
    """A page that is there."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    return str(answer.content.decode())


def french(user: User) -> Client:
    """A browser that reads French."""
    return browser(user, **{"accept-language": "fr"})


def statements(client: Client, path: str) -> int:
    """How many statements a page takes, once what is kept in memory is there."""
    client.get(path)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


def billing_contact(company: Company) -> User:
    """Somebody who sees the bill alone."""
    user = join(company.organisation, "pay@atelier.example", Standing.BILLING).user
    assert user is not None
    return user


def tried_by_all(company: Company, path: str) -> tuple[int, ...]:
    """What owner, teammate, stranger, the vendor's staff and nobody get."""
    cast = (company.owner, company.teammate, company.stranger, company.staff, None)
    return tuple(browser(user).get(path).status_code for user in cast)


INSIDERS_ONLY = (200, 404, 404, 404, 302)
