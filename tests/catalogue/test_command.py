"""``tenure catalogue``: import, dry run, export, as somebody at a terminal runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tenure.base.ids import new_id
from tenure.catalogue.file import sample_source
from tests.catalogue.files import SMALL, line_of

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """A fresh database beside the tests' own."""
    server = os.environ["DATABASE_URL"]
    name = f"catalogue_{new_id().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def run(database: str) -> Run:
    """Runs the command on that database, in English unless told."""

    def tenure(*words: str, language: str = "en_GB.UTF-8") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "tenure.cli", "catalogue", *words],
            env={**os.environ, "DATABASE_URL": database, "LC_ALL": language, "COLUMNS": "200"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return tenure


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.yaml"
    path.write_text(SMALL, "utf-8")
    return path


def test_the_road_of_a_catalogue(run: Run, shop: Path) -> None:
    """In, out again to the byte, another price tried and brought in, another language."""
    nothing = run("export")
    assert (nothing.returncode, nothing.stdout) == (1, "")

    first = run("import", str(shop))
    assert first.returncode == 0, first.stderr
    assert "Catalogue 1 is in force." in first.stdout
    assert "offers: 4 added" in first.stdout
    assert first.stderr == ""

    assert run("export").stdout == SMALL

    shop.write_text(SMALL.replace("amount: 4500", "amount: 4800"), "utf-8")
    tried = run("import", str(shop), "--dry-run")
    assert tried.returncode == 0
    assert "designer-creator month 2026-01-01: 4500 JPY → 4800 JPY" in tried.stdout
    assert run("export").stdout == SMALL

    done = run("import", str(shop), "--json")
    told = json.loads(done.stdout)
    assert (told["version"], told["changed"], told["renewals"]) == (2, True, [])
    assert told["prices"] == [
        {
            "offer": "designer-creator",
            "term": "month",
            "currency": "JPY",
            "from": "2026-01-01",
            "before": 4500,
            "after": 4800,
        }
    ]

    again = run("import", str(shop), language="fr_FR.UTF-8")
    assert "Rien ne change." in again.stdout


def test_a_file_with_errors(run: Run, shop: Path) -> None:
    shop.write_text(SMALL.replace("solution: making", "solution: x"), "utf-8")
    line = line_of("solution: x", shop.read_text("utf-8"))
    refused = run("import", str(shop))
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr == (
        f"{shop}:{line}: roles[1].solution: x is not among this file's solutions.\n"
    )
    told = json.loads(run("import", str(shop), "--json").stdout)
    assert told["errors"][0]["line"] == line
    assert told["errors"][0]["code"] == "catalogue_not_declared"


def test_wrong_calls(run: Run, tmp_path: Path) -> None:
    assert run("import", str(tmp_path / "none.yaml")).returncode == 2
    assert run("import").returncode == 2
    assert run("import", "--help").returncode == 0


def test_the_sample(run: Run, tmp_path: Path) -> None:
    sample = tmp_path / "sample.yaml"
    sample.write_text(sample_source(), "utf-8")
    assert run("import", str(sample)).returncode == 0
    assert run("export").stdout == sample_source()
