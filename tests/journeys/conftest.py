"""One installation for all the stories that a process tells; they know nothing of each other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys.people import Vendor
from tests.journeys.running import Installation, running_installation
from tests.web.browser import browser

__all__ = ["browser"]


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    """A whole Tenure with the sample catalogue, answering on its main and its decision port."""
    with running_installation() as running:
        yield running


@pytest.fixture(scope="session")
def vendor(installation: Installation) -> Iterator[Vendor]:
    """Who runs it, and may do all."""
    with Vendor.of(installation) as vendor:
        yield vendor


@pytest.fixture(scope="module", autouse=True)
def all_holds_in_the_end(installation: Installation) -> Iterator[None]:
    """Every story ends with ``tenure verify``."""
    yield
    done = installation.command("verify")
    assert done.returncode == 0, done.stdout + done.stderr
