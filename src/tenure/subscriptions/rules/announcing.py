"""At which price a subscription renews, or whether it can no longer (R5, R25)."""

from __future__ import annotations

from datetime import date

from tenure.base.calendar import Term
from tenure.catalogue.rules import OfferFacts, price_in_force


def price_ahead(
    offer: OfferFacts,
    *,
    term: Term,
    currency: str,
    country: str,
    on: date,
    paid: int,
    sold_by_staff: bool,
) -> int | None:
    """The price of a seat for the period to come, in minor units, as it is on the local day ``on``.

    It is the catalogue's then in force. None where it is not renewed: ``offer`` is withdrawn, no
    longer had in the billing ``country``, or no longer sold for that ``term`` and ``currency``.
    What staff sold by a quote (``sold_by_staff``) may never have been sold online there: it
    renews all the same, where the catalogue has no price at what was ``paid`` last (R12).
    """
    if offer.withdrawn or (country not in offer.countries and not sold_by_staff):
        return None
    held = price_in_force(offer.prices, term, currency, on)
    if held is None:
        return paid if sold_by_staff else None
    return held.amount
