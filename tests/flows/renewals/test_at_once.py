"""R24: any number of workers, killed anywhere, renew everything once."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import Q

from tenure.base.calendar import Term
from tenure.billing.models import Document, Payment, SandboxCharge
from tenure.events.journal import transaction
from tenure.flows.due import run_due
from tenure.flows.renewals.charging import charge_renewals
from tenure.flows.simulation.killing import leave_connection, wait_for_the_dead
from tenure.orders.models import Order
from tenure.subscriptions.commands.boundaries import due_deadlines, due_ends
from tenure.subscriptions.commands.renewing import due_beginnings, lock_periods_to_renew
from tenure.subscriptions.models import Period
from tenure.subscriptions.queries.reminders import due_reminders
from tests.flows.crowd import at_once
from tests.flows.doomed import every_point
from tests.flows.transfers import all_holds
from tests.patience import PATIENCE
from tests.shop import START, customer, fill_cart, open_shop, order_cart

pytestmark = pytest.mark.django_db(transaction=True)

_numbers = count(1)
NOW = timedelta(0)


def buys() -> datetime:
    """A company that lives by the machine's clock buys two roles; when that is to be renewed."""
    company = customer(clock=None, email=f"ada{next(_numbers)}@atelier.example")
    both = (("designer-business", 1), ("analyst-business", 1))
    order_cart(company, fill_cart(company, *both, term=Term.QUARTER))
    (at,) = set(Period.objects.filter(organisation=company).values_list("renew_at", flat=True))
    assert at is not None
    return at


def work_off(now: datetime) -> None:
    """What a worker does."""
    run_due(now=now, charge=partial(_charge, now))
    charge_renewals(now=now, patience=NOW)


def _charge(now: datetime, order: Callable[[], int]) -> int:
    return charge_renewals(now=now, patience=NOW, order=order)


def renewed_once(companies: int) -> None:
    """Every company's renewal was ordered, charged, numbered and told of once."""
    orders = Order.objects.filter(kind="renewal")
    assert [order.status for order in orders] == ["paid"] * companies
    assert Payment.objects.filter(off_session=True, status="captured").count() == companies
    assert SandboxCharge.objects.filter(status="captured").count() == 2 * companies
    assert Period.objects.filter(kind="renewal").count() == 2 * companies
    numbers = Document.objects.filter(series="REN").order_by("sequence")
    assert [paper.sequence for paper in numbers] == list(range(1, companies + 1))
    all_holds()


def test_many_workers_renew_everything_once() -> None:
    open_shop()
    due = max(buys() for _ in range(5))
    at_once(4, lambda _: work_off(due))
    renewed_once(5)


def test_killed_anywhere_it_is_renewed_once() -> None:
    open_shop()
    companies = []

    def work(_at: int) -> Callable[[], None]:
        companies.append(buys())
        return lambda: work_off(companies[-1])

    for _ in every_point(work):
        work_off(companies[-1])
    assert len(companies) > 4
    renewed_once(len(companies))


def test_killed_while_one_is_settled_and_the_next_called_for_all_are_renewed_once() -> None:
    """R17, R24: while settling one has to wait, the gateway is called for the next, whose
    settlement waits for it."""
    open_shop()
    due = max(buys() for _ in range(3))
    run_due(now=due)
    intents = Payment.objects.filter(off_session=True).order_by("called_at", "id")
    in_turn = list(intents.values_list("order_id", flat=True))
    before = max(intents.values_list("called_at", flat=True))
    holder = connection.copy()
    with holder.cursor() as held:
        held.execute("BEGIN")
        held.execute("SELECT FROM orders_order WHERE id = %s FOR UPDATE", in_turn[:1])
        child = os.fork()
        if child == 0:
            try:
                leave_connection()
                charge_renewals(now=due, patience=NOW, most=1)
            finally:
                os._exit(1)
        try:
            limit = time.monotonic() + PATIENCE
            while intents.filter(called_at__gt=before).count() < 3:
                assert time.monotonic() < limit, "nobody is called for while another is settled"
                time.sleep(0.01)
            assert SandboxCharge.objects.count() == 3 + 2
            assert {payment.status for payment in intents} == {"intended"}
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            holder.close()
    wait_for_the_dead()
    assert charge_renewals(now=due, patience=NOW, most=1) == 3
    numbers = Document.objects.filter(series="REN").order_by("sequence")
    assert list(numbers.values_list("order_id", flat=True)) == in_turn
    renewed_once(3)


def test_who_works_on_one_period_holds_all_that_its_customer_renews() -> None:
    """R24: nobody orders the rest of it meanwhile, as an order of its own."""
    open_shop()
    company = Period.objects.filter(renew_at=buys()).earliest("id").organisation_id
    theirs = Q(organisation_id=company)
    far = START + timedelta(days=400)
    assert len(lock_in_a_thread(theirs, far)) == 2
    for held in (due_deadlines, due_ends, due_reminders):
        with transaction(now=START, by="test"):
            assert len(held(theirs, far)[:1]) == 1
            assert not lock_in_a_thread(theirs, far)


def test_what_was_passed_over_comes_with_the_rest_of_its_customer() -> None:
    """R24: another worker held one of two a moment ago, and has let go of their customer."""
    open_shop()
    one = Period.objects.filter(renew_at=buys()).earliest("id")
    with transaction(now=START, by="test"):
        Period.objects.select_for_update().get(id=one.id)
        taken = lock_in_a_thread(Q(organisation_id=one.organisation_id), START + timedelta(400))
        assert len(taken) == 2


def test_who_passes_a_customer_over_keeps_nothing_of_it() -> None:
    """R24: two workers that did so would wait for each other in the end."""
    open_shop()
    company = Period.objects.filter(renew_at=buys()).earliest("id").organisation_id
    theirs, far = Q(organisation_id=company), START + timedelta(days=400)
    holder = connection.copy()
    with holder.cursor() as held, transaction(now=START, by="test"):
        held.execute("BEGIN")
        held.execute(
            "SELECT FROM organisations_organisation WHERE id = %s FOR NO KEY UPDATE", [company]
        )
        assert not lock_periods_to_renew(theirs, far, 10)[0]
        for passing in (due_deadlines, due_ends, due_reminders):
            assert not passing(theirs, far)
        assert not due_beginnings(theirs, far, 10)
        held.execute(
            "SELECT FROM subscriptions_period WHERE organisation_id = %s FOR UPDATE NOWAIT",
            [company],
        )
        assert held.rowcount == 2
    holder.close()


def lock_in_a_thread(scope: Q, until: datetime) -> list[UUID]:
    """What another worker can take of what is to be renewed."""
    found: list[UUID] = []

    def take(_number: int) -> None:
        with transaction(now=START, by="test"):
            found.extend(lock_periods_to_renew(scope, until, 10)[0])

    at_once(1, take)
    return found
