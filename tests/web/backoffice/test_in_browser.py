"""Every page of the back office in a browser: sound in light and dark, wide and narrow."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.web.backoffice.money import till
from tests.web.backoffice.world import office
from tests.web.browser import Site
from tests.web.people import Company, browser
from tests.web.soundness import NARROW, SCHEMES, WIDE

pytestmark = pytest.mark.django_db(transaction=True)

PICTURES = os.environ.get("TENURE_PICTURES", "")
"""A directory in which a picture of each page is kept; none by default."""


@pytest.mark.parametrize("language", ["fr"])
def test_every_page_is_sound(company: Company, page: Page, site: Site, language: str) -> None:
    desk = office(company)
    client = browser(desk.admin)
    site.log_in(page, client)
    for number, path in enumerate(desk.paths()):
        joint = "&" if "?" in path else "?"
        page.goto(f"{site.url}{path}{joint}language={language}")
        site.is_sound(page)
        if PICTURES:
            keep_pictures(page, f"{number:02}-{language}")


def test_every_page_about_money_is_sound(company: Company, page: Page, site: Site) -> None:
    """In French, whose words are longer."""
    desk = office(company)
    paths = till(company.organisation).paths(company.organisation.id)
    site.log_in(page, browser(desk.admin))
    for number, path in enumerate(paths):
        joint = "&" if "?" in path else "?"
        page.goto(f"{site.url}{path}{joint}language=fr")
        site.is_sound(page)
        if PICTURES:
            keep_pictures(page, f"money-{number:02}")


def keep_pictures(page: Page, name: str) -> None:
    """How a page looks, wide and narrow, light and dark."""
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            file = Path(PICTURES) / f"{name}-{size['width']}-{scheme}.png"
            page.screenshot(path=file, full_page=True)
    page.set_viewport_size(WIDE)
