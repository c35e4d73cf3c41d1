"""Every page of the demonstration, found by its links: none is broken, each is sound, and whoever
reads French reads French."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from playwright.sync_api import Browser

from tenure.web.texts import everything, kept, translations
from tests.journeys.running import Installation
from tests.journeys.walking import Place, Walker, all_places
from tests.patience import PATIENCE
from tests.web.soundness import WIDE, what_is_wrong

Walk = tuple[list[Place], dict[str, Walker]]

AS_IT_IS = {"English", "name", "view"}
"""A language by its own name, a column of a file, a permission as the catalogue's file has it."""

FEWEST = 75
"""There are more kinds of page than this; fewer were a walk that went astray."""


@pytest.fixture(scope="module")
def walk(installation: Installation) -> Iterator[Walk]:
    """Every kind of page, and who can see it."""
    places, walkers = all_places(installation.url)
    yield places, walkers
    for walker in walkers.values():
        walker.close()


def test_every_link_leads_somewhere(walk: Walk) -> None:
    places, walkers = walk
    assert {who: walker.broken for who, walker in walkers.items() if walker.broken} == {}
    assert len(places) >= FEWEST, [place.name for place in places]


def test_whoever_reads_french_reads_french(walk: Walk) -> None:
    places, walkers = walk
    english = only_english()
    left: dict[str, list[str]] = {}
    for place in places:
        if place.name.startswith(("design", "mail")):
            continue  # which show both
        page = walkers[place.who].get(f"{place.path}?language=fr").text
        assert '<html lang="fr"' in page, place
        found = [text for text in shown(page) & english if text not in AS_IT_IS]
        if found:
            left[place.name] = found
    for walker in walkers.values():
        walker.http.get("/help/?language=en")
    assert left == {}


def test_every_page_is_sound(browser: Browser, walk: Walk) -> None:
    """By axe in light and dark; and nothing sticks out, at both widths."""
    places, walkers = walk
    wrong: list[str] = []
    for who, walker in walkers.items():
        context = browser.new_context(reduced_motion="reduce", locale="en-GB")
        for cookie in walker.http.cookies.jar:
            context.add_cookies(
                [{"name": cookie.name, "value": cookie.value or "", "url": walker.url}]
            )
        context.set_default_timeout(PATIENCE * 1000)
        page = context.new_page()
        for place in places:
            if place.who != who:
                continue
            page.set_viewport_size(WIDE)
            page.goto(f"{walker.url}{place.path}")
            wrong += [f"{place.name}: {each}" for each in what_is_wrong(page)]
        context.close()
    assert wrong == []


def only_english() -> set[str]:
    """The plain texts of pages that are said otherwise in French."""
    return {
        plain(message.id)
        for area in everything()
        for message in translations(kept(area.po)).values()
        if isinstance(message.id, str) and "%" not in message.id and message.string != message.id
    }


def shown(page: str) -> set[str]:
    """The texts that stand between tags, whole."""
    body = re.sub(r"<(script|style|template)\b.*?</\1>", "", page, flags=re.S)
    return {plain(text) for text in re.findall(r">([^<]+)<", body)}


def plain(text: str) -> str:
    """A text with single blanks."""
    return " ".join(unescape(text).split())
