"""Somebody at a real browser, who reads pages in a language and on a screen of some width."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.utils import translation
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from tests.host.places import eventually
from tests.web.soundness import NARROW, WIDE

PATIENCE: Final = 240_000


class Visitor:
    """A browser that nobody used before; a script that fails or offends the policy is noted."""

    def __init__(self, context: BrowserContext, url: str, language: str) -> None:
        self.context = context
        self.url = url
        self.language = language
        self.wrong: list[str] = []
        self.page = self.tab()

    def tab(self) -> Page:
        """A further tab of the same browser."""
        page = self.context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", self._note)
        return page

    def goes_to(self, path: str) -> None:
        """Type an address."""
        self.page.goto(f"{self.url}{path}")

    def says(self, english: str) -> str:
        """What pages say for ``english`` in this reader's language."""
        with translation.override(self.language):
            return str(translation.gettext(english))

    def button(self, english: str) -> Locator:
        """The button that says that."""
        return self.page.get_by_role("button", name=self.says(english), exact=True)

    def follows(self, href: str) -> None:
        """Press the first visible link whose address begins like that."""
        self.page.locator(f'a[href^="{href}"]:visible').first.click()

    def fills(self, **fields: str) -> None:
        """Type into the fields of those names."""
        for name, value in fields.items():
            self.page.locator(f'[name="{name}"]:visible').first.fill(value)

    def is_at(self, path: str) -> None:
        """The page has an address of that form."""
        expect(self.page).to_have_url(re.compile(path), timeout=PATIENCE)

    def mail(self, to: str, pattern: str) -> str:
        """What the newest mail to an address holds, once it is there."""
        found: list[str] = []
        tab = self.tab()

        def arrived() -> bool:
            tab.goto(f"{self.url}/mailbox/?to={to}")
            links = tab.locator('a[href^="/mailbox/mail_"]')
            for number in range(links.count()):
                read = self.context.request.get(
                    self.url + str(links.nth(number).get_attribute("href"))
                ).text()
                found.extend(re.findall(pattern, read)[:1])
                if found:
                    return True
            return False

        assert eventually(arrived), f"no mail to {to} says {pattern}"
        tab.close()
        return found[0]

    def _note(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.wrong.append(message.text)


@contextmanager
def a_visitor(browser: Browser, url: str, language: str, *, narrow: bool) -> Iterator[Visitor]:
    """A visitor with a phone or at a desk; in the end nothing went wrong in their browser."""
    context = browser.new_context(
        viewport=NARROW if narrow else WIDE, locale=language, reduced_motion="reduce"
    )
    visitor = Visitor(context, url, language)
    try:
        yield visitor
    finally:
        context.close()
    assert visitor.wrong == []
