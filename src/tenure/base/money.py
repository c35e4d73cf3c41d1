"""Money: an integer amount in minor units, with its ISO 4217 currency (R44)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Final

from babel.core import get_global
from babel.numbers import get_currency_precision

_ISO_WHERE_CLDR_ROUNDS: Final = {
    "AFN": 2,
    "ALL": 2,
    "IQD": 3,
    "IRR": 2,
    "KPW": 2,
    "LAK": 2,
    "LBP": 2,
    "MGA": 2,
    "MMK": 2,
    "RSD": 2,
    "SOS": 2,
    "SYP": 2,
    "YER": 2,
}
"""CLDR says how many digits people write, ISO 4217 how many there are; these differ."""


class CurrencyMismatch(ValueError):
    """Two currencies met in one sum or comparison: a programming error, never the user's."""


@dataclass(frozen=True, slots=True)
class Money:
    """``amount`` in minor units (cents; yen have none) of ``currency`` (ISO 4217).

    Sums and comparisons of different currencies raise ``CurrencyMismatch``.
    """

    amount: int
    currency: str

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __mul__(self, times: int) -> Money:
        return Money(self.amount * times, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.amount >= self._same(other)

    def __bool__(self) -> bool:
        return self.amount != 0

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} do not mix.")
        return other.amount


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of ``amounts``, all in ``currency``; nothing sums to zero of it."""
    result = Money(0, currency)
    for amount in amounts:
        result += amount
    return result


@cache
def currencies() -> frozenset[str]:
    """The ISO 4217 codes of money that is legal tender somewhere today."""
    return frozenset(
        code
        for used in get_global("territory_currencies").values()
        for code, _start, end, tender in used
        if tender and end is None
    )


@cache
def minor_digits(currency: str) -> int:
    """How many decimals ``currency`` has by ISO 4217: EUR 2, JPY 0, KWD 3."""
    digits = _ISO_WHERE_CLDR_ROUNDS.get(currency)
    return get_currency_precision(currency) if digits is None else digits


def divide_half_up(numerator: int, denominator: int) -> int:
    """``numerator`` ÷ ``denominator``, rounded half up to a whole number (R44).

    Half goes away from zero, so that a credit note mirrors its invoice to the cent.
    """
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    if numerator < 0:
        return -((-2 * numerator + denominator) // (2 * denominator))
    return (2 * numerator + denominator) // (2 * denominator)


def round_half_up(value: Fraction | int) -> int:
    """``value`` rounded half up to a whole number, half going away from zero (R44)."""
    return divide_half_up(value.numerator, value.denominator)


def share_by_largest_remainder(total: int, weights: Sequence[int]) -> list[int]:
    """Share ``total`` out in proportion to ``weights``, losing nothing (R44).

    Each share is its exact part rounded down, and the units left over go to the largest
    remainders, the first of equals first. A negative total is shared as its mirror image.
    ``ValueError`` if a weight is negative, or if something is to be shared among nothing.
    """
    if total < 0:
        return [-share for share in share_by_largest_remainder(-total, weights)]
    whole = sum(weights)
    if any(weight < 0 for weight in weights) or (whole == 0 and total != 0):
        raise ValueError("There is nothing to share by.")
    if whole == 0:
        return [0] * len(weights)
    shares = [total * weight // whole for weight in weights]
    left = total - sum(shares)
    if left:
        by_remainder = sorted(range(len(weights)), key=lambda i: -(total * weights[i] % whole))
        for index in by_remainder[:left]:
            shares[index] += 1
    return shares
