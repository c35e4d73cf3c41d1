"""What axe says of a page, in light and dark, and whether anything sticks out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, ViewportSize

WIDE: Final[ViewportSize] = {"width": 1280, "height": 900}
NARROW: Final[ViewportSize] = {"width": 390, "height": 844}
SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")

_ONLY_WRONG: Final = {"resultTypes": ["violations"]}
"""What is right need not be described; most of axe's time goes into that."""
_LOOKED_FOR: Final[dict[Literal["light", "dark"], dict[str, Any]]] = {
    "light": _ONLY_WRONG,
    "dark": _ONLY_WRONG | {"runOnly": ["color-contrast"]},
}
"""What axe looks for: all of it, and once more what a theme can change."""


def what_is_wrong(page: Page) -> Iterator[str]:
    """What axe finds in each scheme, and by how much the page is too wide for a screen."""
    page.evaluate(AXE_SCRIPT)
    for scheme, asked in _LOOKED_FOR.items():
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = page.evaluate("asked => axe.run(asked).then(told => told.violations)", asked)
        for violation in found:
            yield f"{scheme}: {json.dumps(violation, indent=1)}"
    page.emulate_media(color_scheme="light")
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > size["width"]:
            yield f"{width} wide at {size['width']}"
