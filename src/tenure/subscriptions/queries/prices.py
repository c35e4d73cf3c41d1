"""What periods to come cost, for many subscriptions at once (R5, R25)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from functools import partial
from typing import Final, NamedTuple
from uuid import UUID

from tenure.base.calendar import Term
from tenure.catalogue.queries import known_catalogue
from tenure.catalogue.rules import OfferFacts
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


PriceOn = Callable[[date], int | None]
"""The price of a seat on a local day, in minor units; None where it cannot be renewed then."""


def prices_ahead(priced: Collection[Ahead]) -> dict[UUID, int | None]:
    """The price of a seat of each subscription's next period, in minor units of its currency.

    None where it cannot be renewed any more, as ``price_ahead`` says. Two statements for any
    number of them. What was not bought here is left out.
    """
    countries = {each.subscription.id: each.country for each in priced}
    known = prices_by_day([each.subscription for each in priced], countries)
    return {row.id: known[row.id](on) for row, _, on in priced if row.id in known}


def prices_by_day(
    rows: Collection[Subscription], countries: Mapping[UUID, str]
) -> dict[UUID, PriceOn]:
    """For each subscription, what a seat of a next period costs by the day on which it is priced.

    ``countries`` are the billing countries by subscription. Two statements for any number of
    them. What was not bought here is left out.
    """
    paid = {
        subscription: (amount, by_staff)
        for subscription, amount, by_staff in read_values(_PAID, [[row.id for row in rows]])
    }
    offers = known_catalogue().offers({row.offer_id for row in rows})
    return {
        row.id: partial(
            _price,
            offers[row.offer_id],
            row,
            country=countries[row.id],
            paid=paid[row.id][0],
            sold_by_staff=paid[row.id][1],
        )
        for row in rows
        if row.id in paid
    }


def _price(
    offer: OfferFacts,
    row: Subscription,
    on: date,
    *,
    country: str,
    paid: int,
    sold_by_staff: bool,
) -> int | None:
    return price_ahead(
        offer,
        term=Term(row.term),
        currency=row.currency,
        country=country,
        on=on,
        paid=paid,
        sold_by_staff=sold_by_staff,
    )
