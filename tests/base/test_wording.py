"""Figures as their reader writes them."""

from datetime import UTC, date, datetime

import pytest

from tenure.base.money import Money
from tenure.base.verdicts import Figure
from tenure.base.wording import sentence, shown
from tenure.orders.errors import CANCELLABLE


@pytest.mark.parametrize(
    ("figure", "english", "french"),
    [
        (Money(123_450, "EUR"), "€1,234.50", "1 234,50 €"),
        (Money(1980, "JPY"), "¥1,980", "1 980 JPY"),
        (Money(12_345, "KWD"), "KWD 12.345", "12,345 KWD"),
        (Money(100_050, "RSD"), "RSD 1,000.50", "1 000,50 RSD"),
        (Money(-5, "EUR"), "-€0.05", "-0,05 €"),
        (date(2027, 11, 18), "November 18, 2027", "18 novembre 2027"),
        (date(2027, 3, 1), "March 1, 2027", "1er mars 2027"),
        (date(2027, 1, 11), "January 11, 2027", "11 janvier 2027"),
        (("year", "quarter"), "year, quarter", "year, quarter"),
        (3, "3", "3"),
        (None, "", ""),
    ],
)
def test_shown(figure: Figure, english: str, french: str) -> None:
    assert plain(shown(figure, "en")) == english
    assert plain(shown(figure, "fr")) == french


def plain(text: str) -> str:
    """Text with plain spaces for all the kinds that locales know."""
    return " ".join(text.split())


def test_instants_are_in_utc() -> None:
    assert "10:30" in shown(datetime(2027, 1, 1, 10, 30, tzinfo=UTC), "en")


def test_a_whole_sentence() -> None:
    figures: dict[str, Figure] = {"deadline": date(2027, 3, 16), "refund": Money(12_000, "EUR")}
    assert plain(sentence(CANCELLABLE, figures, "fr")) == (
        "Vous pouvez annuler jusqu’à la fin du 16 mars 2027 et récupérer 120,00 €."
    )
