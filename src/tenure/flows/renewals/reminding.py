"""Reminders of renewals to come (R25), with what is in their way (R5, R8, R24, R26)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from tenure.access.events import SeatLossesAhead
from tenure.access.queries.losses import Fewer, members_who_lose
from tenure.base.calendar import local_date, zone_named
from tenure.base.errors import Refused
from tenure.billing.models import PaymentMethod
from tenure.billing.queries.payment_methods import default_methods
from tenure.billing.rules.cards import last_day
from tenure.catalogue.queries import known_catalogue
from tenure.events.journal import Journal
from tenure.flows.batches import BATCH
from tenure.flows.renewals.announcing import Coming, announce
from tenure.flows.renewals.pricing import fix_prices
from tenure.flows.renewals.proofs import ask_students
from tenure.flows.renewals.trials import offer_paid_terms
from tenure.orders.queries.policy import policy_numbered
from tenure.orders.queries.taxed import situation_by
from tenure.orders.rules.tax import LineAmounts, TaxKind, TaxSituation, price_document
from tenure.organisations.models import Organisation
from tenure.policy.model import Policy
from tenure.policy.words import Audience
from tenure.subscriptions.commands.renewing import remind_next, write_renewals
from tenure.subscriptions.models import Period, Subscription
from tenure.subscriptions.queries.obligations import Obligation, obligations
from tenure.subscriptions.queries.reminders import due_reminders, goes_on, next_reminder
from tenure.subscriptions.rules.renewal import renewal_day


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
    remind_next(periods=periods)
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


class Known(NamedTuple):
    """What a batch of reminders says: prices and losses by subscription, cards by customer."""

    amounts: Mapping[UUID, LineAmounts]
    cards: Mapping[UUID, PaymentMethod]
    losing: Mapping[UUID, Sequence[UUID]]


def _tell(periods: Sequence[Period], journal: Journal) -> None:
    if not periods:
        return
    buyers = {period.organisation_id: period.organisation for period in periods}
    found = {each.current.id: each for each in obligations([period.id for period in periods])}
    owed = [found[period.id] for period in periods if period.id in found]
    told = [each for each in owed if each.renewal.closed_at is None and not each.renewal.withdrawn]
    _fix(told, buyers, journal)
    ask_students(periods=periods, journal=journal)
    known = Known(
        amounts=_amounts(told, buyers, journal.at),
        cards=default_methods({each.subscription.organisation_id for each in told}),
        losing=_losing([each.subscription for each in told]),
    )
    for each in told:
        buyer = buyers[each.subscription.organisation_id]
        announce(each, _coming(each, buyer, known), journal=journal)


def _fix(told: Sequence[Obligation], buyers: Mapping[UUID, Organisation], journal: Journal) -> None:
    """The first reminder fixes the price (R25)."""
    fixing = [each for each in told if each.renewal.priced_on is None]
    fix_prices(owed=fixing, buyers=buyers, at=journal.at)
    write_renewals(owed=fixing, journal=journal)
    journal.write()  # what is ordered at the same instant reads them


def _coming(each: Obligation, buyer: Organisation, known: Known) -> Coming | None:
    amounts = known.amounts.get(each.subscription.id)
    if amounts is None:
        return None
    charged_on = renewal_day(each.current.ends_on, each.policy, by_transfer=each.by_transfer)
    return Coming(
        amounts=amounts,
        charged_on=charged_on,
        needs=_needs(each, buyer, known.cards.get(buyer.id), charged_on),
        losing=known.losing.get(each.subscription.id, ()),
    )


def _needs(
    each: Obligation, buyer: Organisation, card: PaymentMethod | None, charged_on: date
) -> list[str]:
    """What is missing for the renewal to be paid, as things stand (R8, R24)."""
    needs = []
    if buyer.audience == Audience.STUDENT and buyer.verified_at is None:
        needs.append("proof")
    if not each.by_transfer:
        if card is None:
            needs.append("card")
        elif last_day(card.exp_month, card.exp_year) < charged_on:
            needs.append("expires")
    return needs


def _losing(rows: Sequence[Subscription]) -> Mapping[UUID, Sequence[UUID]]:
    """Who loses a seat where the next period has fewer (R26); three statements, mostly none."""
    fewer = [Fewer(row, row.next_quantity) for row in rows if row.next_quantity < row.quantity]
    return members_who_lose(fewer) if fewer else {}


def _amounts(
    told: Sequence[Obligation], buyers: Mapping[UUID, Organisation], at: datetime
) -> dict[UUID, LineAmounts]:
    """What each renewal costs with its tax: as lines of the one order of the day (R24, R44)."""
    orders: defaultdict[tuple[UUID, str, date, bool], list[Obligation]] = defaultdict(list)
    for each in told:
        if not each.renewal.withdrawn:
            row = each.subscription
            key = (row.organisation_id, row.currency, each.current.ends_on, each.by_transfer)
            orders[key].append(each)
    vendor = known_catalogue().vendor(sandbox=settings.SANDBOX).country
    found = {}
    for (buyer, *_), lines in orders.items():
        taxed = _taxed(lines, buyers[buyer], vendor, at)
        for each, amounts in zip(lines, taxed, strict=True):
            found[each.subscription.id] = amounts
    return found


def _taxed(
    lines: Sequence[Obligation], buyer: Organisation, vendor: str, at: datetime
) -> Sequence[LineAmounts]:
    """One order's lines; where no rate of tax is known for the day, none is guessed (R45)."""
    amounts = [(each.renewal.unit_amount or 0) * each.subscription.next_quantity for each in lines]
    on = local_date(at, zone_named(buyer.timezone))
    try:
        situation = situation_by(buyer, vendor_country=vendor, on=on, tax=lines[0].policy.tax)
    except Refused:
        situation = TaxSituation(TaxKind.NO_TAX, None, 0)
    return price_document(amounts, Audience(buyer.audience), situation).lines
