"""Settling: what a gateway said becomes paid orders, subscriptions and seats.

Plain steps, called inside a transaction by whoever comes first: the checkout, the customer's
return from the bank, or recovery. Each is idempotent and takes sequences.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from tenure.access.commands.seats import make_seats
from tenure.base.calendar import local_date, zone_named
from tenure.billing.commands.payment_methods import keep_cards, name_customers, to_keep_card
from tenure.billing.commands.payments import lock_orders_of, lock_payments, settle_payments, to_lock
from tenure.billing.gateways import Outcome, Result
from tenure.billing.models import Payment, PaymentStatus
from tenure.events.journal import Fact, Journal
from tenure.events.sending import Question
from tenure.flows.bookkeeping import book_payments
from tenure.flows.documents.facts import (
    Bought,
    BoughtLine,
    local_days,
    read_unbegun,
    seller,
    to_read_unbegun,
)
from tenure.flows.documents.issuing import issue_invoices
from tenure.flows.renewals.settling import fulfil_renewals
from tenure.flows.renewals.trials import end_trials, to_end_trials
from tenure.flows.seat_changes.settling import fulfil_seats
from tenure.orders.commands.evidence import note_cards
from tenure.orders.commands.orders import keep_until, mark, mark_paid
from tenure.orders.events import (
    OrderAuthenticationRequired,
    OrderDeclined,
    OrderPaymentUnknown,
)
from tenure.orders.models import Order, OrderKind, OrderLine, OrderStatus
from tenure.orders.queries.policy import policy_numbered
from tenure.organisations.commands.retention import withdraw_purges
from tenure.policy.words import Audience, PaymentMethod
from tenure.subscriptions.commands.beginning import Beginning, begin_subscriptions
from tenure.subscriptions.commands.renewing import (
    is_stopped,
    order_anew,
    renewals_of,
    tell_declined,
)
from tenure.subscriptions.models import Period
from tenure.subscriptions.queries.seat_changes import wanted_until

_UNSETTLED: Final[Mapping[str, tuple[OrderStatus, Callable[..., Fact]]]] = {
    PaymentStatus.DECLINED: (OrderStatus.DECLINED, OrderDeclined),
    PaymentStatus.AUTHENTICATION_REQUIRED: (
        OrderStatus.AUTHENTICATION_REQUIRED,
        OrderAuthenticationRequired,
    ),
    PaymentStatus.UNKNOWN: (OrderStatus.PAYMENT_UNKNOWN, OrderPaymentUnknown),
}


def settle(*, outcomes: Sequence[Outcome], journal: Journal) -> None:
    """Write what the gateway said, and let paid orders become subscriptions (R13, R17, R19)."""
    by_payment = {outcome.payment: outcome for outcome in outcomes}
    orders = lock_orders_of(by_payment)
    payments = lock_payments(by_payment)
    changed = settle_payments(
        payments=list(payments.values()), outcomes=by_payment, journal=journal
    )
    captured = [payment for payment in changed if payment.status == PaymentStatus.CAPTURED]
    _keep_cards(changed, by_payment, journal)
    cards = [(payment.order_id, by_payment[payment.id].card) for payment in captured]
    note_cards(paid=[(order, card.country) for order, card in cards if card], journal=journal)
    fulfil(
        orders=[orders[payment.order_id] for payment in captured],
        paid_by={payment.order_id: payment for payment in captured},
        journal=journal,
    )
    for status, (order_status, fact) in _UNSETTLED.items():
        unsettled = [orders[p.order_id] for p in changed if p.status == status]
        if not unsettled:
            continue
        mark(orders=unsettled, status=order_status, closed_at=None)
        if order_status == OrderStatus.DECLINED:
            _let_seats_wait(unsettled)
        for order in unsettled:
            journal.record(order.organisation_id, fact(order=order.id))
    _tell_declined([p for p in changed if p.status == PaymentStatus.DECLINED], orders, journal)


def to_settle(payment: Payment, outcome: Outcome, at: datetime) -> list[Question]:
    """What ``settle`` asks about a purchase, in that order, to be foreseen; ``at`` as the journal
    has it, and the organisation is locked. It only asks more if the purchase is paid."""
    asked = to_lock(payment.id)
    if outcome.result is not Result.CAPTURED:
        return asked
    if payment.saves_card and outcome.card is not None:
        asked.append(to_keep_card(payment.organisation_id))
    asked.append(to_read_unbegun(payment.order_id))
    asked.append(to_end_trials(payment.organisation_id, at))
    return asked


def _let_seats_wait(declined: Sequence[Order]) -> None:
    """Seats can be paid for until their period ends, whatever was waited for before (R27)."""
    seats = [order for order in declined if order.kind == OrderKind.SEATS]
    if seats:
        keep_until(orders=seats, until=wanted_until([order.id for order in seats]))


def _tell_declined(
    declined: Sequence[Payment], orders: Mapping[UUID, Order], journal: Journal
) -> None:
    """Who renews hears of it by subscription, with the day on which it is tried again (R24).

    What was switched off while it was charged is not: its order is looked at again at once.
    """
    reasons = {
        payment.order_id: payment.decline_code
        for payment in declined
        if orders[payment.order_id].kind == OrderKind.RENEWAL
    }
    if reasons:
        renewals = renewals_of(list(reasons))
        stopped = [each for each in renewals if is_stopped(each)]
        going = [each for each in renewals if each not in stopped]
        tell_declined(renewals=going, reasons=reasons, journal=journal)
        if stopped:
            order_anew(renewals=stopped, journal=journal)


def _keep_cards(
    changed: Sequence[Payment], outcomes: Mapping[UUID, Outcome], journal: Journal
) -> None:
    """What gateways call who paid, and the cards that renewals are charged by (R18, R24)."""
    named = [(payment, outcomes[payment.id].customer) for payment in changed]
    name_customers(
        named=[(each.organisation_id, each.gateway, name) for each, name in named if name],
        journal=journal,
    )
    cards = [(payment, outcomes[payment.id].card) for payment in changed if payment.saves_card]
    keep_cards(
        paid=[
            (payment, card)
            for payment, card in cards
            if card is not None and payment.status == PaymentStatus.CAPTURED
        ],
        journal=journal,
    )


def fulfil(
    *,
    orders: Sequence[Order],
    journal: Journal,
    paid_by: Mapping[UUID, Payment] | None = None,
) -> None:
    """The locked ``orders`` are paid: each becomes what its kind says.

    ``paid_by`` are the payments by their orders, which invoices name (R46).
    """
    if not orders:
        return
    payments = paid_by or {}
    for kind, fulfil_kind in _FULFIL.items():
        of_kind = [order for order in orders if order.kind == kind]
        if of_kind:
            paying = {o.id: payments[o.id] for o in of_kind if o.id in payments}
            fulfil_kind(orders=of_kind, paid_by=paying, journal=journal)


def _begin(*, orders: Sequence[Order], paid_by: Mapping[UUID, Payment], journal: Journal) -> None:
    """The lines of purchases become subscriptions with seats, and invoices.

    Periods start on the organisation's local day of the journal's instant (R19, R17).
    """
    bought = read_unbegun(orders)
    withdraw_purges(organisations=[each.buyer for each in bought], journal=journal)
    beginnings = [
        _beginning(each, line.line, paid_by.get(each.order.id), journal)
        for each in bought
        for line in each.lines
    ]
    mark_paid(orders=orders, paid_on=local_days(bought, journal.at), journal=journal)
    begun = begin_subscriptions(beginnings=beginnings, journal=journal)
    make_seats(subscriptions=[each.subscription for each in begun], journal=journal)
    end_trials(begun=begun, journal=journal)
    book_payments(payments=paid_by.values(), seller=seller(bought[0].known), journal=journal)
    periods = iter([each.period for each in begun])
    issue_invoices(
        orders=[_with_periods(each, periods) for each in bought], paid_by=paid_by, journal=journal
    )


_FULFIL: Final[Mapping[str, Callable[..., None]]] = {
    OrderKind.PURCHASE: _begin,
    OrderKind.RENEWAL: fulfil_renewals,
    OrderKind.SEATS: fulfil_seats,
}
"""What becomes of paid orders, by their kind."""


def _with_periods(bought: Bought, periods: Iterator[Period]) -> Bought:
    lines = tuple(
        BoughtLine(each.line, period.starts_on, period.ends_on, period.opt_out_on)
        for each, period in zip(bought.lines, periods, strict=False)
    )
    return replace(bought, lines=lines)


def _beginning(
    bought: Bought, line: OrderLine, payment: Payment | None, journal: Journal
) -> Beginning:
    order, buyer = bought.order, bought.buyer
    zone = zone_named(buyer.timezone)
    return Beginning(
        order=order,
        line=line,
        starts_on=local_date(journal.at, zone),
        zone=zone,
        audience=Audience(buyer.audience),
        country=buyer.country,
        policy=policy_numbered(order.policy_version_id),
        by_transfer=payment is not None and payment.method == PaymentMethod.BANK_TRANSFER,
    )
