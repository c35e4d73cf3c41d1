"""Without the database there is no answer, and never a guess; and it comes back by itself."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tenure.host.processes import attempts
from tests.api.decisions.office import Office
from tests.api.decisions.ports import (
    EVALUATION,
    EVALUATIONS,
    NodeProcess,
    Reply,
    database_url,
    post,
)
from tests.api.decisions.proxy import Proxy
from tests.patience import PATIENCE


@pytest.fixture(scope="module")
def proxy(django_db_setup: None) -> Iterator[Proxy]:
    """The only way to the database for the node of these tests."""
    made = Proxy(database_url())
    yield made
    made.close()


@pytest.fixture(scope="module")
def far_node(proxy: Proxy) -> Iterator[NodeProcess]:
    """A node behind the proxy."""
    made = NodeProcess(proxy.url)
    made.await_readiness()
    yield made
    made.stop()


def unavailable(reply: Reply) -> bool:
    assert reply.status in {200, 503}, reply.content
    if reply.status == 200:
        return False
    assert reply.body["code"] == "unavailable"
    assert reply.headers["retry-after"] == "1"
    return True


def test_a_database_that_is_gone(
    proxy: Proxy, far_node: NodeProcess, office: Office, key: str
) -> None:
    question = office.question(office.organisation.members.get())
    stranger = office.question("nobody@nowhere.example")
    proxy.open()
    assert post(far_node, EVALUATION, question, key).status == 200
    proxy.cut()
    for _ in range(3):
        began = time.monotonic()
        for asked in (question, stranger):
            assert unavailable(post(far_node, EVALUATION, asked, key))
            assert unavailable(post(far_node, EVALUATIONS, {"evaluations": [asked]}, key))
        assert time.monotonic() - began < 20, "it says so at once"
    assert far_node.send("GET", "/readyz", b"", {}).status == 503
    assert far_node.send("GET", "/healthz", b"", {}).status == 200
    proxy.open()
    revision = office.touch()
    assert post(far_node, EVALUATION, question, key).body["context"]["revision"] == revision
    far_node.await_readiness()


def test_connections_that_were_lost_meanwhile_are_no_outage(
    proxy: Proxy, far_node: NodeProcess, office: Office, key: str
) -> None:
    """A database that was started anew is asked anew; nobody is told of it."""
    question = office.question(office.organisation.members.get())
    proxy.open()
    for _ in range(5):
        assert post(far_node, EVALUATION, question, key).status == 200
        proxy.cut()
        proxy.open()
    assert post(far_node, EVALUATION, office.question("a@b.example"), key).status == 200


def test_a_database_that_does_not_answer(
    proxy: Proxy, far_node: NodeProcess, office: Office, key: str
) -> None:
    question = office.question(office.organisation.members.get())
    proxy.open()
    assert post(far_node, EVALUATION, question, key).status == 200
    proxy.block()
    try:
        began = time.monotonic()
        assert unavailable(post(far_node, EVALUATION, question, key))
        assert time.monotonic() - began < 60, "nobody is kept waiting"
    finally:
        proxy.open()
    for _ in attempts(PATIENCE):
        if not unavailable(post(far_node, EVALUATION, question, key)):
            break
    revision = office.touch()
    assert post(far_node, EVALUATION, question, key).body["context"]["revision"] == revision
