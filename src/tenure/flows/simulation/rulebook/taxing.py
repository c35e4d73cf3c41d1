"""What a customer is taxed (R45)."""

from __future__ import annotations

from datetime import UTC, date

from tenure.flows.simulation.rulebook.customer import Customer
from tenure.flows.simulation.rulebook.days import ONE_DAY
from tenure.flows.simulation.rulebook.goods import RATES, Tax

VENDOR_COUNTRY = "FR"
NUMBER_DAYS = 30
"""For how many days after its answer a validated number counts."""


def tax_of(customer: Customer, on: date) -> Tax:
    """What it is taxed on a local day."""
    rate = RATES.get(customer.country, 0)
    if customer.audience == "business" and rate and customer.country != VENDOR_COUNTRY:
        counted = customer.vat_validated_at
        if counted is not None and on <= counted.astimezone(UTC).date() + NUMBER_DAYS * ONE_DAY:
            return Tax(customer.country, 0, reverse=True)
    return Tax(customer.country if rate else "", rate)


def number_in_vain(customer: Customer, tax: Tax, amount: int) -> str:
    """The number that would spare it a tax, had it been validated."""
    elsewhere = customer.audience == "business" and customer.country != VENDOR_COUNTRY
    return customer.vat_number if elsewhere and tax.rate and amount else ""
