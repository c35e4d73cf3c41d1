"""Places for installations; everything here starts real processes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.host.places import Place, new_place


@pytest.fixture
def bare_place() -> Iterator[Place]:
    """A place in which nothing is yet."""
    with new_place() as made:
        yield made


@pytest.fixture
def place() -> Iterator[Place]:
    """A place with a database, in which nothing runs before or afterwards."""
    with new_place(furnished=True) as made:
        yield made
