"""The list of an audience: filters, search, prices with or without tax, contact (R3, R4, R7)."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.shop import open_shop
from tests.web.people import Company, browser
from tests.web.store.stores import english, french, large_shop, statements, text

pytestmark = pytest.mark.django_db(transaction=True)


ALL = ["Designer", "Analyst", "Designer", "Designer + Analyst"]
ANALYST = ["Analyst", "Designer + Analyst"]


def names(page: str) -> list[str]:
    """The offers of a list, in its order."""
    return re.findall(r'<h2 class="mt-0.5 text-lg"><a [^>]*>([^<]+)</a>', page)


def test_offers_have_their_prices_per_term_and_say_whether_with_tax() -> None:
    open_shop()
    page = text(english().get("/store/business/"))
    assert names(page) == ALL
    assert "4 offers" in page
    assert "€1,200 <span" in page
    assert "per year" in page
    assert "€360 <span" in page
    assert "a seat, without tax" in page
    assert "a seat, with tax" in text(english().get("/store/creator/"))
    french_page = text(french().get("/store/business/"))
    assert "1 200 € <span" in french_page
    assert "la place, HT" in french_page


def test_trials_bundles_and_what_is_not_sold_online_are_marked() -> None:
    """R4, R9."""
    open_shop()
    page = text(english().get("/store/business/"))
    assert "Trial of 30 days" in page
    assert "2 roles in one seat" in page
    assert "This is not sold online; contact us and we will make you an offer." in page
    assert 'href="/contact?offer=bench-business&amp;audience=business&amp;country=FR"' in page


def test_what_is_not_sold_in_the_country_leads_to_the_contact_form() -> None:
    """R4, R5."""
    open_shop()
    client = Client(headers={"Accept-Language": "en"})
    client.post("/preferences", {"country": "IT"})
    page = text(client.get("/store/business/"))
    assert "This is not sold online in your country (Italy); contact us." in page
    assert page.count(">Buy<") == 0
    client.post("/preferences", {"country": "US"})
    assert "$1,300" in text(client.get("/store/business/"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=designer", ["Designer", "Designer", "Designer + Analyst"]),
        ("q=desinger", ["Designer", "Designer", "Designer + Analyst"]),
        ("q=CONCEPTEUR", ["Designer", "Designer", "Designer + Analyst"]),
        ("q=conceptuer", ["Designer", "Designer", "Designer + Analyst"]),
        ("q=solver", ANALYST),
        ("q=xylophone", []),
        ("q=%00%FF", ALL),
        ("term=quarter", ["Designer", "Analyst", "Designer + Analyst"]),
        ("term=trial", ["Designer"]),
        ("term=month", ALL),
        ("application=solver", ANALYST),
        (
            "solution=design&application=solver&term=year&q=analyst",
            ANALYST,
        ),
        (
            "solution=nonsense&application=%00",
            ALL,
        ),
    ],
)
def test_search_and_filters_narrow_the_list(query: str, found: list[str]) -> None:
    open_shop()
    assert names(text(english().get(f"/store/business/?{query}"))) == found


def test_a_forgiven_error_is_said() -> None:
    open_shop()
    page = text(english().get("/store/business/?q=desinger"))
    assert "for “designer”, since nothing is called “desinger”" in page
    assert "since nothing" not in text(english().get("/store/business/?q=designer"))
    empty = text(english().get("/store/business/?q=<b>xylophone</b>"))
    assert "Nothing matches" in empty
    assert "<b>xylophone" not in empty


def test_pages_follow_each_other_with_the_filters_that_were_chosen() -> None:
    large_shop(60)
    client = english()
    page = text(client.get("/store/business/?q=role&term=year"))
    assert "60 offers" in page
    seen = names(page)
    while following := re.search(r'href="([^"]+)"[^>]*rel="next"', page):
        page = text(client.get(following.group(1).replace("&amp;", "&")))
        assert "60 offers" in page
        seen += names(page)
    assert len(seen) == len(set(seen)) == 60
    assert "Back to the start" in page


@pytest.mark.parametrize("place", ["x", "1", "1.%00", "-1.a", "99999999999.a", "²."])
def test_a_place_that_is_none_is_not_found(place: str) -> None:
    open_shop()
    assert english().get(f"/store/business/?from={place}").status_code == 404


def test_there_is_no_other_audience() -> None:
    open_shop()
    assert english().get("/store/pirate/").status_code == 404
    moved = english().get("/store/business?q=plan")
    assert (moved.status_code, moved["Location"]) == (302, "/store/business/?q=plan")


def test_an_organisation_buys_where_it_is_billed(company: Company) -> None:
    """R5: the guess only preselects."""
    page = text(browser(company.owner, **{"Accept-Language": "en-US"}).get("/store/business/"))
    assert '<option value="FR" selected>' in page
    assert '<option value="US" selected>' in text(
        browser(company.owner, **{"Accept-Language": "en-US"}).get("/store/creator/")
    )


@pytest.mark.parametrize(
    "path",
    [
        "/store/business/",
        "/store/business/?q=role&term=year&solution=design&application=solver",
        "/store/business/?from=3.x",
    ],
)
def test_as_many_statements_for_few_offers_as_for_many(path: str) -> None:
    large_shop(3)
    few = statements(lambda: english().get(path))
    large_shop(300)
    assert statements(lambda: english().get(path)) == few <= 7
