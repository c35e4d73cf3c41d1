"""The price of a renewal is fixed, once: by its first reminder, or when it is ordered (R25)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from tenure.base.calendar import local_date, zone_named
from tenure.base.ids import new_id
from tenure.events.journal import Journal
from tenure.subscriptions.models import Period, Renewal, Subscription
from tenure.subscriptions.queries.prices import Ahead, prices_ahead


def fix_prices(*, periods: Sequence[Period], journal: Journal) -> dict[UUID, Renewal]:
    """The renewal of what follows each of ``periods``, its price fixed from now on.

    ``periods`` are locked, and read with their subscription and organisation. The price is the
    one in force on the local day of the journal's instant; where the offer can no longer be had,
    the renewal is ``withdrawn`` and the subscription stops (R5). What was fixed before stays. Five
    statements at the most for any number of them; keyed by subscription.
    """
    found = _renewals_after(periods)
    unpriced = [p for p in periods if (r := found.get(p.subscription_id)) is None or not _fixed(r)]
    if not unpriced:
        return found
    days = {
        period.subscription_id: local_date(journal.at, zone_named(period.subscription.zone))
        for period in unpriced
    }
    prices = prices_ahead(
        [
            Ahead(period.subscription, period.organisation.country, days[period.subscription_id])
            for period in unpriced
        ]
    )
    made = []
    for period in unpriced:
        row = found.get(period.subscription_id)
        if row is None:
            row = found[period.subscription_id] = _renewal(period)
            made.append(row)
        row.unit_amount = prices.get(period.subscription_id)
        row.withdrawn = row.unit_amount is None
        row.priced_on = days[period.subscription_id]
        if row.withdrawn:
            period.subscription.stops_after = period.number
    stopping = [p.subscription for p in unpriced if found[p.subscription_id].withdrawn]
    if stopping:
        Subscription.objects.bulk_update(stopping, ["stops_after"])
    kept = [row for row in found.values() if row not in made and row.subscription_id in days]
    Renewal.objects.bulk_create(made, ignore_conflicts=True)
    if kept:
        Renewal.objects.bulk_update(kept, ["unit_amount", "withdrawn", "priced_on"])
    return found


def _fixed(renewal: Renewal) -> bool:
    return renewal.priced_on is not None


def _renewal(period: Period) -> Renewal:
    return Renewal(
        id=new_id(),
        organisation_id=period.organisation_id,
        subscription_id=period.subscription_id,
        number=period.number + 1,
        currency=period.subscription.currency,
    )


def _renewals_after(periods: Iterable[Period]) -> dict[UUID, Renewal]:
    numbers = {period.subscription_id: period.number + 1 for period in periods}
    rows = Renewal.objects.select_for_update().filter(
        subscription_id__in=numbers, number__in=set(numbers.values())
    )
    return {
        row.subscription_id: row
        for row in rows.order_by("id")
        if row.number == numbers[row.subscription_id]
    }
