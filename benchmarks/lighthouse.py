"""``make lighthouse``: what Lighthouse says of the pages of a demonstration.

    python -m benchmarks.lighthouse [--url URL] [--desktop] [--reports DIRECTORY] [name ...]

Prints the scores, and what cost them; exits 1 if a page is below what is asked of it.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.structure.tree import ROOT
from tests.web.browser import CHROMIUM, FLAGS

if TYPE_CHECKING:
    from tests.journeys.walking import Place, Walker

LIGHTHOUSE: Final = ROOT / "frontend" / "lighthouse" / "node_modules" / ".bin" / "lighthouse"
PAGES: Final = (
    "store_landing",
    "store_list",
    "store_role",
    "store_offer",
    "cart",
    "checkout",
    "help",
    "console",
    "team_roles",
)
PUBLIC: Final = {"store_landing", "store_list", "store_role", "store_offer", "help"}
"""Which pages search engines are to find."""
ASKED: Final = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}


def measure(url: str, cookies: str, *, desktop: bool) -> dict[str, Any]:
    """What Lighthouse found out about one page."""
    done = subprocess.run(
        [
            str(LIGHTHOUSE),
            url,
            "--quiet",
            "--output=json",
            "--output-path=stdout",
            f"--chrome-flags={' '.join(FLAGS)}",
            f"--only-categories={','.join(ASKED)}",
            f"--extra-headers={json.dumps({'Cookie': cookies} if cookies else {})}",
            *(["--preset=desktop"] if desktop else []),
        ],
        env=os.environ | {"CHROME_PATH": CHROMIUM},
        capture_output=True,
        text=True,
        check=True,
        timeout=180,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def scores_of(found: dict[str, Any]) -> dict[str, int]:
    """The scores, from 0 to 100."""
    return {
        name: round(100 * (category["score"] or 0))
        for name, category in found["categories"].items()
    }


def cost_of(found: dict[str, Any], category: str) -> list[str]:
    """Which audits took something away from a category, the heaviest first."""
    lost = []
    for each in found["categories"][category]["auditRefs"]:
        audit = found["audits"][each["id"]]
        if each["weight"] and audit["score"] is not None and audit["score"] < 1:
            said = audit.get("displayValue", "")
            lost.append((each["weight"] * (1 - audit["score"]), f"{each['id']} {said}".strip()))
    return [name for _, name in sorted(lost, reverse=True)]


def look_at(place: Place, walker: Walker, asked: argparse.Namespace) -> list[str]:
    """Measure one page and print its scores; what is below what is asked of it."""
    found = measure(f"{walker.url}{place.path}", walker.cookies, desktop=asked.desktop)
    if asked.reports:
        (asked.reports / f"{place.name}.json").write_text(json.dumps(found), encoding="utf-8")
    scores = scores_of(found)
    print(
        place.name.ljust(16), *(f"{name} {score:3}" for name, score in scores.items()), flush=True
    )
    wrong = []
    for name, least in ASKED.items():
        if scores[name] < least and (name != "seo" or place.name in PUBLIC):
            wrong.append(f"{place.name}: {name} {scores[name]} < {least}")
            print("    lost by", ", ".join(cost_of(found, name)), flush=True)
    return wrong


def main() -> None:
    """Start a demonstration, or use one that runs, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=PAGES)
    parser.add_argument("--url", help="a demonstration that runs already")
    parser.add_argument("--desktop", action="store_true")
    parser.add_argument("--reports", type=Path)
    asked = parser.parse_args()
    import django

    django.setup()
    logging.disable(logging.INFO)
    from tests.journeys.running import running_installation
    from tests.journeys.walking import all_places

    def run(url: str) -> list[str]:
        places, walkers = all_places(url)
        shown = [place for place in places if place.name in asked.names]
        missing = [
            f"{name}: no page" for name in asked.names if name not in {p.name for p in shown}
        ]
        return missing + [
            wrong for place in shown for wrong in look_at(place, walkers[place.who], asked)
        ]

    if asked.url:
        wrong = run(asked.url)
    else:
        with running_installation() as installation:
            wrong = run(installation.url)
    sys.exit("\n".join(wrong) or None)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenure.config.settings")
    os.environ.setdefault("TENURE_SECRET_KEY", "for measures alone")
    os.environ.setdefault("TENURE_SANDBOX", "1")
    os.environ.setdefault("TENURE_DATA_DIR", "/nowhere/tenure-tests-")
    main()
