"""Killed at every commit, two at once, split anyhow: each cent is counted once (R15, R30)."""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from uuid import UUID

import pytest
from django.db import connections
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.base.clock import machine_now
from tenure.billing.bank.lines import StatementRefused
from tenure.billing.bank.matching import Credit, Standing, Wanting, plan_matches
from tenure.billing.models import (
    BankAllocation,
    BankLine,
    Payment,
    PayoutFile,
    Refund,
)
from tenure.flows.bank_import import import_statement
from tenure.flows.bank_matching import match_lines
from tenure.flows.bank_queue import assign_line, give_back
from tenure.flows.payouts import make_payout_file, mark_sent, write_payout_file
from tenure.flows.refunds import refund_order
from tenure.orders.models import Order
from tests.billing.statements import DAY, Movement, camt
from tests.flows.doomed import every_point
from tests.flows.transfers import TOTAL, all_holds, by_transfer, imported, transfer_for
from tests.shop import START, customer, open_shop

pytestmark = pytest.mark.django_db(transaction=True)

_numbers = count(1)
WHO = {"now": START, "by": "staff:test"}


def order_of_a_company(*, clock: bool = False) -> UUID:
    """An order that waits, of a customer of its own."""
    email = f"c{next(_numbers)}@c.example"
    if clock:
        return by_transfer(customer(email=email))
    return by_transfer(customer(email=email, clock=None), now=machine_now())


def test_an_import_killed_anywhere_is_made_up_for_by_the_next() -> None:
    open_shop()
    worlds: list[tuple[list[UUID], bytes]] = []

    def work(_at: int) -> Callable[[], object]:
        orders = [order_of_a_company(), order_of_a_company(clock=True), order_of_a_company()]
        whole, clocked, part = orders
        today = machine_now().date()
        content = camt(
            [
                transfer_for(whole, TOTAL + 100, day=today),
                transfer_for(clocked),
                transfer_for(part, 1000, day=today),
                Movement(777, text=f"inconnu {next(_numbers)}"),
            ]
        )
        worlds.append((orders, content))
        return lambda: read(content)

    points = 0
    for at in every_point(work):
        points = at
        orders, content = worlds[-1]
        match_lines(now=machine_now(), by="worker")
        read(content)
        found = Order.objects.filter(id__in=orders).order_by("id")
        assert sorted(found.values_list("status", flat=True)) == [
            "awaiting_transfer",
            "paid",
            "paid",
        ]
        given_ = BankAllocation.objects.filter(order__in=orders).values_list("amount", flat=True)
        assert sorted(given_) == [1000, TOTAL, TOTAL]
    assert points >= 10
    assert BankLine.objects.count() == 4 * len(worlds)
    all_holds()


def read(content: bytes) -> object:
    """A file is imported."""
    return import_statement(
        source=io.BytesIO(content), name="s.xml", now=machine_now(), by="command"
    )


def test_a_refused_file_leaves_nothing_however_it_ends() -> None:
    open_shop()
    order = order_of_a_company(clock=True)
    content = camt([transfer_for(order)] * 3)[:-60]

    def work(_at: int) -> Callable[[], object]:
        def refused() -> None:
            with pytest.raises(StatementRefused):
                read(content)

        return refused

    for _ in every_point(work):
        assert BankLine.objects.count() == 0
    assert Order.objects.get().status == "awaiting_transfer"
    all_holds()


def test_staff_killed_anywhere_have_decided_once_or_not() -> None:
    open_shop()
    worlds: list[tuple[UUID, UUID]] = []

    def work(_at: int) -> Callable[[], object]:
        order = order_of_a_company(clock=True)
        imported(Movement(TOTAL + 5, text=f"sans {next(_numbers)}"))
        line = BankLine.objects.latest("id").id
        worlds.append((order, line))
        return lambda: assign_line(line=line, orders=[order], **WHO)

    for _ in every_point(work):
        order, line = worlds[-1]
        if Order.objects.get(id=order).status != "paid":
            assign_line(line=line, orders=[order], **WHO)
        row = BankLine.objects.get(id=line)
        assert (Order.objects.get(id=order).status, row.open) == ("paid", 5)
    all_holds()


def test_a_refund_by_sepa_killed_anywhere_leaves_once() -> None:
    open_shop()
    worlds: list[UUID] = []

    def send() -> None:
        file = make_payout_file(**WHO).ids[0]
        mark_sent(file=file, **WHO)

    def work(_at: int) -> Callable[[], object]:
        order = order_of_a_company(clock=True)
        imported(transfer_for(order, TOTAL + next(_numbers)))
        line = BankLine.objects.latest("id").id
        give_back(line=line, note="Trop", **WHO)
        refund_order(order=order, amount=None, reason="Why not.", now=START, by="test")
        worlds.append(order)
        return send

    for _ in every_point(work):
        refund = Refund.objects.get(order=worlds[-1])
        if refund.file_id is None:
            make_payout_file(**WHO)
        file = PayoutFile.objects.latest("id")
        content = write_payout_file(file=file.id, **WHO)
        assert content.count(refund.id.hex.encode()) == 1
        mark_sent(file=file.id, **WHO)
        imported(Movement(-file.total, text=file.id.hex))
        refund.refresh_from_db()
        assert (refund.status, refund.file_id) == ("done", file.id)
    assert Payment.objects.filter(status="captured").count() == len(worlds)
    all_holds()


def test_two_imports_of_the_same_money_at_once_count_it_once() -> None:
    open_shop()
    orders = [order_of_a_company() for _ in range(3)]
    today = machine_now().date()
    contents = [
        camt([transfer_for(order, day=today) for order in each])
        for each in (orders, list(reversed(orders)))
    ]

    def work(content: bytes) -> None:
        try:
            read(content)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, contents))
    match_lines(now=machine_now(), by="worker")
    assert BankLine.objects.count() == 3
    assert set(Order.objects.values_list("status", flat=True)) == {"paid"}
    all_holds()


@settings(max_examples=200, deadline=None)
@given(
    totals=st.lists(st.integers(1, 5000), min_size=1, max_size=3),
    parts=st.lists(st.tuples(st.integers(0, 2), st.integers(1, 6000)), max_size=8),
)
def test_however_it_is_split_no_cent_is_lost_or_made(
    totals: list[int], parts: list[tuple[int, int]]
) -> None:
    wanting = {
        UUID(int=n): Wanting(UUID(int=n), Standing.WAITING, total, "EUR", None)
        for n, total in enumerate(totals)
    }
    came = [
        Credit(UUID(int=100 + n), amount, "EUR", DAY, (UUID(int=order % len(totals)),))
        for n, (order, amount) in enumerate(parts)
    ]
    plan = plan_matches(came, wanting)
    assert plan.outcomes.keys() == {each.line for each in came}
    for order, each in wanting.items():
        given_ = sum(share.amount for share in plan.shares if share.order == order)
        sent = sum(credit.amount for credit in came if credit.orders == (order,))
        assert given_ == min(sent, each.missing)
        assert (order in plan.paid) == (sent >= each.missing)
    for credit in came:
        shared = sum(share.amount for share in plan.shares if share.line == credit.line)
        assert shared <= credit.amount
        whole = plan.outcomes[credit.line] in ("matched", "partial")
        assert whole == (shared == credit.amount)
