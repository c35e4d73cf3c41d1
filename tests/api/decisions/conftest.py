"""Two node processes that live as long as the tests do, and the main port."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.decisions.office import Office, make_key
from tests.api.decisions.ports import MainPort, NodeProcess, Port, database_url
from tests.shop import open_shop


@pytest.fixture(scope="session")
def nodes(django_db_setup: None) -> Iterator[tuple[NodeProcess, NodeProcess]]:
    """Two processes that know nothing of each other."""
    both = NodeProcess(database_url()), NodeProcess(database_url())
    for node in both:
        node.await_readiness()
    yield both
    for node in both:
        node.stop()


@pytest.fixture(scope="session")
def node(nodes: tuple[NodeProcess, NodeProcess]) -> NodeProcess:
    """One of them."""
    return nodes[0]


@pytest.fixture(params=["node", "main"])
def port(request: pytest.FixtureRequest, node: NodeProcess) -> Port:
    """Whatever answers decisions."""
    return node if request.param == "node" else MainPort()


@pytest.fixture
def shop(transactional_db: None) -> None:
    """A catalogue."""
    open_shop()


@pytest.fixture
def office(shop: None) -> Office:
    """An organisation."""
    return Office()


@pytest.fixture
def key(shop: None) -> str:
    """A key of the vendor's."""
    return make_key()
