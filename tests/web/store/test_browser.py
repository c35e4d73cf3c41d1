"""The store in a real browser: sound by axe at both widths and in both themes, and its scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.shop import open_shop
from tests.web.browser import Site

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = (
    "/",
    "/store/business/",
    "/store/business/?q=xylophone",
    "/store/business/designer-business?quantity=3",
    "/store/business/bench-business",
    "/store/business/designer-trial",
    "/store/creator/designer-creator?language=fr",
    "/store/business/roles/designer",
    "/contact?offer=bench-business",
)


def test_every_page_is_sound(site: Site, page: Page) -> None:
    open_shop()
    for path in PAGES:
        page.goto(site.url + path)
        site.is_sound(page)


def test_from_the_landing_to_a_filtered_list(site: Site, page: Page) -> None:
    open_shop()
    page.goto(site.url + "/")
    page.get_by_label("Prices for").select_option("FR")
    page.get_by_role("button", name="Change").click()
    expect(page.get_by_label("Prices for")).to_have_value("FR")
    page.get_by_role("link", name="A company").click()
    expect(page.locator("#count")).to_contain_text("4 offers")
    page.get_by_label("Search").fill("analist")
    expect(page.locator("#count")).to_contain_text("2 offers for “analyst")
    expect(page).to_have_url(re.compile(r"q=analist"))
    expect(page.get_by_label("Search")).to_be_focused()
    page.get_by_label("Search").fill("")
    page.get_by_label("Term").select_option("trial")
    expect(page.locator("#count")).to_contain_text("1 offer")
    page.go_back()
    expect(page.locator("#count")).to_contain_text("2 offers for “analyst")
    expect(page.get_by_label("Search")).to_have_value("analist")


def test_the_total_follows_the_choice_and_a_second_cart_is_offered(site: Site, page: Page) -> None:
    open_shop()
    page.goto(site.url + "/store/business/designer-business")
    page.get_by_label("Prices for").select_option("FR")
    page.get_by_role("button", name="Change").click()
    page.get_by_label("Seats").fill("3")
    expect(page.locator("#deal")).to_contain_text("€4,320.00")
    page.get_by_label("3 months").check()
    expect(page.locator("#deal")).to_contain_text("€1,296.00")
    expect(page.get_by_label("Seats")).to_have_value("3")
    page.get_by_label("1 year").check()
    expect(page.locator("#deal")).to_contain_text("€4,320.00")
    page.locator("#deal").get_by_role("button", name="Buy").click()
    page.wait_for_url("**/cart")
    page.goto(site.url + "/store/business/analyst-business")
    page.get_by_label("3 months").check()
    expect(page.locator("#deal")).to_contain_text("One cart holds one term")
    page.get_by_role("button", name="Put it into a second cart").click()
    page.wait_for_url("**/cart")
