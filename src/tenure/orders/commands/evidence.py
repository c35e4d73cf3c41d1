"""What speaks for the country of an order is kept with it, and added to (R45)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec

from tenure.events.journal import Journal
from tenure.orders.events import OrderCountryAccepted
from tenure.orders.models import CountryEvidence, Order
from tenure.orders.rules.evidence import Evidence, named_country

MOST_REASON: Final = 500


def evidence_of(order: Order, evidence: Evidence, journal: Journal) -> CountryEvidence:
    """The row to be written with a new order."""
    return CountryEvidence(
        order=order,
        organisation_id=order.organisation_id,
        country=evidence.country,
        billing=evidence.billing,
        network=evidence.seen.network,
        browser=evidence.seen.browser,
        wanted=evidence.wanted,
        collected_at=journal.at,
    )


def note_cards(*, paid: Sequence[tuple[UUID, str]], journal: Journal) -> None:
    """The countries of the cards that paid orders, as their gateway names them; one statement.

    An order of which nothing is kept is left out.
    """
    said = [
        {"order_id": order, "country": country}
        for order, named in paid
        if (country := named_country(named))
    ]
    if said:
        journal.change(_NOTE, [msgspec.json.encode(said).decode()])


_NOTE: Final = """
    UPDATE orders_countryevidence AS evidence SET card = said.country
    FROM json_to_recordset(%s::json) AS said (order_id uuid, country text)
    WHERE evidence.order_id = said.order_id
"""


def accept_country(*, order: UUID, reason: str, journal: Journal) -> None:
    """Staff found the country to be right, for that ``reason``; once is enough."""
    row = CountryEvidence.objects.select_for_update().get(order_id=order)
    if row.accepted_at is not None:
        journal.touch(row.organisation_id)
        return
    row.accepted_at, row.accepted_because = journal.at, reason
    row.save(update_fields=["accepted_at", "accepted_because"])
    journal.record(row.organisation_id, OrderCountryAccepted(order=order))
