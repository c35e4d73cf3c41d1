"""Every text of pages and mails has its French, and shows the same figures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tenure.web.texts import (
    Area,
    complaints,
    entries,
    everything,
    kept,
    key_of,
    main,
    merged,
    po_files,
    rendered,
    said,
    translations,
)

AREAS = everything()

TEMPLATE = """<h1>{% translate "Seats" %}</h1>
    <c-card title="{% translate 'One card' %}">
  {% blocktranslate count n=seats trimmed %}
    {{ n }} seat is
    free
  {% plural %}
    {{ n }} seats are free
  {% endblocktranslate %}
</c-card>{% translate "Open" context "request" %}{% icon "x" label=_("Gone") %}
"""
PYTHON = """
from django.utils.translation import gettext as _, ngettext
ngettext("%(n)d day", "%(n)d days", 3)
"""


@pytest.mark.parametrize("area", AREAS, ids=lambda area: area.name)
def test_an_area_is_translated(area: Area) -> None:
    assert list(complaints(area, rendered(AREAS[area]))) == []


def test_no_file_of_translations_is_left_over() -> None:
    assert set(po_files()) == {area.po for area in AREAS}


def test_one_text_has_one_translation() -> None:
    """Django merges the files: whichever came first would speak for all."""
    spoken: dict[object, set[str]] = {}
    for area in AREAS:
        for key, message in translations(kept(area.po)).items():
            spoken.setdefault(key, set()).add(str(message.string))
    assert {key: texts for key, texts in spoken.items() if len(texts) > 1} == {}


def test_french_is_written_in_one_way() -> None:
    """Curly apostrophes, courriel for mail, and TVA where nothing else than VAT can be meant."""
    wrong = [
        text
        for area in AREAS
        for message in translations(kept(area.po)).values()
        for text in ([message.string] if isinstance(message.string, str) else message.string)
        if re.search(r"[^\W\d_]'[\w%{]|(?<![\w.-])(e-)?mails?\b", text, re.IGNORECASE)
        or (re.search("autoliquidation|TVA", text) and re.search(r"\btaxe\b", text, re.IGNORECASE))
    ]
    assert wrong == []


@pytest.fixture
def area(tmp_path: Path) -> Area:
    """A template and a module, and no translations yet."""
    template, module = tmp_path / "page.html", tmp_path / "pages.py"
    template.write_text(TEMPLATE)
    module.write_text(PYTHON)
    return Area("tried", tmp_path, (template, module), tmp_path / "django.po")


def test_texts_are_found_in_templates_and_in_python(area: Area) -> None:
    assert {key_of(message) for message in entries(said(area))} == {
        (("Seats",), None),
        (("One card",), None),
        (("%(n)s seat is free", "%(n)s seats are free"), None),
        (("Open",), "request"),
        (("Gone",), None),
        (("%(n)d day", "%(n)d days"), None),
    }


def test_translations_are_kept_and_what_is_wrong_is_told(area: Area) -> None:
    area.po.write_text(rendered(said(area)))
    untranslated = list(complaints(area, area.po.read_text()))
    assert len(untranslated) == 6
    catalog = said(area)
    for message in entries(catalog):
        plural = not isinstance(message.id, str)
        message.string = ("%(n)d place", "les places") if plural else "traduit"
    area.po.write_text(rendered(catalog))
    again = merged(area, {})
    assert rendered(again) == area.po.read_text()
    assert [c for c in complaints(area, rendered(again)) if "placeholders" in c]
    for message in entries(catalog):
        if isinstance(message.id, str):
            message.string = "Une carte suffit. " * 2
    area.po.write_text(rendered(catalog))
    assert [c for c in complaints(area, rendered(catalog)) if "said twice" in c]
    assert next(complaints(area, "something newer")) == "tried: out of date; run make texts"


def test_compiling_makes_what_django_reads() -> None:
    main(["--compile"])
    assert all(po.with_suffix(".mo").exists() for po in po_files())
