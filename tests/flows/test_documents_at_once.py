"""Numbers have no gap, whoever issues at the same moment and whoever is killed doing it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connections

from tenure.base.clock import machine_now
from tenure.billing.documents.content import parse
from tenure.billing.models import Document, DocumentSeries
from tenure.events.journal import transaction
from tenure.flows.documents import Bought, issue_receipts, read_bought
from tenure.flows.verify.run import verify
from tenure.orders.models import Order
from tests.flows.crowd import at_once
from tests.flows.test_documents import received
from tests.shop import START, customer, fill_cart, open_shop, order_cart

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.unmeasured]

CROWD = 50
DOOMED = 6
FEW = 5
"""Customers: who issues for one waits for who issues for the same."""


def customers() -> list[Bought]:
    """Some orders of different customers."""
    open_shop()
    orders = []
    for number in range(FEW):
        company = customer(email=f"ada{number}@atelier.example")
        placed = order_cart(company, fill_cart(company, ("designer-business", 1)))
        orders.append(Order.objects.get(id=placed.order))
    return read_bought(orders)


def issue(of: list[Bought]) -> None:
    """A receipt for each of some orders, in one transaction."""
    with transaction(now=START, by="test") as journal:
        issue_receipts(receipts=[received(each) for each in of], journal=journal)


@contextmanager
def issuing_until_killed(of: list[Bought]) -> Iterator[list[int]]:
    """Processes that do nothing else, and are killed one after another."""
    connections.close_all()
    children = []
    for number in range(DOOMED):
        child = os.fork()
        if child == 0:
            try:
                while True:
                    issue([of[number % FEW]])
            finally:
                os._exit(1)
        children.append(child)
    try:
        yield children
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def kill_each_at_work(children: list[int]) -> None:
    """One after another, each when more has been issued since the last."""
    while children:
        seen = Document.objects.filter(series="TREC").count()
        while Document.objects.filter(series="TREC").count() < seen + 3:
            pass
        child = children.pop()
        os.kill(child, signal.SIGKILL)
        assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL


def test_fifty_at_once_with_processes_killed_between_leave_no_gap() -> None:
    of = customers()
    with issuing_until_killed(of) as children:
        at_once(CROWD, lambda number: issue([of[number % FEW], of[(number + 1) % FEW]]))
        kill_each_at_work(children)
    papers = list(Document.objects.filter(series="TREC").order_by("sequence"))
    assert len(papers) >= 2 * CROWD + 3 * DOOMED
    assert [paper.sequence for paper in papers] == list(range(1, len(papers) + 1))
    assert DocumentSeries.objects.get(series="TREC").last == len(papers)
    before = ""
    for paper in papers:
        assert parse(paper.content).previous_sha256 == before
        before = paper.sha256
    assert [each.check.name for each in verify(now=machine_now()) if not each.holds] == []
