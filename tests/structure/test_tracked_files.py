"""The repository says nothing of the machine it was written on, and pins all that it needs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.structure.tree import ROOT, named, tracked_files

FORBIDDEN = {
    "a package registry": re.compile(
        r"(pypi|pythonhosted|npmjs|yarnpkg|crates|rubygems)[.](org|com|io)|(proxy|sum)[.]golang[.]org"
    ),
    "an index's address": re.compile(r"(?<!no-emit)--(extra-)?index[-]url|PIP_INDEX[_]URL"),
    "a developer's directory": re.compile(
        r"(?<![\w.:/-])/((Users|root|work)/[\w.-]|home/[\w.-]+/)"
    ),
}
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==\S+( ; .+)? \\$")
BUILT = {".svg", ".woff2", ".otf", ".ttf", ".png", ".webp", ".ico"}


def texts() -> list[Path]:
    """The tracked files that people write."""
    return [path for path in tracked_files() if path.suffix not in BUILT]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_tracked_file_names(what: str) -> None:
    found = [
        f"{named(path)}:{number}"
        for path in texts()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if FORBIDDEN[what].search(line)
    ]
    assert found == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_with_its_hashes(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    wanted = [
        (line, following)
        for line, following in zip(lines, [*lines[1:], ""], strict=True)
        if line and not line.startswith((" ", "#"))
    ]
    assert wanted
    unpinned = [
        line
        for line, following in wanted
        if not PINNED.match(line) or not following.startswith("    --hash=sha256:")
    ]
    assert unpinned == []
