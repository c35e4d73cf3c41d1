"""Every code says the same in both languages, and the published table is the code's own."""

import re
import subprocess
import sys
from pathlib import Path
from string import Formatter

import pytest

from tenure.base.verdicts import Code, declare
from tenure.cli.codes import all_codes, render_code_table

TABLE = Path(__file__).parents[2] / "docs" / "codes.md"
CODES = all_codes()


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_the_published_table_is_true() -> None:
    assert TABLE.read_text(encoding="utf-8") == render_code_table(), (
        "Write it anew: python -m tenure.cli.codes > docs/codes.md"
    )


def test_no_two_codes_are_the_same() -> None:
    assert len({code.code for code in CODES}) == len(CODES)


@pytest.mark.parametrize("code", CODES, ids=str)
def test_both_languages_say_the_same(code: Code) -> None:
    assert code.en.strip()
    assert code.fr.strip()
    assert code.en != code.fr
    assert placeholders(code.en) == placeholders(code.fr)


@pytest.mark.parametrize("code", CODES, ids=str)
def test_codes_are_stable_words_with_a_rule_of_the_rulebook(code: Code) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", code.code)
    assert code.rule is None or re.fullmatch(r"R([1-9]|[1-3][0-9]|4[0-8])", code.rule)


def test_a_code_is_declared_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        declare("not_found", en="", fr="")


def test_the_command_prints_the_table() -> None:
    command = [sys.executable, "-m", "tenure.cli.codes"]
    printed = subprocess.run(command, capture_output=True, check=True, encoding="utf-8")
    assert printed.stdout == render_code_table()
