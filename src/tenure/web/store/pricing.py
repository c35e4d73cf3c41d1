"""What a choice costs, with its tax, before it is put into the cart (R7, R44, R45)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_percent

from tenure.base.errors import Refused
from tenure.base.money import Money
from tenure.orders.rules.rates import vat_rates
from tenure.orders.rules.tax import price_document, tax_situation
from tenure.web.store.shop import Shop


@dataclass(frozen=True, slots=True)
class Total:
    """``quantity`` seats for a term. ``percent`` is None where the tax is not known yet."""

    quantity: int
    listed: Money
    net: Money
    tax: Money
    gross: Money
    percent: Decimal | None


def total(shop: Shop, unit: Money, quantity: int) -> Total:
    """What ``quantity`` seats at ``unit`` cost somebody without a VAT number, as the cart says."""
    listed = unit * quantity
    try:
        situation = tax_situation(
            vendor_country=shop.vendor.country,
            audience=shop.audience,
            buyer_country=shop.country,
            vat_number_validated=False,
            on=shop.visit.today,
            tax=shop.policy.tax,
            rates=vat_rates(),
        )
    except Refused:
        nothing = Money(0, unit.currency)
        return Total(quantity, listed, listed, nothing, listed, None)
    amounts = price_document([listed.amount], shop.audience, situation)
    return Total(
        quantity=quantity,
        listed=listed,
        net=Money(amounts.total_net, unit.currency),
        tax=Money(amounts.total_tax, unit.currency),
        gross=Money(amounts.total, unit.currency),
        percent=situation.percent,
    )


def percent(rate: Decimal | None, language: str) -> str:
    """A rate of tax as the reader writes it: 20%, 5,5 %."""
    if rate is None:
        return ""
    return str(format_percent(rate / 100, format=None, locale=language, decimal_quantization=False))
