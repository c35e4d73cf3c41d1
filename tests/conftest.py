"""The database of a test: rolled back, or for what commits emptied, quicker than Django does it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import TestCase, TransactionTestCase
from pytest_django.plugin import DjangoDbBlocker

from tests.emptying import empty_tables


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the journeys: each of their tests takes long, and none is to be left for the end,
    when other workers have nothing more to do. One worker takes them all, for they share much."""
    items.sort(key=lambda item: "journeys" not in item.path.parts)


class RolledBack(TestCase):
    """Within a transaction; the class as a whole needs none."""

    @classmethod
    def setUpClass(cls) -> None:
        super(TestCase, cls).setUpClass()

    @classmethod
    def tearDownClass(cls) -> None:
        super(TestCase, cls).tearDownClass()


class Emptied(TransactionTestCase):
    """With transactions of its own, on a connection that is kept: a new one knows no table yet."""

    def _fixture_teardown(self) -> None:
        empty_tables()

    def _should_reload_connections(self) -> bool:
        return False


@pytest.fixture
def _django_db_helper(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """What ``db``, ``transactional_db`` and the mark ``django_db`` rest on, in place of
    pytest-django's own, which truncates every table and makes all rights anew for each test."""
    marker = request.node.get_closest_marker("django_db")
    asked = {} if marker is None else marker.kwargs
    assert set(asked) <= {"transaction"}, "no test needed more so far"
    commits = asked.get("transaction") or {"transactional_db", "live_server"} & set(
        request.fixturenames
    )
    made = Emptied if commits else RolledBack
    with django_db_blocker.unblock():
        made.setUpClass()
        case = made(methodName="__init__")
        case._pre_setup()
        yield
        case._post_teardown()
        made.tearDownClass()
        made.doClassCleanups()
