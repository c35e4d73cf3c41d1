"""Renewals are ordered: what a customer renews on one day by one method is one order (R24).

Due renewals come in batches of whole customers, whose rows are locked. What is to be charged is
only intended here; ``charging`` calls the gateway when that is committed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from tenure.base.calendar import Term, local_date, zone_named
from tenure.base.errors import Refused
from tenure.base.ids import new_id
from tenure.catalogue.queries import known_catalogue
from tenure.events.journal import Journal
from tenure.flows.bookkeeping import check_currency
from tenure.flows.drafting import evidence_for, number_that_spares, reminder_before
from tenure.flows.renewals.announcing import announce
from tenure.flows.renewals.bundles import Bundle, bundles
from tenure.flows.renewals.intents import begin_payments
from tenure.flows.renewals.pricing import fix_prices
from tenure.orders.commands.orders import LineDraft, OrderDraft, place_orders
from tenure.orders.models import Order, OrderKind, OrderStatus
from tenure.orders.queries.policy import policy_in_force
from tenure.orders.queries.taxed import situation_by
from tenure.orders.rules.payment import needs_verification
from tenure.orders.rules.tax import price_document
from tenure.organisations.models import Organisation
from tenure.organisations.queries import organisations_of
from tenure.policy.model import Policy
from tenure.policy.words import Audience
from tenure.subscriptions.commands.renewing import (
    lock_periods_to_renew,
    tell_ordered,
    unschedule,
    write_renewals,
)
from tenure.subscriptions.queries.obligations import Obligation, obligations

BATCH: Final = 1_000
"""How many subscriptions one transaction takes."""


def order_renewals(scope: Q, until: datetime, journal: Journal) -> int:
    """Renewals whose day has come are priced, ordered, and intended to be charged (R20, R24)."""
    periods, more = lock_periods_to_renew(scope, until, BATCH)
    if not periods:
        return BATCH if more else 0
    buyers = organisations_of(set(periods.values()))
    due = obligations(list(periods))
    place_renewals(due=due, buyers=buyers, journal=journal)
    unschedule(periods=list(periods))
    return BATCH if more else len(periods)


def place_renewals(
    *,
    due: Sequence[Obligation],
    buyers: Mapping[UUID, Organisation],
    journal: Journal,
    to_be_paid: bool = False,
) -> list[Order]:
    """Order what of ``due`` is owed; the ``buyers`` are locked. Returns the orders placed.

    What cannot be ordered for the time being (a student unproved, R8; a rate that nobody knows)
    waits for the next day of charging. With ``to_be_paid`` no payment is begun: the customer is
    there, and pays.
    """
    owed = [each for each in due if each.is_owed(journal.at) and each.renewal.order_id is None]
    for each in fix_prices(owed=owed, buyers=buyers, at=journal.at):
        # An invoice can come before the first reminder, and after it none goes out (R24).
        announce(each, None, journal=journal)
    terms = Terms(*policy_in_force(), _vendor_country(), journal.at, to_be_paid)
    placed: list[tuple[Bundle, OrderDraft]] = []
    for bundle in bundles(owed, buyers):
        at = bundle.next_at(journal.at)
        for each in bundle.owed:
            each.renewal.due_at = at
        draft = _draft(bundle, terms)
        if draft is not None:
            placed.append((bundle, draft))
    orders = place_orders(drafts=[draft for _, draft in placed], journal=journal)
    for (bundle, draft), order in zip(placed, orders, strict=True):
        _refer(bundle, draft, order)
    write_renewals(owed=owed, journal=journal)
    tell_ordered(owed=owed, journal=journal)
    ordered = zip([bundle for bundle, _ in placed], orders, strict=True)
    begin_payments(
        bundles=[each for each in ordered if not (to_be_paid and each[1].total)], journal=journal
    )
    return orders


@dataclass(frozen=True, slots=True)
class Terms:
    """What a batch is ordered under: the policy in force (R32), who sells, and when."""

    number: int
    policy: Policy
    vendor_country: str
    at: datetime
    to_be_paid: bool


def _vendor_country() -> str:
    return known_catalogue().vendor(sandbox=settings.SANDBOX).country


def _draft(bundle: Bundle, terms: Terms) -> OrderDraft | None:
    """The order, taxed by the day and under the policy now in force (R32, R45)."""
    buyer, audience = bundle.buyer, Audience(bundle.buyer.audience)
    sums = [
        (each.renewal.unit_amount or 0) * each.subscription.next_quantity for each in bundle.owed
    ]
    verified = buyer.verified_at is not None
    if needs_verification(audience, verified=verified, total=sum(sums)):
        return None
    try:
        situation = situation_by(
            buyer,
            vendor_country=terms.vendor_country,
            on=local_date(terms.at, zone_named(buyer.timezone)),
            tax=terms.policy.tax,
        )
        check_currency(bundle.currency, at=terms.at)
    except Refused:
        return None
    amounts = price_document(sums, audience, situation)
    status, remind_at = OrderStatus.PAYMENT_UNKNOWN, None
    if terms.to_be_paid and amounts.total:
        status = OrderStatus.DECLINED
    elif bundle.by_transfer and amounts.total:
        status = OrderStatus.AWAITING_TRANSFER
        zone = zone_named(buyer.timezone)
        remind_at = reminder_before(bundle.payable_until, terms.at, zone, terms.policy)
    return OrderDraft(
        organisation=buyer.id,
        cart=None,
        kind=OrderKind.RENEWAL,
        status=status,
        policy_version=terms.number,
        currency=bundle.currency,
        total_net=amounts.total_net,
        total_tax=amounts.total_tax,
        total=amounts.total,
        tax_percent=situation.percent,
        tax_country=situation.country or "",
        reverse_charge=situation.reverse_charge,
        vat_number=number_that_spares(situation, buyer, amounts.total_tax),
        evidence=evidence_for(buyer, total=amounts.total, policy=terms.policy),
        expires_at=bundle.payable_until,
        remind_at=remind_at,
        lines=tuple(
            LineDraft(
                id=new_id(),
                offer=each.subscription.offer_id,
                term=Term(each.subscription.term),
                trial_days=None,
                quantity=each.subscription.next_quantity,
                unit_amount=each.renewal.unit_amount or 0,
                net=line.net,
                tax=line.tax,
                gross=line.gross,
            )
            for each, line in zip(bundle.owed, amounts.lines, strict=True)
        ),
    )


def _refer(bundle: Bundle, draft: OrderDraft, order: Order) -> None:
    for each, line in zip(bundle.owed, draft.lines, strict=True):
        each.renewal.order_id = order.id
        each.renewal.order_line_id = line.id
        each.renewal.quantity = line.quantity
