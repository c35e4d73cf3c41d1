"""What confirming an order binds one to, in dates, before it is confirmed (R8, R18, R21, R28)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tenure.base.calendar import Term, local_date, period_bounds, trial_bounds, zone_named
from tenure.base.verdicts import Verdict
from tenure.flows.seat_changes.offering import SeatOffer, SeatPrice
from tenure.orders.models import Quote, QuoteLine
from tenure.orders.queries.carts import PricedCart
from tenure.orders.queries.policy import policy_numbered
from tenure.orders.rules.cancellation import BoughtLine as CancelledLine
from tenure.orders.rules.cancellation import BoughtOrder, cancellation_verdict
from tenure.orders.rules.payment import needs_verification, verification_last_day
from tenure.organisations.models import Organisation
from tenure.policy.words import Audience
from tenure.subscriptions.queries.facts import wants_more
from tenure.subscriptions.rules.renewal import opt_out_deadline


@dataclass(frozen=True, slots=True)
class Deal:
    """If it were paid today: its period, and what can be done until when.

    What is None does not apply: a trial is not renewed; ``cancel_until`` where there is no
    window; ``prove_until`` where nothing has to be proved before anything is charged.
    """

    term: Term
    starts_on: date
    last_day: date
    renews_on: date | None
    stop_until: date | None
    cancel_until: date | None
    prove_until: date | None
    asks_start: bool = False
    """Whether a consumer is asked to request expressly that it starts at once (R33)."""


def deal(priced: PricedCart, *, at: datetime, zone: ZoneInfo, proves: bool) -> Deal:
    """What buying ``priced`` at ``at`` means in the buyer's zone; ``proves``: see R8."""
    today = local_date(at, zone)
    term = Term(priced.cart.term)
    if term is Term.TRIAL:
        span = trial_bounds(today, max(line.offer.trial_days or 1 for line in priced.lines))
        return Deal(term, today, span.last_day, None, None, None, None)
    span = period_bounds(today, term, 1)
    return Deal(
        term=term,
        starts_on=today,
        last_day=span.last_day,
        renews_on=span.ends_on,
        stop_until=opt_out_deadline(span.ends_on, priced.policy),
        cancel_until=_cancel_until(priced, today, at, zone),
        prove_until=verification_last_day(at, zone, priced.policy) if proves else None,
        asks_start=_asks_start(priced),
    )


def _asks_start(priced: PricedCart) -> bool:
    rights = priced.policy.statutory_eu
    protected = rights.protects(Audience(priced.cart.audience), priced.cart.country)
    return protected and rights.express_request_to_start


def quote_deals(
    quote: Quote, lines: Sequence[QuoteLine], *, at: datetime, zone: ZoneInfo, buyer: Organisation
) -> list[Deal]:
    """What accepting a quote at ``at`` means, for each term in it: staff may mix them (R12)."""
    policy, today = policy_numbered(quote.policy_version_id), local_date(at, zone)
    protected = policy.statutory_eu.protects(Audience(buyer.audience), buyer.country)
    verdict = cancellation_verdict(
        BoughtOrder(
            lines=tuple(CancelledLine(Term(line.term), line.gross) for line in lines),
            currency=quote.currency,
            paid_on=today,
            statutory=protected,
        ),
        at=at,
        zone=zone,
        policy=policy,
    )
    verified = buyer.verified_at is not None
    proves = needs_verification(Audience(buyer.audience), verified=verified, total=quote.total)
    return [
        Deal(
            term=term,
            starts_on=today,
            last_day=span.last_day,
            renews_on=span.ends_on,
            stop_until=opt_out_deadline(span.ends_on, policy),
            cancel_until=_deadline(verdict),
            prove_until=verification_last_day(at, zone, policy) if proves else None,
            asks_start=protected and policy.statutory_eu.express_request_to_start,
        )
        for term in dict.fromkeys(Term(line.term) for line in lines)
        for span in [period_bounds(today, term, 1)]
    ]


@dataclass(frozen=True, slots=True)
class SeatsDeal:
    """What adding seats means if they were paid today: until when they are paid for, and what can
    be done until when (R18, R27). What is None does not apply, nor does ``stop_until`` once that
    day is over."""

    starts_on: date
    last_day: date
    renews_on: date | None
    stop_until: date | None
    cancel_until: date | None
    prove_until: date | None
    asks_start: bool
    """Whether a consumer is asked to request expressly that they start at once (R33)."""


def seats_deal(
    offer: SeatOffer, price: SeatPrice, *, buyer: Organisation, at: datetime
) -> SeatsDeal:
    """What adding the seats of ``offer`` at ``at`` means."""
    zone, audience = zone_named(buyer.timezone), Audience(buyer.audience)
    row, current, today = offer.view.subscription, offer.view.current, local_date(at, zone)
    renews = wants_more(row, current.number)
    in_time = renews and current.opt_out_on is not None and offer.on <= current.opt_out_on
    rights = price.policy.statutory_eu
    protected = rights.protects(audience, buyer.country)
    verdict = cancellation_verdict(
        BoughtOrder(
            lines=tuple(CancelledLine(Term(row.term), each.gross) for each in price.amounts.lines),
            currency=row.currency,
            paid_on=today,
            statutory=protected,
        ),
        at=at,
        zone=zone,
        policy=price.policy,
    )
    verified = buyer.verified_at is not None
    proves = needs_verification(audience, verified=verified, total=price.amounts.total)
    return SeatsDeal(
        starts_on=offer.on,
        last_day=price.lines[-1].span.last_day,
        renews_on=price.lines[-1].span.ends_on if renews else None,
        stop_until=current.opt_out_on if in_time else None,
        cancel_until=_deadline(verdict),
        prove_until=verification_last_day(at, zone, price.policy) if proves else None,
        asks_start=protected and rights.express_request_to_start,
    )


def _cancel_until(priced: PricedCart, today: date, at: datetime, zone: ZoneInfo) -> date | None:
    audience = Audience(priced.cart.audience)
    bought = BoughtOrder(
        lines=tuple(CancelledLine(line.term, line.gross) for line in priced.lines),
        currency=priced.cart.currency,
        paid_on=today,
        statutory=priced.policy.statutory_eu.protects(audience, priced.cart.country),
    )
    return _deadline(cancellation_verdict(bought, at=at, zone=zone, policy=priced.policy))


def _deadline(verdict: Verdict) -> date | None:
    until = verdict.figures.get("deadline") if verdict else None
    return until if isinstance(until, date) else None
