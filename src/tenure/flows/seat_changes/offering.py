"""What more seats would cost now, and why they cannot be had: before anything is ordered (R27)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.conf import settings

from tenure.access.rules.seats import adding_verdict
from tenure.base.calendar import Span, Term, local_date, zone_named
from tenure.base.errors import Refused
from tenure.base.money import Money
from tenure.base.verdicts import Verdict, refuse
from tenure.catalogue.queries import known_catalogue
from tenure.catalogue.rules import price_in_force, purchasable
from tenure.orders.commands.carts import MOST_SEATS
from tenure.orders.errors import NOT_PRICED
from tenure.orders.queries.policy import policy_in_force
from tenure.orders.queries.taxed import situation_of
from tenure.orders.rules.tax import DocumentAmounts, TaxSituation, price_document
from tenure.organisations.models import Organisation
from tenure.policy.model import Policy
from tenure.policy.words import Audience
from tenure.subscriptions.models import Source
from tenure.subscriptions.queries.facts import period_facts
from tenure.subscriptions.queries.obligations import following_period
from tenure.subscriptions.queries.seat_changes import seats_on_their_way, standing_renewals
from tenure.subscriptions.queries.views import SubscriptionView
from tenure.subscriptions.rules.periods import SubscriptionStatus
from tenure.subscriptions.rules.quantity import prorated_amount

_ACTIVE: Final = SubscriptionStatus.ACTIVE


@dataclass(frozen=True, slots=True)
class AddedLine:
    """A line of it: a seat's price for a whole period, in minor units, and for which days.

    ``span`` is what is paid for of a period that has ``period_days``.
    """

    number: int
    for_next: bool
    unit_amount: int
    span: Span
    period_days: int
    amount: int


@dataclass(frozen=True, slots=True)
class SeatPrice:
    """What more seats cost: the lines, taxed together, under one policy."""

    lines: tuple[AddedLine, ...]
    situation: TaxSituation
    amounts: DocumentAmounts
    policy: Policy
    policy_number: int


@dataclass(frozen=True, slots=True)
class SeatOffer:
    """So many more seats of a subscription, on a local day of its zone.

    ``seats`` is how many it has and how many are on their way. ``price`` is None where they
    cannot be had: ``verdict`` says why.
    """

    view: SubscriptionView
    quantity: int
    on: date
    seats: int
    verdict: Verdict
    price: SeatPrice | None

    @property
    def total(self) -> Money:
        """With tax; nothing where they cannot be had."""
        amount = self.price.amounts.total if self.price else 0
        return Money(amount, self.view.subscription.currency)


def seat_offer(
    view: SubscriptionView, *, organisation: Organisation, quantity: int, at: datetime
) -> SeatOffer:
    """``quantity`` more seats of a subscription of ``organisation``'s, at ``at``.

    The first no that holds of ``seats_not_sold_here``, ``seats_not_for_trial``,
    ``subscription_not_active``, ``subscription_full``, ``offer_withdrawn``, ``offer_not_online``,
    ``offer_not_in_country``, ``not_priced``, ``tax_rate_unknown``. A few statements.
    """
    row = view.subscription
    on = local_date(at, zone_named(row.zone))
    seats = row.quantity + seats_on_their_way(row.id)
    verdict = adding_verdict(
        external=row.source == Source.EXTERNAL,
        trial=row.term == Term.TRIAL,
        active=view.status is _ACTIVE and view.is_covered,
        quantity=seats + quantity,
        most=MOST_SEATS,
    )
    if not verdict:
        return SeatOffer(view, quantity, on, seats, verdict, None)
    unit, sold = _unit_price(view, organisation.country, on)
    if not sold:
        return SeatOffer(view, quantity, on, seats, sold, None)
    return _priced(view, organisation, quantity, on, seats, unit, verdict)


def _unit_price(view: SubscriptionView, country: str, on: date) -> tuple[int, Verdict]:
    """Today's price of the offer and term, in the currency that it keeps to its end (R5, R7)."""
    row = view.subscription
    offer = known_catalogue().offers([row.offer_id])[row.offer_id]
    sold = purchasable(offer, country)
    price = price_in_force(offer.prices, Term(row.term), row.currency, on)
    if not sold:
        return 0, sold
    if price is None:
        figures = {"offer": row.offer_id, "term": row.term, "currency": row.currency}
        return 0, refuse(NOT_PRICED, **figures)
    return price.amount, sold


def _priced(
    view: SubscriptionView,
    organisation: Organisation,
    quantity: int,
    on: date,
    seats: int,
    unit: int,
    verdict: Verdict,
) -> SeatOffer:
    number, policy = policy_in_force()
    audience = Audience(organisation.audience)
    try:
        situation = situation_of(
            organisation=organisation.id,
            audience=audience,
            country=organisation.country,
            vendor_country=known_catalogue().vendor(sandbox=settings.SANDBOX).country,
            on=on,
            tax=policy.tax,
        )
    except Refused as unknown:
        said = refuse(unknown.code, **unknown.figures)
        return SeatOffer(view, quantity, on, seats, said, None)
    lines = (_rest_of_period(view, unit, quantity, on), *_next_period(view, quantity))
    amounts = price_document([line.amount for line in lines], audience, situation)
    price = SeatPrice(lines, situation, amounts, policy, number)
    return SeatOffer(view, quantity, on, seats, verdict, price)


def _rest_of_period(view: SubscriptionView, unit: int, quantity: int, on: date) -> AddedLine:
    span = period_facts(view.current).span
    return AddedLine(
        number=view.current.number,
        for_next=False,
        unit_amount=unit,
        span=Span(on, span.ends_on),
        period_days=span.days,
        amount=prorated_amount(unit, quantity, on, span),
    )


def _next_period(view: SubscriptionView, quantity: int) -> tuple[AddedLine, ...]:
    """The same seats in the period after it, if its renewal is ordered already: at the price that
    was fixed for that."""
    number = view.current.number + 1
    key = (view.subscription.id, number)
    renewal = standing_renewals([key]).get(key)
    if renewal is None or renewal.unit_amount is None:
        return ()
    span = following_period(view.subscription, number).span
    amount = renewal.unit_amount * quantity
    return (AddedLine(number, True, renewal.unit_amount, span, span.days, amount),)
