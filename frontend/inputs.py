"""What the assets are made from, as the templates have it: classes.txt, icons.txt, and a hash.

``python frontend/inputs.py`` writes the two lists; the build makes exactly what they name, and a
test compares them with the templates, so that nobody needs Node to learn that a build is due.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
FRONTEND: Final = ROOT / "frontend"
WEB: Final = ROOT / "src" / "tenure" / "web"
STATIC: Final = WEB / "static" / "tenure"

TEMPLATE_TAG: Final = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
CLASSES: Final = re.compile(r"""\bclass(?:_name)?["']?\s*[=:]\s*(?:"([^"]*)"|'([^']*)')""")
ICONS: Final = re.compile(
    r"""(?:\{%\s*icon\s+|\bicon(?:_after)?["']?\s*[=:]\s*|<c-icon\s+name=)["']([a-z0-9-]+)["']"""
)
MADE_BY: Final = ("app.css", "build.mjs", "package-lock.json", "classes.txt", "icons.txt")


def sources() -> Iterator[Path]:
    """Every file in which a class or an icon may be named."""
    for pattern in ("*.html", "*.py"):
        yield from sorted(WEB.rglob(pattern))
    yield FRONTEND / "app.js"
    yield ROOT / "docs" / "design.md"


def classes() -> list[str]:
    """Each class that a template, a page or a script gives to something."""
    found: set[str] = set()
    for path in sources():
        text = TEMPLATE_TAG.sub(" ", path.read_text(encoding="utf-8"))
        for double, single in CLASSES.findall(text):
            found.update((double or single).split())
    return sorted(found)


def icons() -> list[str]:
    """Each icon that is named where it is shown."""
    found: set[str] = set()
    for path in sources():
        found.update(ICONS.findall(path.read_text(encoding="utf-8")))
    return sorted(found)


def lists() -> dict[Path, str]:
    """The two files as they should be."""
    return {
        FRONTEND / "classes.txt": "".join(f"{name}\n" for name in classes()),
        FRONTEND / "icons.txt": "".join(f"{name}\n" for name in icons()),
    }


def fingerprint() -> str:
    """A hash over all that the built assets depend on; the build keeps it beside them."""
    made = hashlib.sha256()
    for name in MADE_BY:
        made.update((FRONTEND / name).read_bytes())
    return made.hexdigest()


def main(check: bool) -> int:
    """Write what changed; with ``check`` only say whether something did."""
    changed = [
        (path, text)
        for path, text in lists().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    if check:
        return len(changed)
    for path, text in changed:
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
