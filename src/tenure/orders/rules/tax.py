"""Whose tax, at which rate, and how it falls on a document (R44, R45). Whole numbers only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

from tenure.base.countries import in_eu
from tenure.base.errors import Refused
from tenure.base.money import divide_half_up, share_by_largest_remainder
from tenure.orders.errors import TAX_RATE_UNKNOWN
from tenure.orders.rules.rates import BASIS_POINTS, VatRates
from tenure.policy.model import Tax
from tenure.policy.words import Audience

_VAT_TERRITORY: Final = {"MC": "FR", "IM": "GB", "LI": "CH"}
"""Countries that belong to another's territory for VAT (Directive 2006/112/EC, article 7; the
treaty of 28 October 1994 between Switzerland and Liechtenstein)."""


class TaxKind(StrEnum):
    """Why a document carries the tax that it carries."""

    VENDOR_COUNTRY = "vendor_country"
    BUYER_COUNTRY = "buyer_country"
    REVERSE_CHARGE = "reverse_charge"
    NO_TAX = "no_tax"


@dataclass(frozen=True, slots=True)
class TaxSituation:
    """The one rate of a document, in basis points (2000 is 20 %), and where the tax is owed.

    ``country`` is None where no tax is owed to anybody.
    """

    kind: TaxKind
    country: str | None
    basis_points: int

    @property
    def reverse_charge(self) -> bool:
        """Whether the buyer owes the tax, which the invoice must name (R45)."""
        return self.kind is TaxKind.REVERSE_CHARGE

    @property
    def percent(self) -> Decimal:
        """The rate in percent, for people and documents."""
        return Decimal(self.basis_points) / 100


class LineAmounts(NamedTuple):
    """One line in minor units; net and tax make gross."""

    net: int
    tax: int
    gross: int


@dataclass(frozen=True, slots=True)
class DocumentAmounts:
    """A document in minor units; every column of its lines sums to its total (R44)."""

    lines: tuple[LineAmounts, ...]
    total_net: int
    total_tax: int
    total: int


def vat_country(country: str) -> str:
    """The country in whose territory for VAT ``country`` lies: Monaco in that of France."""
    return _VAT_TERRITORY.get(country, country)


def number_decides(*, vendor_country: str, audience: Audience, buyer_country: str) -> bool:
    """Whether a validated VAT number changes what such a buyer is taxed (R45)."""
    buyer = vat_country(buyer_country)
    return audience == Audience.BUSINESS and in_eu(buyer) and buyer != vat_country(vendor_country)


def would_reverse(situation: TaxSituation, *, audience: Audience, buyer_country: str) -> bool:
    """Whether a validated number would have spared such a buyer the tax of ``situation`` (R45)."""
    buyer = vat_country(buyer_country)
    elsewhere = situation.kind is TaxKind.BUYER_COUNTRY or situation.country != buyer
    return (
        audience == Audience.BUSINESS
        and in_eu(buyer)
        and bool(situation.basis_points)
        and elsewhere
    )


def tax_situation(
    *,
    vendor_country: str,
    audience: Audience,
    buyer_country: str,
    vat_number_validated: bool,
    on: date,
    tax: Tax,
    rates: VatRates,
) -> TaxSituation:
    """What a buyer billed in ``buyer_country`` is taxed on the day ``on`` (R45).

    Raises ``Refused`` (``tax_rate_unknown``) where tax is owed and no rate is known for that day:
    an amount is never guessed.
    """
    vendor, buyer = vat_country(vendor_country), vat_country(buyer_country)
    if buyer == vendor:
        return _vendors(vendor, on, rates)
    if not in_eu(buyer):
        taxed = buyer_country in tax.taxed_countries_outside_eu
        return _buyers(buyer, on, rates) if taxed else TaxSituation(TaxKind.NO_TAX, None, 0)
    if audience == Audience.BUSINESS and vat_number_validated:
        return TaxSituation(TaxKind.REVERSE_CHARGE, buyer, 0)
    return _buyers(buyer, on, rates) if tax.oss else _vendors(vendor, on, rates)


def _buyers(country: str, on: date, rates: VatRates) -> TaxSituation:
    return TaxSituation(TaxKind.BUYER_COUNTRY, country, _known_rate(country, on, rates))


def _vendors(country: str, on: date, rates: VatRates) -> TaxSituation:
    """The vendor's own tax; a vendor whose country has no VAT here charges none."""
    if not in_eu(country) and country not in rates.by_country:
        return TaxSituation(TaxKind.NO_TAX, None, 0)
    return TaxSituation(TaxKind.VENDOR_COUNTRY, country, _known_rate(country, on, rates))


def _known_rate(country: str, on: date, rates: VatRates) -> int:
    rate = rates.on(country, on)
    if rate is None:
        raise Refused(TAX_RATE_UNKNOWN, country=country, on=on)
    return rate


def price_document(
    amounts: Sequence[int], audience: Audience, situation: TaxSituation
) -> DocumentAmounts:
    """Tax the lines of one document, once and for all of them (R44).

    ``amounts`` are what the lines cost by the catalogue, in minor units and not negative:
    without tax for ``business``, with tax for consumers, who pay that sum wherever they live
    (R7). Business: the tax is the rate of the net sum, rounded half up, and falls on the lines
    by largest remainder. Consumers: net = round(gross ÷ (1 + rate)), shared out the same way.
    """
    given, rate = sum(amounts), situation.basis_points
    if audience == Audience.BUSINESS:
        tax = divide_half_up(given * rate, BASIS_POINTS)
        taxes = share_by_largest_remainder(tax, amounts)
        lines = tuple(
            LineAmounts(net, share, net + share) for net, share in zip(amounts, taxes, strict=True)
        )
        return DocumentAmounts(lines, given, tax, given + tax)
    net = divide_half_up(given * BASIS_POINTS, BASIS_POINTS + rate)
    nets = share_by_largest_remainder(net, amounts)
    lines = tuple(
        LineAmounts(share, gross - share, gross) for gross, share in zip(amounts, nets, strict=True)
    )
    return DocumentAmounts(lines, net, given - net, given)
