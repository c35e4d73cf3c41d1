"""Reminders of renewals to come (R25), with what is in their way (R5, R8, R24, R26)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from tenure.access.events import SeatLossesAhead
from tenure.access.queries.losses import Fewer, members_who_lose
from tenure.base.calendar import local_date, zone_named
from tenure.base.errors import Refused
from tenure.base.money import Money
from tenure.billing.models import Payment, PaymentMethod, PaymentStatus
from tenure.billing.queries.payment_methods import default_methods
from tenure.billing.rules.cards import last_day
from tenure.catalogue.queries import known_catalogue
from tenure.events.journal import Journal
from tenure.flows.renewals.proofs import ask_students
from tenure.flows.renewals.trials import offer_paid_terms
from tenure.orders.queries.policy import policy_numbered
from tenure.orders.queries.taxed import situation_by
from tenure.orders.rules.tax import LineAmounts, TaxKind, TaxSituation, price_document
from tenure.policy.model import Policy
from tenure.policy.words import Audience
from tenure.policy.words import PaymentMethod as Method
from tenure.subscriptions.commands.pricing import fix_prices
from tenure.subscriptions.events import RenewalReminded
from tenure.subscriptions.models import Period, Renewal, Subscription
from tenure.subscriptions.queries.reminders import due_reminders, goes_on, next_reminder
from tenure.subscriptions.rules.renewal import card_charge_days, transfer_invoice_day

BATCH: Final = 500
"""How many rows one transaction takes."""
_MOST_NAMED: Final = 20
"""So many of those who lose a seat are named; the rest is counted."""


def remind_of_renewals(scope: Q, until: datetime, journal: Journal) -> int:
    """Remind of deadlines to come, and fix the prices that the reminders name (R25).

    Where several reminders are due of one period, as after a long pause, one goes out. What is
    not to be renewed, or is paid already, is passed over.
    """
    periods = list(due_reminders(scope, until)[:BATCH])
    if not periods:
        return 0
    open_ones = [
        period
        for period in periods
        if period.opt_out_until is not None and journal.at < period.opt_out_until
    ]
    _tell([period for period in open_ones if goes_on(period)], journal)
    offer_paid_terms(periods=periods, journal=journal)
    for period in periods:
        policy = _policy(period)
        period.remind_at = next_reminder(period, policy, journal.at) if policy else None
    Period.objects.bulk_update(periods, ["remind_at"])
    return len(periods)


def tell_of_losses(*, periods: Sequence[Period], journal: Journal) -> None:
    """The deadlines of ``periods`` are over: tell who loses a seat with the next one (R26)."""
    rows = {period.subscription_id: period for period in periods if goes_on(period)}
    losing = _losing([period.subscription for period in rows.values()])
    for subscription, members in losing.items():
        period = rows[subscription]
        if members:
            fact = SeatLossesAhead(
                subscription=subscription, on=period.ends_on, members=tuple(members)
            )
            journal.record(period.organisation_id, fact, at=period.opt_out_until)


def _policy(period: Period) -> Policy | None:
    return policy_numbered(period.order.policy_version_id) if period.order else None


@dataclass(frozen=True, slots=True)
class Reminded:
    """A period whose renewal is told of, with all that has to be known for it."""

    period: Period
    renewal: Renewal
    policy: Policy
    method: Method

    @property
    def charged_on(self) -> date:
        """The local day on which the renewal is charged first, or invoiced (R24)."""
        ends_on = self.period.ends_on
        if self.method == Method.BANK_TRANSFER:
            return transfer_invoice_day(ends_on, self.policy)
        return card_charge_days(ends_on, self.policy)[0]


@dataclass(slots=True)
class Known:
    """What a batch of reminders says of each subscription."""

    amounts: dict[UUID, LineAmounts] = field(default_factory=dict)
    cards: Mapping[UUID, PaymentMethod] = field(default_factory=dict)
    losing: Mapping[UUID, Sequence[UUID]] = field(default_factory=dict)


def _tell(periods: Sequence[Period], journal: Journal) -> None:
    if not periods:
        return
    announced = set(
        Renewal.objects.filter(
            subscription_id__in=[period.subscription_id for period in periods], withdrawn=True
        ).values_list("subscription_id", "number")
    )
    renewals = fix_prices(periods=periods, journal=journal)
    ask_students(periods=periods, journal=journal)
    methods = _methods(periods)
    told = [
        Reminded(period, renewals[period.subscription_id], policy, methods[period.id])
        for period in periods
        if (policy := _policy(period)) is not None
        and renewals[period.subscription_id].closed_at is None
        and (period.subscription_id, period.number + 1) not in announced
    ]
    known = Known(
        amounts=_amounts(told, journal.at),
        cards=default_methods({each.period.organisation_id for each in told}),
        losing=_losing([each.period.subscription for each in told]),
    )
    for each in told:
        journal.record(each.period.organisation_id, _fact(each, known))


def _fact(each: Reminded, known: Known) -> RenewalReminded:
    period, row = each.period, each.period.subscription
    amounts = known.amounts.get(row.id)
    losing = known.losing.get(row.id, ()) if amounts else ()
    return RenewalReminded(
        subscription=row.id,
        number=period.number + 1,
        deadline=period.opt_out_on or period.ends_on,
        renews_on=period.ends_on,
        quantity=row.next_quantity,
        net=Money(amounts.net, row.currency) if amounts else None,
        amount=Money(amounts.gross, row.currency) if amounts else None,
        method=each.method.value,
        charged_on=each.charged_on if amounts else None,
        needs=tuple(_needs(each, known)) if amounts else (),
        seats_lost=len(losing),
        members=tuple(losing[:_MOST_NAMED]),
    )


def _needs(each: Reminded, known: Known) -> list[str]:
    """What is missing for the renewal to be paid, as things stand (R8, R24)."""
    needs = []
    buyer = each.period.organisation
    if buyer.audience == Audience.STUDENT and buyer.verified_at is None:
        needs.append("proof")
    if each.method == Method.CARD:
        card = known.cards.get(buyer.id)
        if card is None:
            needs.append("card")
        elif last_day(card.exp_month, card.exp_year) < each.charged_on:
            needs.append("expires")
    return needs


def _methods(periods: Sequence[Period]) -> dict[UUID, Method]:
    """How each period was paid, and so how it renews (R24); one statement."""
    orders = [period.order_id for period in periods if period.order_id]
    by_transfer = set(
        Payment.objects.filter(
            order_id__in=orders, status=PaymentStatus.CAPTURED, method=Method.BANK_TRANSFER
        ).values_list("order_id", flat=True)
    )
    return {
        period.id: Method.BANK_TRANSFER if period.order_id in by_transfer else Method.CARD
        for period in periods
    }


def _losing(rows: Sequence[Subscription]) -> Mapping[UUID, Sequence[UUID]]:
    """Who loses a seat where the next period has fewer (R26); three statements, mostly none."""
    fewer = [Fewer(row, row.next_quantity) for row in rows if row.next_quantity < row.quantity]
    return members_who_lose(fewer) if fewer else {}


def _amounts(told: Sequence[Reminded], at: datetime) -> dict[UUID, LineAmounts]:
    """What each renewal costs with its tax: as lines of the one order of the day (R24, R44)."""
    orders: defaultdict[tuple[UUID, str, date, Method], list[Reminded]] = defaultdict(list)
    for each in told:
        if not each.renewal.withdrawn:
            row = each.period.subscription
            key = (row.organisation_id, row.currency, each.period.ends_on, each.method)
            orders[key].append(each)
    vendor = known_catalogue().vendor(sandbox=settings.SANDBOX).country
    found = {}
    for lines in orders.values():
        for each, amounts in zip(lines, _taxed(lines, vendor, at), strict=True):
            found[each.period.subscription_id] = amounts
    return found


def _taxed(lines: Sequence[Reminded], vendor: str, at: datetime) -> Sequence[LineAmounts]:
    """One order's lines; where no rate of tax is known for the day, none is guessed (R45)."""
    buyer = lines[0].period.organisation
    amounts = [
        (each.renewal.unit_amount or 0) * each.period.subscription.next_quantity for each in lines
    ]
    on = local_date(at, zone_named(buyer.timezone))
    try:
        situation = situation_by(buyer, vendor_country=vendor, on=on, tax=lines[0].policy.tax)
    except Refused:
        situation = TaxSituation(TaxKind.NO_TAX, None, 0)
    return price_document(amounts, Audience(buyer.audience), situation).lines
