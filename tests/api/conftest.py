"""What every test of the API starts from: an open shop and its cast."""

from __future__ import annotations

import pytest

from tests.api.cast import Cast, make_cast
from tests.shop import open_shop


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """The cast, over an open shop."""
    open_shop()
    return make_cast()
