"""What browsers are called by people."""

from __future__ import annotations

from typing import Final

from django.template import Library

register = Library()

_BROWSERS: Final = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@register.filter
def browser(agent: str) -> str:
    """``{{ agent|browser }}``: Firefox · Linux; what is unknown, as it calls itself."""
    found = [next((name for sign, name in signs if sign in agent), "") for signs in _KINDS]
    return " · ".join(name for name in found if name) or agent[:60] or "?"


_KINDS: Final = (_BROWSERS, _SYSTEMS)
