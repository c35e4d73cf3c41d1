"""From a document's currency to the accounting currency, by a day's reference rate (R48)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tenure.base.money import minor_digits, round_half_up


@dataclass(frozen=True, slots=True)
class Rate:
    """``value`` is how much of ``currency`` one unit of ``accounting`` buys, fixed ``on`` a day."""

    currency: str
    accounting: str
    value: Decimal
    on: date

    def convert(self, amount: int) -> int:
        """``amount`` in minor units of ``currency`` as minor units of ``accounting``, half up."""
        if self.currency == self.accounting and self.value == 1:
            return amount
        shift = minor_digits(self.accounting) - minor_digits(self.currency)
        return round_half_up(Fraction(amount) / Fraction(self.value) * Fraction(10) ** shift)


def itself(currency: str, on: date) -> Rate:
    """The rate of the accounting currency to itself."""
    return Rate(currency, currency, Decimal(1), on)


def cross_rate(
    currency: str, accounting: str, per_euro: dict[str, tuple[Decimal, date]]
) -> Rate | None:
    """The rate by way of the euro, as the European Central Bank publishes them; None if unknown.

    ``per_euro`` holds how much of a currency one euro buys, and since which day; the older of
    the two days counts.
    """
    euro = (Decimal(1), date.max)
    given = euro if currency == "EUR" else per_euro.get(currency)
    books = euro if accounting == "EUR" else per_euro.get(accounting)
    if given is None or books is None:
        return None
    value = given[0] / books[0] if accounting != "EUR" else given[0]
    return Rate(currency, accounting, value.quantize(Decimal("1.000000")), min(given[1], books[1]))
