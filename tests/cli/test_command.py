"""The command as a shell sees it: exit codes, streams, languages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMANDS = ("serve", "demo", "web", "worker", "decide", "migrate", "settings")


def tenure(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the command in English, unless told otherwise."""
    return subprocess.run(
        [sys.executable, "-m", "tenure.cli", *arguments],
        env={**os.environ, "LC_ALL": "C.UTF-8", **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_names_its_subcommands() -> None:
    done = tenure("--help")
    assert done.returncode == 0
    assert all(name in done.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_subcommand_explains_itself(name: str) -> None:
    done = tenure(name, "--help")
    assert done.returncode == 0
    assert f"tenure {name}" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [("nothing",), ("serve", "--port", "x"), ("serve", "--port", "1", "--decide-port", "1")],
)
def test_a_wrong_call_is_2(arguments: tuple[str, ...]) -> None:
    done = tenure(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr


def test_settings_show_values_meanings_and_sources(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("postgresql://u:hush@h/n")
    environ = {"DATABASE_URL": "", "DATABASE_URL_FILE": str(secret), "TENURE_SANDBOX": "1"}
    done = tenure("settings", "--json", **environ)
    rows = {row["name"]: row for row in json.loads(done.stdout)}
    assert rows["TENURE_SANDBOX"]["value"] == "1"
    assert rows["TENURE_SANDBOX"]["source"] == "TENURE_SANDBOX"
    assert rows["DATABASE_URL"]["source"] == f"DATABASE_URL_FILE ({secret})"
    assert rows["TENURE_DECIDE_URL"]["value"] == "(the public address)"
    assert "hush" not in done.stdout
    french = tenure("settings", LC_ALL="fr_FR.UTF-8").stdout
    assert "(l’adresse publique)" in french
    assert "origine\u00a0: valeur par défaut" in french


def test_what_cannot_be_done_is_a_sentence_in_the_readers_language() -> None:
    english = tenure("settings", TENURE_WEB_WORKERS="many")
    assert (english.returncode, english.stdout) == (1, "")
    assert english.stderr.startswith("TENURE_WEB_WORKERS is “many”, which cannot be used")
    french = tenure("settings", TENURE_WEB_WORKERS="many", LC_ALL="", LANG="fr_FR.UTF-8")
    assert french.stderr.startswith("TENURE_WEB_WORKERS vaut «\u00a0many\u00a0»")


@pytest.mark.parametrize("arguments", [("verify",), ("run-due",), ("catalogue", "export")])
def test_what_looks_at_an_installation_makes_none(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    mistyped = tmp_path / "mistyped"
    done = tenure(*arguments, DATABASE_URL="", TENURE_DATA_DIR=str(mistyped))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"There is no installation in {mistyped}.")
    assert not mistyped.exists()
