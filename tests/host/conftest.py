"""Places for installations; everything here starts real processes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.host.places import Place, new_place


@pytest.fixture
def place() -> Iterator[Place]:
    """A data directory of its own, in which nothing runs afterwards."""
    with new_place() as made:
        yield made
