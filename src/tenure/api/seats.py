"""More seats of a subscription in mid-period: what they cost, and buying them (R27)."""

from __future__ import annotations

from typing import Annotated

from ninja import Query
from pydantic import BeforeValidator, StrictBool
from typing_extensions import TypedDict

from tenure.access.errors import (
    SEATS_CHANGED,
    SEATS_NOT_FOR_TRIAL,
    SEATS_NOT_SOLD_HERE,
    SUBSCRIPTION_FULL,
    SUBSCRIPTION_NOT_ACTIVE,
)
from tenure.api.callers import Call
from tenure.api.calls import Answer, Calls
from tenure.api.fields import Body, MoneyIn, Quantity
from tenure.api.lists import whole_number
from tenure.api.ordered import OrderOut
from tenure.api.orders import PAYMENT_REFUSALS, PaymentIn, payment_of, resumed, settled
from tenure.api.shapes import Day, MoneyOut, money_out
from tenure.base.money import Money
from tenure.base.wording import sentence
from tenure.billing.ledger.errors import RATE_UNKNOWN
from tenure.catalogue.errors import OFFER_NOT_IN_COUNTRY, OFFER_NOT_ONLINE, OFFER_WITHDRAWN
from tenure.flows.seat_changes.adding import MoreSeats, add_seats
from tenure.flows.seat_changes.offering import SeatOffer, seat_offer
from tenure.orders.commands.carts import MOST_SEATS
from tenure.orders.errors import NOT_PRICED, TAX_RATE_UNKNOWN
from tenure.subscriptions.models import Subscription
from tenure.subscriptions.queries.views import subscription_views

calls = Calls("Subscriptions")

SeatsAsked = Annotated[
    int,
    BeforeValidator(whole_number),
    Query(1, ge=1, le=MOST_SEATS, description="How many more."),
]


class MoreSeatsIn(Body):
    """How many more seats, and how they are paid: by the default card if nothing is said.

    What differs from `expected_total`, the sum with tax that was shown, is refused (R16).
    `start_at_once` puts on record that a consumer expressly asked for it (R33).
    """

    quantity: Quantity
    payment: PaymentIn | None = None
    expected_total: MoneyIn | None = None
    start_at_once: StrictBool = False


class AddedLineOut(TypedDict):
    """For which days of which period, half-open, and how that comes about: `unit_price` for a
    whole period × `quantity` × `days` ÷ `period_days`."""

    period: int
    starts_on: Day
    ends_on: Day
    days: int
    period_days: int
    unit_price: MoneyOut
    quantity: int
    net: MoneyOut
    tax: MoneyOut
    total: MoneyOut


class SeatOfferOut(TypedDict):
    """What more seats would cost now, or why they cannot be had."""

    allowed: bool
    code: str
    rule: str | None
    detail: str
    seats: int
    lines: list[AddedLineOut]
    total_net: MoneyOut
    total_tax: MoneyOut
    total: MoneyOut


@calls.get("/subscriptions/{subscription}/seats", SeatOfferOut, speaks=True)
def get_price_of_seats(call: Call, quantity: SeatsAsked = 1) -> Answer:
    """What so many more seats would cost now for the rest of the period, or why not (R27).

    `seats` is how many there are and how many are on their way.
    """
    row = Subscription.objects.select_related("organisation").get(id=call.ids["subscription"])
    (view,) = subscription_views([row], call.now)
    offer = seat_offer(view, organisation=row.organisation, quantity=quantity, at=call.now)
    return Answer(_offered(offer, call.language), language=call.language)


@calls.post(
    "/subscriptions/{subscription}/seats",
    {201: OrderOut},
    moves_money=True,
    resume=resumed,
    refuses=(
        SEATS_NOT_SOLD_HERE,
        SEATS_NOT_FOR_TRIAL,
        SUBSCRIPTION_NOT_ACTIVE,
        SUBSCRIPTION_FULL,
        OFFER_WITHDRAWN,
        OFFER_NOT_ONLINE,
        OFFER_NOT_IN_COUNTRY,
        NOT_PRICED,
        TAX_RATE_UNKNOWN,
        SEATS_CHANGED,
        RATE_UNKNOWN,
        *PAYMENT_REFUSALS,
    ),
)
def add_seats_now(call: Call, body: MoreSeatsIn) -> Answer:
    """Buy seats for the rest of the period; they renew with the subscription (R27)."""
    expected = body.expected_total
    outcome = add_seats(
        wanted=MoreSeats(
            subscription=call.ids["subscription"],
            quantity=body.quantity,
            payment=payment_of(body.payment) if body.payment else None,
            expected_total=Money(expected.amount, expected.currency) if expected else None,
            start_at_once=body.start_at_once,
        ),
        now=call.now,
        by=call.by,
        asked=call.asked,
    )
    return settled(outcome, 201)


def _offered(offer: SeatOffer, language: str) -> SeatOfferOut:
    verdict, price, currency = offer.verdict, offer.price, offer.view.subscription.currency
    amounts = price.amounts if price else None
    return {
        "allowed": price is not None,
        "code": verdict.code.code,
        "rule": verdict.code.rule,
        "detail": sentence(verdict.code, verdict.figures, language),
        "seats": offer.seats,
        "lines": _lines(offer),
        "total_net": money_out(amounts.total_net if amounts else 0, currency),
        "total_tax": money_out(amounts.total_tax if amounts else 0, currency),
        "total": money_out(offer.total.amount, currency),
    }


def _lines(offer: SeatOffer) -> list[AddedLineOut]:
    price, currency = offer.price, offer.view.subscription.currency
    if price is None:
        return []
    return [
        {
            "period": line.number,
            "starts_on": line.span.starts_on.isoformat(),
            "ends_on": line.span.ends_on.isoformat(),
            "days": line.span.days,
            "period_days": line.period_days,
            "unit_price": money_out(line.unit_amount, currency),
            "quantity": offer.quantity,
            "net": money_out(taxed.net, currency),
            "tax": money_out(taxed.tax, currency),
            "total": money_out(taxed.gross, currency),
        }
        for line, taxed in zip(price.lines, price.amounts.lines, strict=True)
    ]
