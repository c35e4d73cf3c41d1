"""The price of a renewal, fixed once: by its first reminder, or when it is ordered (R5, R25)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from tenure.base.calendar import local_date
from tenure.organisations.models import Organisation
from tenure.subscriptions.commands.renewing import withdraw_renewals
from tenure.subscriptions.queries.obligations import Obligation
from tenure.subscriptions.queries.prices import Ahead, prices_ahead


def fix_prices(
    *, owed: Sequence[Obligation], buyers: Mapping[UUID, Organisation], at: datetime
) -> list[Obligation]:
    """Fix the prices that are not fixed yet at those in force on the local day of ``at``.

    Where the offer can no longer be had, the renewal is ``withdrawn``, and its subscription stops;
    these are returned, for the caller to announce. The renewals themselves are written by the
    caller (``write_renewals``).
    """
    open_ones = [
        each for each in owed if each.renewal.unit_amount is None and not each.renewal.withdrawn
    ]
    if not open_ones:
        return []
    ahead = [
        Ahead(row, buyers[row.organisation_id].country, local_date(at, each.zone))
        for each in open_ones
        for row in (each.subscription,)
    ]
    prices = prices_ahead(ahead)
    for each, (row, _, on) in zip(open_ones, ahead, strict=True):
        each.renewal.unit_amount, each.renewal.priced_on = prices.get(row.id), on
    gone = [each for each in open_ones if each.renewal.unit_amount is None]
    if gone:
        withdraw_renewals(owed=gone)
    return gone
