"""R45: the vendor's finance looks at orders whose country too little speaks for."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenure.base.calendar import Term
from tenure.base.ids import new_id, public_id
from tenure.orders.models import CountryEvidence, Order
from tenure.organisations.models import StaffMember
from tenure.organisations.rules import StaffRole
from tenure.policy.words import Audience
from tests.shop import START, customer, subscribe
from tests.web.people import Company, browser, person

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/backoffice/countries"


@pytest.fixture
def doubt(company: Company) -> Order:
    """An order of a maker in Japan, paid with a French card."""
    maker = customer(Audience.CREATOR, "JP", email="mei@elsewhere.example")
    subscribe(maker, "designer-creator", 1, term=Term.MONTH)
    return Order.objects.get(organisation=maker)


def finance() -> Client:
    user = person("flo@vendor.example", "Flo")
    StaffMember.objects.create(user=user, roles=[StaffRole.FINANCE], created_at=START)
    return browser(user)


def page_of(order: Order) -> str:
    return f"{LIST}/{public_id('ord', order.id)}"


def test_they_see_what_is_known_and_accept_it_with_a_reason(doubt: Order) -> None:
    client = finance()
    assert "1 order whose country is in doubt" in client.get("/backoffice/").content.decode()
    assert page_of(doubt) in client.get(LIST).content.decode()
    page = client.get(page_of(doubt)).content.decode()
    assert "1 of 2" in page
    assert client.post(page_of(doubt), {"reason": " "}).status_code == 422
    answer = client.post(page_of(doubt), {"reason": "Moved to Tokyo"})
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    assert "Moved to Tokyo" in client.get(page_of(doubt)).content.decode()
    assert "No country is in doubt" in client.get(LIST).content.decode()
    assert "Nothing waits" in client.get("/backoffice/").content.decode()


def test_nobody_else_does(company: Company, doubt: Order) -> None:
    for path in (LIST, page_of(doubt)):
        for user in (company.owner, company.teammate, company.stranger, company.staff):
            assert browser(user).get(path).status_code == 404
        assert browser().get(path).status_code == 302
    client = finance()
    assert client.get(f"{LIST}/ord_x").status_code == 404
    assert client.get(f"{LIST}?from=x").status_code == 404


def test_many_cost_as_many_statements_as_one(doubt: Order) -> None:
    client = finance()
    few = statements(client)
    kept = CountryEvidence.objects.get()
    for _ in range(60):
        doubt.pk, doubt.cart = new_id(), None
        doubt.save(force_insert=True)
        kept.order = doubt
        kept.save(force_insert=True)
    assert statements(client) == few < 15
    assert "from=ord_" in client.get(LIST, {"language": "fr"}).content.decode()


def statements(client: Client) -> int:
    client.get(LIST)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(LIST).status_code == 200
    return len(captured)
