"""The papers are true as far as a machine can tell: links, paths, tables, examples."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tenure.catalogue.file import parse_catalogue
from tests.structure import tax_table
from tests.structure.policy_table import PAPER, TABLE, table
from tests.structure.tree import ROOT, SOURCE, layer_ranks, tracked_files

PAPERS = sorted(path for path in tracked_files() if path.suffix == ".md")
LINK = re.compile(r"\]\((?!https?:)([^)#]*)(#[^)]*)?\)")
PATH = re.compile(r"`((?:src|tests|docs|scripts|benchmarks)/[\w./-]+)`")


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_links_lead_somewhere(paper: Path) -> None:
    text = paper.read_text(encoding="utf-8")
    targets = [link for link, _ in LINK.findall(text) if link]
    assert [link for link in targets if not (paper.parent / link).exists()] == []
    assert [path for path in PATH.findall(text) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_anchors_are_headings(paper: Path) -> None:
    text = paper.read_text(encoding="utf-8")
    headings = {
        re.sub(r"[^\w -]", "", line.strip("# ").lower()).replace(" ", "-")
        for line in text.splitlines()
        if line.startswith("#")
    }
    anchors = {anchor[1:] for link, anchor in LINK.findall(text) if anchor and not link}
    assert anchors <= headings


def test_the_table_of_the_policy_is_the_policys() -> None:
    (shown,) = TABLE.findall(PAPER.read_text(encoding="utf-8"))
    assert shown == table(), "Write it anew: python -m tests.structure.policy_table"


def test_the_tables_of_tax_are_those_of_the_rules() -> None:
    text = tax_table.PAPER.read_text(encoding="utf-8")
    assert tax_table.written(text) == text, "Write them anew: python -m tests.structure.tax_table"


def test_the_example_of_a_catalogue_can_be_imported() -> None:
    paper = (ROOT / "docs" / "catalogue-file.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", paper, re.DOTALL)
    assert [offer.id for offer in parse_catalogue(example).offers] == [
        "drafter-business",
        "drafter-try",
        "bureau",
    ]


def test_the_picture_of_the_layers_shows_every_layer() -> None:
    paper = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    (picture,) = re.findall(r"```\n(.*?)```", paper, re.DOTALL)
    drawn = set(re.findall(r"\w+", picture))
    built = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    assert built <= drawn & set(layer_ranks())
