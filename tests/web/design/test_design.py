"""The components, seen by a browser, and what the base of every page promises."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django import Settings

from tests.web.browser import Site
from tests.web.people import Company
from tests.web.soundness import NARROW

SHELLS = [f"/design/shell/{base}" for base in ("store", "console", "home", "backoffice", "narrow")]
PAGES = ["/design/", "/design/confirmation", *SHELLS]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_components_are_sound(page: Page, site: Site, language: str) -> None:
    for path in PAGES:
        page.goto(f"{site.url}{path}?language={language}")
        site.is_sound(page)


def test_whoever_is_logged_in_finds_their_places(page: Page, site: Site, company: Company) -> None:
    client = Client()
    client.force_login(company.owner)
    site.log_in(page, client)
    page.goto(site.url + "/design/shell/console?language=en")
    page.locator("summary", has_text="Account menu").click()
    expect(page.get_by_role("link", name="Login and security")).to_be_visible()
    link = page.get_by_role("link", name=company.organisation.name)
    expect(link).to_have_attribute("href", f"/console/{company.id}/")
    site.is_sound(page)


def test_there_is_no_such_page_without_a_sandbox(client: Client, settings: Settings) -> None:
    settings.SANDBOX = False
    assert [client.get(path).status_code for path in PAGES] == [404] * len(PAGES)


def test_there_is_no_other_base(client: Client, db: None) -> None:
    assert client.get("/design/shell/elsewhere").status_code == 404


def test_the_policy_has_no_exception(client: Client, db: None) -> None:
    policy = client.get("/design/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert not re.search(r"unsafe|nonce|data:|https?:|\*", policy)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_inline(client: Client, db: None, path: str) -> None:
    html = client.get(path).content.decode()
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:|<script(?![^>]*\ssrc=)", html)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", html)


def test_a_page_is_compressed(client: Client, db: None) -> None:
    answer = client.get("/design/", headers={"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"


def test_the_theme_is_kept_and_known_to_the_server(page: Page, site: Site) -> None:
    page.goto(site.url + "/design/?language=en#forms")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "tenure-dark")
    assert page.evaluate(ground) != light
    expect(page).to_have_url(re.compile("/design/"))
    page.get_by_role("button", name="As on this device").click()
    assert page.evaluate("document.documentElement.dataset.theme") is None


def test_a_theme_leads_nowhere_else(client: Client) -> None:
    answer = client.post("/appearance", {"theme": "dark", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"
    assert client.post("/appearance", {"theme": "pink", "next": "/x"}).cookies["theme"].value == ""
    assert client.get("/appearance").status_code == 405


def test_keys_alone_reach_everything(page: Page, site: Site) -> None:
    page.goto(site.url + "/design/?language=en")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    opener = page.get_by_role("button", name="Ask before")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_menu_opens_without_scripts_and_closes_with_them(page: Page, site: Site) -> None:
    page.goto(site.url + "/design/?language=en")
    page.locator("summary", has_text="More").click()
    entry = page.get_by_role("link", name="Export")
    expect(entry).to_be_visible()
    entry.focus()
    page.keyboard.press("Escape")
    expect(entry).to_be_hidden()


def test_what_is_pressed_is_large_enough(page: Page, site: Site) -> None:
    """WCAG 2.2, 2.5.8: 24 pixels each way, links within text excepted."""
    page.set_viewport_size(NARROW)
    page.goto(site.url + "/design/?language=en")
    small = page.evaluate(
        """() => [...document.querySelectorAll("a, button, input, select, summary")]
             .filter((e) => !e.matches(".link-plain, .skip, .tile-link, li a.underline"))
             .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height > 0)
             .map((e) => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
             .filter(([, box]) => box.width < 24 || box.height < 24)
             .map(([html]) => html)"""
    )
    assert small == []
