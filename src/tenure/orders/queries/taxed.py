"""Whose tax a customer pays, by what is known of its VAT number (R45)."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from tenure.events.rows import read_values
from tenure.orders.rules.rates import vat_rates
from tenure.orders.rules.tax import TaxSituation, number_decides, tax_situation
from tenure.organisations.models import Organisation
from tenure.organisations.rules.numbers import vat_number_counts
from tenure.policy.model import Tax
from tenure.policy.words import Audience


def situation_of(
    *,
    organisation: UUID | None,
    audience: Audience,
    country: str,
    vendor_country: str,
    on: date,
    tax: Tax,
) -> TaxSituation:
    """What ``organisation``, billed in ``country``, is taxed on the local day ``on``.

    One statement where a validated number makes a difference, none elsewhere. Who is not known
    yet has none. Raises ``Refused`` (``tax_rate_unknown``).
    """
    validated = (
        organisation is not None
        and number_decides(vendor_country=vendor_country, audience=audience, buyer_country=country)
        and _validated(organisation, on, tax.vat_number_counts_days)
    )
    return tax_situation(
        vendor_country=vendor_country,
        audience=audience,
        buyer_country=country,
        vat_number_validated=validated,
        on=on,
        tax=tax,
        rates=vat_rates(),
    )


def situation_by(buyer: Organisation, *, vendor_country: str, on: date, tax: Tax) -> TaxSituation:
    """The same of an organisation whose row is known; no statement."""
    audience = Audience(buyer.audience)
    validated = number_decides(
        vendor_country=vendor_country, audience=audience, buyer_country=buyer.country
    ) and vat_number_counts(buyer.vat_validated_at, on=on, days=tax.vat_number_counts_days)
    return tax_situation(
        vendor_country=vendor_country,
        audience=audience,
        buyer_country=buyer.country,
        vat_number_validated=validated,
        on=on,
        tax=tax,
        rates=vat_rates(),
    )


_VALIDATED: Final = "SELECT vat_validated_at FROM organisations_organisation WHERE id = %s"


def _validated(organisation: UUID, on: date, days: int) -> bool:
    found = read_values(_VALIDATED, [organisation])
    return bool(found) and vat_number_counts(found[0][0], on=on, days=days)
