"""``make screenshots``: pictures of every page of a demonstration, in docs/screenshots.

    python -m tests.screenshots [--to DIRECTORY] [--png] [--everything] [--url URL] [name ...]

Each page in English at 1280 pixels and in French at 390, light, and some of them dark;
``--everything`` makes both languages at both widths, light and dark. With names, only those pages.
"""

from __future__ import annotations

import argparse
import base64
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from playwright.sync_api import Page, ViewportSize, sync_playwright

from tests.web.browser import CHROMIUM, FLAGS
from tests.web.soundness import NARROW, WIDE

if TYPE_CHECKING:
    from tests.journeys.walking import Place, Walker

DARK: Final = {"store_landing", "store_offer", "console", "team_roles", "home"}
"""Which pages are shown in the dark too."""
TALLEST: Final = 1800
"""Where a long page is cut off."""
QUALITY: Final = 35


@dataclass(frozen=True)
class Look:
    """How a page is looked at."""

    language: str
    size: ViewportSize
    scheme: str

    @property
    def name(self) -> str:
        """What its picture's name ends with."""
        dark = "-dark" if self.scheme == "dark" else ""
        return f"{self.language}-{self.size['width']}{dark}"


def looks(name: str, *, everything: bool) -> list[Look]:
    """How a page is to be shown."""
    if everything:
        return [
            Look(language, size, scheme)
            for language in ("en", "fr")
            for size in (WIDE, NARROW)
            for scheme in ("light", "dark")
        ]
    shown = [Look("en", WIDE, "light"), Look("fr", NARROW, "light")]
    return [*shown, Look("en", WIDE, "dark")] if name in DARK else shown


def take(page: Page, to: Path, *, png: bool) -> None:
    """Keep a picture of the whole page."""
    content = page.evaluate("document.documentElement.scrollHeight")
    width = page.viewport_size["width"] if page.viewport_size else WIDE["width"]
    asked: dict[str, Any] = {"format": "png"} if png else {"format": "webp", "quality": QUALITY}
    clip = {"x": 0, "y": 0, "width": width, "height": min(content, TALLEST), "scale": 1}
    session = page.context.new_cdp_session(page)
    made = session.send(
        "Page.captureScreenshot", {**asked, "captureBeyondViewport": True, "clip": clip}
    )
    session.detach()
    to.write_bytes(base64.b64decode(made["data"]))


@contextmanager
def pages_of(walkers: dict[str, Walker]) -> Iterator[dict[str, Page]]:
    """A browser's page for each of the walkers, logged in as they are."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        pages = {}
        for who, walker in walkers.items():
            context = browser.new_context(reduced_motion="reduce")
            for cookie in walker.http.cookies.jar:
                kept = {"name": cookie.name, "value": cookie.value or "", "url": walker.url}
                context.add_cookies([kept])  # type: ignore[list-item]  # a plain cookie
            pages[who] = context.new_page()
        yield pages
        browser.close()


def show(places: list[Place], walkers: dict[str, Walker], asked: argparse.Namespace) -> None:
    """Make the pictures, one language after the other: a person's is kept with the person."""
    asked.to.mkdir(parents=True, exist_ok=True)
    wanted = [
        (place, look)
        for place in places
        if not asked.names or place.name in asked.names
        for look in looks(place.name, everything=asked.everything)
    ]
    wanted.sort(key=lambda each: each[1].language)
    with pages_of(walkers) as pages:
        for place, look in wanted:
            page = pages[place.who]
            page.set_viewport_size(look.size)
            page.emulate_media(color_scheme="dark" if look.scheme == "dark" else "light")
            page.goto(f"{walkers[place.who].url}{place.path}?language={look.language}")
            ending = "png" if asked.png else "webp"
            take(page, asked.to / f"{place.name}-{look.name}.{ending}", png=asked.png)


def main() -> None:
    """Start a demonstration, or use one that runs, and look at all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--to", type=Path, default=Path("docs/screenshots"))
    parser.add_argument("--png", action="store_true")
    parser.add_argument("--everything", action="store_true")
    parser.add_argument("--url", help="a demonstration that runs already")
    asked = parser.parse_args()
    import django

    django.setup()
    logging.disable(logging.INFO)
    from tests.journeys.running import running_installation
    from tests.journeys.walking import all_places

    if asked.url:
        show(*all_places(asked.url), asked)
        return
    with running_installation() as installation:
        show(*all_places(installation.url), asked)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenure.config.settings")
    os.environ.setdefault("TENURE_SECRET_KEY", "for pictures alone")
    os.environ.setdefault("TENURE_SANDBOX", "1")
    os.environ.setdefault("TENURE_DATA_DIR", "/nowhere/tenure-tests-")
    main()
