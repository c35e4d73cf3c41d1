"""The console's first page (R39)."""

from __future__ import annotations

import pytest

from tests.web.console.companies import (
    INSIDERS_ONLY,
    bought,
    page_of,
    statements,
    text_of,
    tried_by_all,
)
from tests.web.people import Company, browser


def test_owners_see_it_and_nobody_else(company: Company) -> None:
    assert tried_by_all(company, page_of(company)) == INSIDERS_ONLY


def test_the_two_roads_lead_on(company: Company) -> None:
    bought(company)
    text = text_of(browser(company.owner), page_of(company))
    assert "Extend your skills" in text
    assert "Grow your team" in text
    assert "1 of 2 assigned" in text


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "subscriptions",
        "subscriptions?show=over",
        "orders",
        "history",
        "settings",
        "settings/billing",
        "settings/security",
        "settings/ownership",
        "settings/keys",
        "settings/clock",
    ],
)
def test_pages_render(company: Company, rest: str) -> None:
    bought(company)
    text_of(browser(company.owner), page_of(company, rest))
    print(statements(browser(company.owner), page_of(company, rest)))
