"""Amounts as Stripe counts them: mostly in minor units as we do, and where not, converted."""

from __future__ import annotations

from typing import Final

from tenure.base.money import Money, minor_digits

_NO_DIGITS: Final = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA"}
    | {"PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"}
)
_THREE_DIGITS: Final = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
"""All others count in hundredths, those that have none by ISO 4217 (ISK, UGX) included. Of the
thousandths the last digit is always a nought."""


class AmountNotChargeable(ValueError):
    """The amount has a part that is smaller than what Stripe can charge in that currency."""


def stripe_amount(money: Money) -> int:
    """``money`` in Stripe's smallest unit of its currency; ``AmountNotChargeable``."""
    digits = _digits(money.currency)
    scaled, rest = divmod(money.amount * int(10**digits), int(10 ** minor_digits(money.currency)))
    if rest or (digits == 3 and scaled % 10):
        raise AmountNotChargeable(f"{money.amount} {money.currency}")
    return scaled


def _digits(currency: str) -> int:
    if currency in _NO_DIGITS:
        return 0
    return 3 if currency in _THREE_DIGITS else 2
