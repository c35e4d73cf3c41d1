"""``tenure bank import``, as somebody at a terminal runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from tenure.billing.bank.lines import StatementRefused
from tenure.cli.main import app
from tests.billing.statements import Movement, camt
from tests.flows.transfers import by_transfer, transfer_for
from tests.shop import customer, open_shop

pytestmark = pytest.mark.django_db(transaction=True)


def run(*words: object, language: str = "en_GB.UTF-8") -> Result:
    """The command in this process, on the tests' database."""
    told = [str(word) for word in words]
    return CliRunner().invoke(app, ["bank", "import", *told], env={"LC_ALL": language})


def test_it_prints_what_became_of_the_lines(tmp_path: Path) -> None:
    open_shop()
    file = tmp_path / "statement.xml"
    order = by_transfer(customer())
    file.write_bytes(camt([transfer_for(order), Movement(100), Movement(-5, text="FRAIS")]))
    assert run(file).stdout.splitlines() == [
        "matched: 1",
        "partial: 0",
        "surplus: 0",
        "unknown: 1",
        "already read: 0",
    ]
    assert "déjà lus: 3" in run(file, language="fr_FR.UTF-8").stdout
    told = json.loads(run(file, "--json").stdout)
    assert (told["file"], told["format"], told["lines"]) == ("statement.xml", "camt.053", 3)
    assert told["already_read"] == 3


def test_it_reads_a_csv_by_its_mapping_and_says_what_is_wrong(tmp_path: Path) -> None:
    open_shop()
    file, mapping = tmp_path / "export.csv", tmp_path / "mapping.toml"
    file.write_bytes("Le;Combien;Libellé\n05/03/2027;1,00;é\n".encode("cp1252"))
    mapping.write_text("[columns]\nbooked_on='Le'\namount='Combien'\ntext=['Libellé']\n", "utf-8")
    assert "unknown: 1" in run(file, "--mapping", mapping, "--encoding", "cp1252").stdout
    refused = run(file, "--mapping", mapping)
    assert isinstance(refused.exception, StatementRefused)
    assert refused.exception.figures["line"] == 1
    assert run(tmp_path / "nothing").exit_code == 2
