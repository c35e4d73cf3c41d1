"""A real browser on a real server, for tests of pages: import what you use into a conftest.

``site`` is a live server on the test's database, ``page`` a page of Debian's Chromium that fails
the test in the end if a script failed or the content security policy had to step in.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from shutil import which
from typing import Final

import pytest
from django.db import connections
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)
from pytest_django.live_server_helper import LiveServer

from tenure.config.static_files import prepare_assets
from tests.patience import PATIENCE
from tests.web.soundness import WIDE, what_is_wrong

CHROMIUM: Final = os.environ.get("CHROMIUM") or which("chromium") or "chromium"
FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True)
class Site:
    """Where the pages are, and what is asked of every one of them."""

    url: str

    def log_in(self, page: Page, client: Client) -> None:
        """Let ``page`` go on as who is logged in with Django's test client."""
        for name, morsel in client.cookies.items():
            page.context.add_cookies([{"name": name, "value": morsel.value, "url": self.url}])

    def is_sound(self, page: Page) -> None:
        """By axe, in light and dark; and nothing sticks out, at both widths."""
        assert list(what_is_wrong(page)) == []


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Its loop runs in this thread until the module's tests are done, which
    Django must put up with as long, and no other test should have to."""
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE * 1000)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()
        connections.close_all()  # while the loop runs, this thread has one of its own
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that nobody used before: a wide screen, light, in English."""
    context = browser.new_context(viewport=WIDE, locale="en-GB", color_scheme="light")
    context.set_default_timeout(PATIENCE * 1000)
    yield context
    context.close()


@pytest.fixture(scope="session")
def live_server() -> Iterator[LiveServer]:
    """A live server whose assets come as in earnest: prepared, and served by the middleware.

    Django's own handler for tests knows no prepared names, which pages use as soon as anything in
    this run prepared the assets.
    """
    prepare_assets()
    server = LiveServer("localhost", start=False)
    server.thread.static_handler = _as_it_is
    server.start()
    yield server
    server.stop()


def _as_it_is(handler: object) -> object:
    return handler


@pytest.fixture
def site(live_server: LiveServer) -> Site:
    """The pages, served from the test's database."""
    return Site(live_server.url)


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page on which no script may fail and nothing may offend the policy."""
    wrong: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            wrong.append(message.text)

    page = context.new_page()
    page.on("console", note)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    page.close()
    assert wrong == []
