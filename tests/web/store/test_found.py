"""What search engines find: every public page of the store, in both languages, and no other."""

from __future__ import annotations

import json
import re

import pytest

from tests.shop import open_shop
from tests.web.people import Company, browser
from tests.web.store.stores import english, french, text, withdraw_one

pytestmark = pytest.mark.django_db(transaction=True)

PUBLIC = (
    "/",
    "/store/business/",
    "/store/business/designer-business",
    "/store/business/roles/designer",
)


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_says_where_it_stands_and_what_it_is(path: str) -> None:
    open_shop()
    for client, language in ((english(), "en"), (french(), "fr")):
        page = text(client.get(path))
        assert re.search(rf'rel="canonical" href="https?://[^/"]+{path}"', page)
        chosen = text(client.get(f"{path}?language={language}"))
        assert re.search(rf'rel="canonical" href="http[^"]+{path}\?language={language}"', chosen)
        for other in ("en", "fr", "x-default"):
            assert f'hreflang="{other}" href="http' in page
        assert 'name="robots"' not in page
        described = re.search(r'<meta name="description" content="([^"]{20,200})">', page)
        assert described, page[:600]


@pytest.mark.parametrize(
    "path", ["/store/business/?q=plan", "/store/business/?term=year", "/store/business/?from=1.x"]
)
def test_parts_of_a_list_are_not_found(path: str) -> None:
    open_shop()
    page = text(english().get(path))
    assert '<meta name="robots" content="noindex, follow">' in page
    assert re.search(r'rel="canonical" href="https?://[^/"]+/store/business/"', page)


@pytest.mark.parametrize("path", [*PUBLIC, "/contact?offer=bench-business"])
def test_everybody_sees_it(company: Company, path: str) -> None:
    for user in (None, company.owner, company.teammate, company.stranger, company.staff):
        assert browser(user).get(path).status_code == 200


def test_the_site_map_names_every_public_page() -> None:
    open_shop()
    gone = withdraw_one()
    site_map = english().get("/sitemap.xml").content.decode()
    paths = re.findall(r"<loc>https?://[^/<]+([^<]+)</loc>", site_map)
    assert set(PUBLIC) <= set(paths)
    assert "/help/" in paths
    assert "/store/student/designer-student" in paths
    assert not any(gone in path for path in paths)
    assert len(paths) == len(set(paths))
    for path in paths:
        page = english().get(path)
        assert (page.status_code, "noindex" in text(page)) == (200, False), path


def test_an_offer_is_a_product_with_its_prices() -> None:
    open_shop()
    page = english().get("/store/business/designer-business").content.decode()
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    product = json.loads(found.group(1))
    assert (product["@type"], product["name"], product["brand"]["name"]) == (
        "Product",
        "Designer",
        "Atelier",
    )
    assert [(each["price"], each["priceCurrency"]) for each in product["offers"]] == [
        ("1200.00", "EUR"),
        ("360.00", "EUR"),
    ]
