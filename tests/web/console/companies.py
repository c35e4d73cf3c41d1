"""Companies with a history, for tests of the console."""

from __future__ import annotations

from copy import copy
from datetime import date
from typing import TypeVar

from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenure.access.models import Seat
from tenure.base.calendar import first_instant, zone_named
from tenure.base.ids import new_id, public_id
from tenure.flows.acting import begin_acting
from tenure.flows.clock import advance_clock
from tenure.flows.seats import assign_seat
from tenure.organisations.models import Member, User
from tenure.organisations.rules import Standing
from tenure.subscriptions.models import Subscription
from tenure.web.edge.visitor import ACTING
from tests.shop import START, fill_cart, order_cart, owner_of, subscribe
from tests.web.people import Company, browser, join

Row = TypeVar("Row", bound=Model)
INSIDERS_ONLY = (200, 404, 404, 404, 302)
"""What owner, teammate, stranger, the vendor's staff and nobody get."""


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


def advance(company: Company, day: str) -> None:
    """Let time pass until the first minute of a day in Paris."""
    at = first_instant(date.fromisoformat(day), zone_named("Europe/Paris"))
    advance_clock(organisation=company.organisation.id, to=at, by="test", sandbox=True)


def act(company: Company) -> Client:
    """The browser of one of the vendor's staff who acts for the company."""
    begin_acting(
        organisation=company.organisation.id,
        user=company.staff.id,
        reason="They asked us to look.",
        now=START,
    )
    client = browser(company.staff)
    session = client.session
    session[ACTING] = {
        "organisation": str(company.organisation.id),
        "since": "2999-01-01T00:00:00+00:00",
    }
    session.save()
    return client


def many(company: Company, count: int) -> None:
    """As many subscriptions, orders and events more, each with a seat that is assigned."""
    priced = fill_cart(company.organisation, ("analyst-business", 1))
    order_cart(company.organisation, priced)
    pattern = Subscription.objects.select_related("order_line__order").latest("id")
    line, order, period = pattern.order_line, pattern.order_line.order, pattern.periods.get()
    orders, lines, subscriptions, periods, seats = [], [], [], [], []
    for _ in range(count):
        orders.append(copied(order, cart_id=None))
        lines.append(copied(line, order_id=orders[-1].id))
        subscriptions.append(copied(pattern, order_line_id=lines[-1].id))
        periods.append(copied(period, subscription_id=subscriptions[-1].id, order_id=orders[-1].id))
        seats.append(
            Seat(
                organisation=company.organisation,
                subscription_id=subscriptions[-1].id,
                number=1,
                member=owner_of(company.organisation),
                assigned_at=START,
            )
        )
    for rows in (orders, lines, subscriptions, periods, seats):
        type(rows[0])._default_manager.bulk_create(rows)


def copied(row: Row, **changes: object) -> Row:
    """The same row once more, under a key of its own."""
    made = copy(row)
    made.pk = new_id()
    for name, value in changes.items():
        setattr(made, name, value)
    made._state.adding = True
    return made
