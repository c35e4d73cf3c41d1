"""What the command says, in the language of the terminal."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tenure.base.errors import INVALID, FieldError, Invalid, NotFound
from tenure.base.money import Money
from tenure.base.verdicts import Code
from tenure.cli.wording import language, lines_of

SAMPLE = Code(
    "sample",
    None,
    en="{amount} until {day}, at {moment}, for {names}, {count} times.",
    fr="{amount} jusqu'au {day}, à {moment}, pour {names}, {count} fois.",
)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "fr_CA", "LANG": "en_GB"}, "fr"),
        ({"LC_ALL": "C", "LANG": "fr_FR.UTF-8"}, "en"),
    ],
)
def test_the_language_is_that_of_the_terminal(environ: dict[str, str], expected: str) -> None:
    assert language(environ) == expected


def test_figures_are_written_as_readers_write_them() -> None:
    figures = {
        "amount": Money(123450, "EUR"),
        "day": date(2027, 11, 18),
        "moment": datetime(2027, 11, 18, 9, 30, tzinfo=UTC),
        "names": ("a", "b"),
        "count": 3,
    }
    wrong = Invalid([FieldError("offers[0].id", SAMPLE, figures)])
    english, french = lines_of(wrong, "en"), lines_of(wrong, "fr")
    assert english[0] == INVALID.en
    assert french[0] == INVALID.fr
    assert "offers[0].id: €1,234.50 until November 18, 2027" in english[1]
    assert "jusqu'au 18 novembre 2027" in french[1]
    assert "1\u202f234,50\xa0€" in french[1]
    assert "for a, b, 3 times." in english[1]


def test_money_without_minor_units_has_no_decimals() -> None:
    code = Code("yen", None, en="{amount}", fr="{amount}")
    assert lines_of(NotFound(code, amount=Money(12000, "JPY")), "en") == ["¥12,000"]
