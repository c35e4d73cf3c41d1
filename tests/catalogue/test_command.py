"""``tenure catalogue``: import, dry run, export, as somebody at a terminal runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from click.testing import Result
from psycopg import sql
from typer.testing import CliRunner

from tenure.base.ids import new_id, public_id
from tenure.catalogue.file import sample_source
from tenure.cli.main import app
from tests.catalogue.files import SMALL, large, line_of
from tests.catalogue.renewing import organisation, subscription
from tests.patience import PATIENCE

ENGLISH = {"LC_ALL": "en_GB.UTF-8"}
FRENCH = {"LC_ALL": "fr_FR.UTF-8"}


def run(*words: str, env: dict[str, str] = ENGLISH) -> Result:
    """The command in this process, on the tests' database."""
    return CliRunner().invoke(app, ["catalogue", *words], env=env)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.yaml"
    path.write_text(SMALL, "utf-8")
    return path


@pytest.fixture
def fresh_database() -> Iterator[str]:
    """The URL of an empty database beside the tests' own."""
    server, name = os.environ["DATABASE_URL"], f"catalogue_{new_id().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_from_an_empty_database_in_and_out_to_the_byte(fresh_database: str, tmp_path: Path) -> None:
    """As a shell runs it; the database is brought up to date on the way."""
    sample = tmp_path / "sample.yaml"
    sample.write_text(sample_source(), "utf-8")

    def tenure(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "tenure.cli", "catalogue", *words],
            env={**os.environ, **ENGLISH, "DATABASE_URL": fresh_database},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    done = tenure("import", str(sample))
    assert (done.returncode, done.stderr) == (0, "")
    assert "Catalogue 1 is in force." in done.stdout
    assert tenure("export").stdout == sample_source()


@pytest.mark.django_db(transaction=True)
class TestOnADatabase:
    def test_nothing_to_export(self) -> None:
        nothing = run("export")
        assert (nothing.exit_code, nothing.stdout) == (1, "")
        assert nothing.stderr == "No catalogue was imported yet.\n"

    def test_import_and_export(self, shop: Path) -> None:
        done = run("import", str(shop))
        assert (done.exit_code, done.stderr) == (0, "")
        assert done.stdout.splitlines() == [
            "Catalogue 1 is in force.",
            "vendor: name, postal_code, country, timezone, siren",
            "currencies: 3 added",
            "applications: 2 added",
            "solutions: 2 added",
            "roles: 2 added",
            "offers: 4 added",
        ]
        assert run("export").stdout == SMALL
        assert "Nothing changes." in run("import", str(shop)).stdout
        assert "Rien ne change." in run("import", str(shop), env=FRENCH).stdout

    def test_a_live_installation_names_what_is_missing_of_the_vendor(self, shop: Path) -> None:
        done = run("import", str(shop), env={**ENGLISH, "TENURE_SANDBOX": "0"})
        assert done.exit_code == 0
        assert done.stderr.startswith("The file does not say of the vendor: legal_form,")
        assert "name" not in done.stderr

    def test_what_changes_is_told(self, shop: Path) -> None:
        run("import", str(shop))
        text = SMALL.replace("amount: 4500", "amount: 4800").replace("Usineur", "Fraiseur")
        text = text[: text.index("  - id: machinist-trial")]
        shop.write_text(text.replace("amount: 33000", "amount: 34000"), "utf-8")
        tried = run("import", str(shop), "--dry-run")
        assert tried.stdout.splitlines() == [
            "roles: 1 changed",
            "  changed: machinist",
            "offers: 1 withdrawn",
            "  withdrawn: machinist-trial",
            "prices: 2 changed",
            "  designer-business quarter always: €330.00 → €340.00",
            "  designer-creator month 2026-01-01: ¥4,500 → ¥4,800",
        ]
        assert run("export").stdout == SMALL

    def test_whom_a_price_touches_is_told(self, shop: Path) -> None:
        run("import", str(shop))
        owner = organisation("Société Durand")
        bought = subscription(owner, ends_on=date(2099, 3, 1))
        shop.write_text(SMALL.replace("amount: 130000", "amount: 150000"), "utf-8")
        told = run("import", str(shop), "--dry-run").stdout.splitlines()
        assert told[-2] == "Renewals with another price: 1"
        assert told[-1] == (
            f"  2099-03-01  {public_id('org', owner.id)} Société Durand  "
            f"{public_id('sub', bought.id)} designer-business ×3: €3,900.00 → €4,500.00"
        )
        figures = json.loads(run("import", str(shop), "--dry-run", "--json").stdout)
        assert figures["version"] is None
        assert figures["renewals"] == [
            {
                "organisation": public_id("org", owner.id),
                "organisation_name": "Société Durand",
                "subscription": public_id("sub", bought.id),
                "offer": "designer-business",
                "term": "year",
                "quantity": 3,
                "renews_on": "2099-03-01",
                "before": {"amount": 390000, "currency": "EUR"},
                "after": {"amount": 450000, "currency": "EUR"},
            }
        ]

    def test_figures(self, shop: Path) -> None:
        run("import", str(shop))
        gone = "      - {term: quarter, currency: EUR, amount: 33000}\n"
        shop.write_text(SMALL.replace(gone, ""), "utf-8")
        told = json.loads(run("import", str(shop), "--json").stdout)
        assert (told["version"], told["changed"], told["renewals"]) == (2, True, [])
        assert told["offers"]["changed"] == []
        assert told["prices"] == [
            {
                "offer": "designer-business",
                "term": "quarter",
                "currency": "EUR",
                "from": None,
                "before": 33000,
                "after": None,
            }
        ]

    def test_long_reports_are_cut(self, shop: Path) -> None:
        shop.write_text(large(60), "utf-8")
        run("import", str(shop))
        shop.write_text(large(60, price=200), "utf-8")
        told = run("import", str(shop), "--dry-run").stdout.splitlines()
        assert told[0] == "prices: 360 changed"
        assert (len(told), told[-1]) == (42, "  and 320 more")
        shop.write_text(large(1), "utf-8")
        told = run("import", str(shop), "--dry-run").stdout.splitlines()
        assert told[-1].endswith(" …")

    def test_another_order(self, shop: Path) -> None:
        run("import", str(shop))
        head, turned = SMALL.split("  - id: machinist-trial")
        moved = head.replace("offers:\n", "offers:\n  - id: machinist-trial" + turned)
        shop.write_text(moved, "utf-8")
        assert run("import", str(shop)).stdout.splitlines()[1:] == ["offers: in another order"]
        assert run("export").stdout == moved


class TestRefusals:
    def test_a_file_with_an_error(self, shop: Path) -> None:
        shop.write_text(SMALL.replace("solution: making", "solution: x"), "utf-8")
        line = line_of("solution: x", shop.read_text("utf-8"))
        refused = run("import", str(shop))
        assert (refused.exit_code, refused.stdout) == (1, "")
        assert refused.stderr == (
            f"{shop}:{line}: roles[1].solution: x is not among this file's solutions.\n"
        )
        told = json.loads(run("import", str(shop), "--json").stdout)
        assert told == {
            "errors": [
                {
                    "file": str(shop),
                    "line": line,
                    "field": "roles[1].solution",
                    "code": "catalogue_not_declared",
                    "detail": "x is not among this file's solutions.",
                }
            ],
            "more": 0,
        }

    def test_a_file_with_many_errors(self, shop: Path) -> None:
        shop.write_text(large(130).replace("channel: online", "channel: shop"), "utf-8")
        refused = run("import", str(shop), env=FRENCH)
        assert refused.exit_code == 1
        assert refused.stderr.splitlines()[-1] == "et 30 de plus"

    def test_wrong_calls(self, tmp_path: Path) -> None:
        assert run("import", str(tmp_path / "none.yaml")).exit_code == 2
        assert run("import", str(tmp_path)).exit_code == 2
        assert run("import").exit_code == 2
        assert run("import", "--help").exit_code == 0
