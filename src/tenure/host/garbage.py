"""How often Python looks for objects that only hold each other."""

from __future__ import annotations

import gc
from typing import Final

FOR_PAGES: Final = (5_000, 20, 100)
"""A page makes tens of thousands of objects and drops them by itself: look for what is left over
a seventh as often as Python would."""

FOR_BATCHES: Final = (50_000, 20, 100)
"""So does a batch, several times as many: what it still needs is not looked at again and again."""


def look_seldom(threshold: tuple[int, int, int]) -> None:
    """From now on look that seldom, and never at what is there already."""
    gc.freeze()
    gc.set_threshold(*threshold)
