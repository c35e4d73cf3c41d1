"""What can be chosen about a subscription's renewal, before anything is clicked (R21, R22)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings

from tenure.base.calendar import Span, Term, local_date, period_bounds, zone_named
from tenure.base.errors import Refused
from tenure.base.money import Money
from tenure.base.verdicts import Verdict
from tenure.catalogue.queries import known_catalogue
from tenure.catalogue.rules import price_in_force
from tenure.orders.queries.policy import policy_of
from tenure.orders.queries.taxed import situation_of
from tenure.orders.rules.tax import DocumentAmounts, price_document
from tenure.policy.model import Policy
from tenure.policy.words import Audience
from tenure.subscriptions.errors import OPT_OUT_CLOSED
from tenure.subscriptions.models import Period, Source, Subscription
from tenure.subscriptions.queries.ahead import NOTHING, NextPeriod, next_period
from tenure.subscriptions.queries.facts import period_facts, wants_more
from tenure.subscriptions.queries.views import SubscriptionView
from tenure.subscriptions.rules.renewal import opt_in_verdict, opt_out_verdict


@dataclass(frozen=True, slots=True)
class RenewalChoice:
    """What stands about the renewal of a subscription, and what can be chosen now.

    ``renews`` is whether a period follows the current one as things stand, ``stops_after_next``
    whether it is to be the last. ``price`` is what the next period costs with its tax, at the
    price that a reminder fixed, or else by today's catalogue; None where that is not known.
    ``last_day`` is the current period's, ``ahead`` what stands about the one after it.
    """

    renews: bool
    stops_after_next: bool
    off: Verdict
    on: Verdict
    price: DocumentAmounts | None
    currency: str
    last_day: date
    following: Span | None
    ahead: NextPeriod

    @property
    def too_late(self) -> bool:
        """Whether the deadline is over, so that it can only stop after the next period (R21)."""
        return self.off.code is OPT_OUT_CLOSED

    @property
    def possible(self) -> bool:
        """Whether there is anything to choose."""
        return bool(self.off) or self.too_late

    @property
    def total(self) -> Money | None:
        """The price with tax."""
        return Money(self.price.total, self.currency) if self.price else None

    @property
    def net(self) -> Money | None:
        """The price without tax."""
        return Money(self.price.total_net, self.currency) if self.price else None


def renewal_choice(
    view: SubscriptionView, *, audience: Audience, country: str, at: datetime
) -> RenewalChoice:
    """What a customer can choose about a subscription at ``at``; few statements, mostly one.

    ``audience`` and ``country`` are the organisation's.
    """
    row, current = view.subscription, view.current
    facts, zone = period_facts(current), zone_named(row.zone)
    policy = policy_of(current.order.policy_version_id if current.order else None)
    external = row.source == Source.EXTERNAL
    price, ahead = None, NOTHING
    if not external and row.term != Term.TRIAL:
        ahead = next_period(view)
        price = renewal_price(
            row,
            audience=audience,
            country=country,
            on=local_date(at, zone),
            policy=policy,
            fixed=ahead.fixed,
        )
    total = Money(price.total, row.currency) if price else None
    return RenewalChoice(
        renews=wants_more(row, current.number) and not ahead.withdrawn,
        stops_after_next=row.stops_after == current.number + 1,
        off=opt_out_verdict(facts, at=at, zone=zone, policy=policy, external=external),
        on=opt_in_verdict(
            facts,
            at=at,
            zone=zone,
            policy=policy,
            price=total,
            external=external,
            withdrawn=ahead.withdrawn,
        ),
        price=price,
        currency=row.currency,
        last_day=facts.span.last_day,
        following=_following(row, current),
        ahead=ahead,
    )


def renewal_price(
    row: Subscription,
    *,
    audience: Audience,
    country: str,
    on: date,
    policy: Policy,
    fixed: int | None = None,
) -> DocumentAmounts | None:
    """What the next period costs: at the price ``fixed`` for a seat by its first reminder (R25),
    or else by the catalogue of the day ``on`` (R7, R20).

    None for what has no price any more, or where no rate of tax is known.
    """
    known = known_catalogue()
    facts = known.offers([row.offer_id]).get(row.offer_id)
    held = price_in_force(facts.prices, Term(row.term), row.currency, on) if facts else None
    unit = held.amount if held and fixed is None else fixed
    if unit is None:
        return None
    try:
        situation = situation_of(
            organisation=row.organisation_id,
            audience=audience,
            country=country,
            vendor_country=known.vendor(sandbox=settings.SANDBOX).country,
            on=on,
            tax=policy.tax,
        )
    except Refused:
        return None
    return price_document([unit * row.next_quantity], audience, situation)


def _following(row: Subscription, current: Period) -> Span | None:
    if row.term == Term.TRIAL:
        return None
    return period_bounds(row.anchor_on, Term(row.term), current.number + 1)
