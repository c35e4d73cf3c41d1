"""The rates of VAT, as data with dates (R45)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Final

BASIS_POINTS: Final = 10_000
"""A rate counts hundredths of a percent: 25.5 % is 2550."""


@dataclass(frozen=True, slots=True)
class VatRates:
    """Standard rates by country, each from a day on, in basis points; the latest comes last."""

    by_country: Mapping[str, tuple[tuple[date, int], ...]]

    def on(self, country: str, day: date) -> int | None:
        """The rate in force in ``country`` on ``day``, in basis points; None if not known."""
        found = None
        for from_on, rate in self.by_country.get(country, ()):
            if from_on > day:
                break
            found = rate
        return found


def parse_rates(lines: Iterable[str]) -> VatRates:
    """Rates out of CSV with the columns ``country``, ``rate_percent`` and ``from``.

    ``ValueError`` for a rate finer than a hundredth of a percent, or given twice for one day.
    """
    by_country: dict[str, dict[date, int]] = {}
    for row in csv.DictReader(lines):
        points = Decimal(row["rate_percent"]) * 100
        from_on = date.fromisoformat(row["from"])
        rates = by_country.setdefault(row["country"], {})
        if points != int(points) or points < 0 or from_on in rates:
            raise ValueError(f"The rate of {row['country']} from {from_on} cannot be used.")
        rates[from_on] = int(points)
    return VatRates(
        {country: tuple(sorted(rates.items())) for country, rates in by_country.items()}
    )


@cache
def vat_rates() -> VatRates:
    """The rates that come with Tenure."""
    text = files(__package__).joinpath("vat_rates.csv").read_text(encoding="utf-8")
    return parse_rates(text.splitlines())
