"""Reads of the catalogue, each in a number of statements that does not grow with the rows."""

from __future__ import annotations

from tenure.catalogue.queries.holding import (
    Version,
    current_version,
    export_catalogue,
    held_catalogue,
    plan_import,
)
from tenure.catalogue.queries.known import (
    TO_KNOW_IT,
    KnownCatalogue,
    catalogue_at,
    known_catalogue,
)
from tenure.catalogue.queries.offers import (
    OfferListing,
    OfferPage,
    Place,
    currencies,
    currency_of_country,
    offer_facts,
    offer_listing,
    offers_for,
)
from tenure.catalogue.queries.roles import (
    Grants,
    RoleListing,
    application_names,
    grants_by_role,
    roles_by_offer,
    roles_of,
)
from tenure.catalogue.queries.vendor import VendorAccount, VendorFacts, vendor, vendor_gaps

__all__ = [
    "TO_KNOW_IT",
    "Grants",
    "KnownCatalogue",
    "OfferListing",
    "OfferPage",
    "Place",
    "RoleListing",
    "VendorAccount",
    "VendorFacts",
    "Version",
    "application_names",
    "catalogue_at",
    "currencies",
    "currency_of_country",
    "current_version",
    "export_catalogue",
    "grants_by_role",
    "held_catalogue",
    "known_catalogue",
    "offer_facts",
    "offer_listing",
    "offers_for",
    "plan_import",
    "roles_by_offer",
    "roles_of",
    "vendor",
    "vendor_gaps",
]
