"""The built assets are those of the templates; they are light, and come with their licences."""

from __future__ import annotations

import filecmp
import gzip
import subprocess
from pathlib import Path
from shutil import which

import pytest
from django.conf import settings
from pytest_django import Settings
from whitenoise.compress import Compressor

from frontend.inputs import FRONTEND, STATIC, fingerprint, lists
from tenure.config.assets import ASSETS, prepared_root
from tenure.config.static_files import Assets, prepare_assets

HOW = "make assets, and commit what it changed"


def test_every_class_and_icon_of_the_templates_is_built() -> None:
    stale = [path.name for path, text in lists().items() if path.read_text() != text]
    assert stale == [], HOW


def test_the_built_files_were_made_from_what_is_there() -> None:
    assert (STATIC / "made-from.txt").read_text().strip() == fingerprint(), HOW


@pytest.mark.skipif(
    which("node") is None or not (FRONTEND / "node_modules").is_dir(),
    reason="nothing to build with: needs Node and `make assets-check`; the hash above was compared",
)
def test_building_them_anew_makes_the_same(tmp_path: Path) -> None:
    subprocess.run(["node", "build.mjs", str(tmp_path)], cwd=FRONTEND, check=True)
    built = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    names = [path.as_posix() for path in built]
    _, differing, missing = filecmp.cmpfiles(tmp_path, ASSETS, names, shallow=False)
    assert (differing, missing) == ([], []), HOW


def test_what_a_first_visit_loads_is_light() -> None:
    """Styles, scripts and the font: a page of 30 KB still stays below 150 KB."""
    texts = [STATIC / "app.css", STATIC / "app.js", ASSETS / "vendor" / "htmx" / "htmx.min.js"]
    weight = sum(len(gzip.compress(path.read_bytes())) for path in texts)
    weight += (STATIC / "fonts" / "inter-latin-wght-normal.woff2").stat().st_size
    assert weight < 105_000


def test_the_stylesheet_loads_only_our_fonts() -> None:
    css = (STATIC / "app.css").read_text()
    assert "data:" not in css
    assert css.count("url(") == css.count("url(fonts/")


def test_whatever_is_not_ours_has_its_licence() -> None:
    places = [STATIC / "fonts", *(path for path in (ASSETS / "vendor").iterdir())]
    assert [place.name for place in places if not (place / "LICENSE").exists()] == []


@pytest.fixture
def root(tmp_path: Path, settings: Settings) -> Path:
    """Where nothing is prepared yet."""
    settings.STATIC_ROOT = prepared_root(tmp_path)
    return Path(settings.STATIC_ROOT)


def test_assets_are_named_by_their_content_once_prepared(root: Path) -> None:
    before = Assets(location=root, base_url="/static/")
    assert before.url("tenure/app.css") == "/static/tenure/app.css"
    assert prepare_assets() == root
    named = Assets(location=root, base_url="/static/").url("tenure/app.css")
    assert named != "/static/tenure/app.css"
    prepared = root / named.removeprefix("/static/")
    assert {path.name for path in prepared.parent.glob(prepared.name + ".*")} == {
        f"{prepared.name}.br",
        f"{prepared.name}.gz",
    }
    assert "/static/" not in prepared.read_text()
    stamp = prepared.stat().st_mtime_ns
    prepare_assets()
    assert prepared.stat().st_mtime_ns == stamp
    assert [path.name for path in root.parent.iterdir()] == [root.name]


def test_pages_find_brotli_where_it_is_installed() -> None:
    assert Compressor(quiet=True).use_brotli
    assert settings.STATICFILES_DIRS == [ASSETS]
