"""What periods to come cost, for many subscriptions at once (R5, R25)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from tenure.base.calendar import Term
from tenure.catalogue.queries import known_catalogue
from tenure.events.rows import AMONG, read_values
from tenure.subscriptions.models import Subscription
from tenure.subscriptions.rules.announcing import price_ahead


class Ahead(NamedTuple):
    """A subscription whose next period is priced on a local day, for a billing country."""

    subscription: Subscription
    country: str
    on: date


_PAID: Final = f"""
    SELECT subscription.id, COALESCE(renewed.unit_amount, line.unit_amount),
           COALESCE(quote.reason <> '', false)
    FROM subscriptions_subscription AS subscription
    JOIN orders_orderline AS line ON line.id = subscription.order_line_id
    LEFT JOIN orders_quote AS quote ON quote.order_id = line.order_id
    LEFT JOIN LATERAL (
        SELECT unit_amount FROM subscriptions_renewal
        WHERE subscription_id = subscription.id AND order_id IS NOT NULL
        ORDER BY number DESC LIMIT 1
    ) AS renewed ON true
    WHERE subscription.id {AMONG}
"""  # noqa: S608 - of constants


def prices_ahead(priced: Collection[Ahead]) -> dict[UUID, int | None]:
    """The price of a seat of each subscription's next period, in minor units of its currency.

    None where it cannot be renewed any more, as ``price_ahead`` says. Two statements for any
    number of them. What was not bought here is left out.
    """
    paid = {
        subscription: (amount, by_staff)
        for subscription, amount, by_staff in read_values(
            _PAID, [[each.subscription.id for each in priced]]
        )
    }
    offers = known_catalogue().offers({each.subscription.offer_id for each in priced})
    found = {}
    for row, country, on in priced:
        if row.id not in paid:
            continue
        amount, by_staff = paid[row.id]
        found[row.id] = price_ahead(
            offers[row.offer_id],
            term=Term(row.term),
            currency=row.currency,
            country=country,
            on=on,
            paid=amount,
            sold_by_staff=by_staff,
        )
    return found
