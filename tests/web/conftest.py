"""What tests of pages start from."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from tests.shop import open_shop
from tests.web.browser import browser, context, live_server, page, site
from tests.web.people import Company
from tests.web.people import company as make_company

__all__ = ["browser", "company", "context", "live_server", "page", "site"]


@pytest.fixture
def company(transactional_db: None) -> Company:
    """A company with its people, in an open shop; nobody has tried anything yet."""
    cache.clear()
    open_shop()
    return make_company()
