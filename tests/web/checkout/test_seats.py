"""More seats in the console: the sum before, the other way beside it, and buying them (R27)."""

from __future__ import annotations

import re

from django.test import Client

from tenure.access.models import Seat
from tenure.base.calendar import Term
from tenure.base.ids import public_id
from tenure.orders.models import Order
from tenure.subscriptions.models import Subscription
from tests.shop import customer, subscribe
from tests.web.console.companies import (
    INSIDERS_ONLY,
    advance,
    bought,
    french,
    page_of,
    statements,
    subscription_page,
    text_of,
    tried_by_all,
)
from tests.web.people import Company, browser


def sent(client: Client, path: str, **also: str) -> str:
    """The form as it is shown, sent; where it leads, or the page that says why not."""
    hidden = dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text_of(client, path))
    )
    answer = client.post(path, {**hidden, "card": "tok_ok", **also})
    return str(answer.headers.get("Location") or answer.content.decode())


def test_seats_are_added_at_the_sum_that_was_shown(company: Company) -> None:
    made = bought(company)
    advance(company, "2027-06-09")
    client, page = browser(company.owner), f"{subscription_page(company, made)}/seats"
    assert f'href="{page}"' in text_of(client, subscription_page(company, made))
    shown = text_of(client, f"{page}?quantity=2").replace("\N{NO-BREAK SPACE}", " ")
    for said in (
        "× 266 ÷ 366",
        "Tax of 20%",
        "€2,093.11",
        "June 9, 2027 to February 29, 2028",
        "You can take these seats back, and get everything that they cost, until June 24, 2027.",
        "You can stop that until February 25, 2028.",
        "Bank transfer",
        f"/store/business/roles/designer?organisation={company.id}&amp;quantity=2",
    ):
        assert said in shown, said
    order = sent(client, f"{page}?quantity=2")
    assert Seat.objects.filter(subscription=made).count() == 4
    paid = text_of(client, order).replace("\N{NO-BREAK SPACE}", " ")
    assert "Thank you, it is paid" in paid
    assert "June 9, 2027" in paid
    assert "They renew with the subscription" in paid
    assert public_id("sub", made.id) in text_of(
        client, page_of(company, order.replace("/orders", "orders"))
    )
    cancel = text_of(client, page_of(company, f"{order.lstrip('/')}/cancel"))
    assert "2 seats of Designer go, free ones first" in cancel
    assert "The rest of the subscription goes on." in cancel
    assert "Places" in text_of(french(company.owner), page)


def test_what_changed_or_cannot_be_is_told(company: Company) -> None:
    made = bought(company)
    client, page = browser(company.owner), f"{subscription_page(company, made)}/seats"
    assert "no longer what was shown" in sent(client, page, total="1")
    assert client.get(f"{page}?quantity=0").status_code == 422
    assert client.post(page, {"quantity": "0", "card": "tok_ok"}).status_code == 422
    assert not Order.objects.filter(kind="seats").exists()
    trial = subscribe(customer(email="t@atelier.example"), "designer-trial", term=Term.TRIAL)
    Subscription.objects.filter(id=trial.id).update(organisation=company.organisation)
    refused = text_of(client, f"{subscription_page(company, trial)}/seats")
    assert "A trial keeps the seats that it began with" in refused
    assert tried_by_all(company, page) == INSIDERS_ONLY


def test_more_seats_of_a_role_can_be_had_in_two_ways(company: Company) -> None:
    client, page = browser(company.owner), page_of(company, "extend/designer?quantity=3")
    store = f"/store/business/roles/designer?organisation={company.id}&quantity=3"
    assert client.get(page).headers["Location"] == store
    made = bought(company)
    text = text_of(client, page)
    assert f"{subscription_page(company, made)}/seats?quantity=3" in text
    assert store.replace("&", "&amp;") in text
    one = statements(client, page)
    for _ in range(3):
        subscribe(company.organisation)
    assert statements(client, page) == one
    assert client.get(page_of(company, "extend/analyst")).status_code == 302
    assert tried_by_all(company, page) == INSIDERS_ONLY
