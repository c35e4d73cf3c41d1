"""More seats in mid-period are ordered and paid, as a purchase is (R13 to R17, R27)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tenure.access.errors import SEATS_CHANGED
from tenure.base.calendar import Term, zone_named
from tenure.base.errors import Refused
from tenure.base.money import Money
from tenure.billing.models import Payment
from tenure.events.asked import Asked
from tenure.events.journal import Journal, transaction
from tenure.events.queries import revision_of
from tenure.flows.drafting import Wait, evidence_for, number_that_spares, transfer_wait
from tenure.flows.locks import lock_subscription_first
from tenure.flows.placing import (
    CardPayment,
    TransferPayment,
    begin_payment,
    charge,
    check_placing,
    refuse_card_of_staff,
)
from tenure.flows.seat_changes.offering import SeatOffer, SeatPrice, seat_offer
from tenure.flows.written import Outcome
from tenure.orders.commands.orders import LineDraft, OrderDraft, place_orders
from tenure.orders.models import OrderKind, OrderStatus
from tenure.orders.rules.evidence import NOWHERE, Seen
from tenure.orders.rules.payment import expires_at, needs_verification, verification_last_day
from tenure.organisations.models import Organisation
from tenure.policy.words import Audience
from tenure.subscriptions.commands.seat_changes import NewSeats, record_seat_changes
from tenure.subscriptions.queries.seat_changes import same_order
from tenure.subscriptions.queries.views import subscription_views


@dataclass(frozen=True, slots=True)
class MoreSeats:
    """So many more seats, as they were shown: for ``expected_total``, beside ``seats_seen``.

    Either may be None where the caller saw nothing. Without a ``payment`` it is the
    organisation's default card that is charged. ``start_at_once`` puts on record that a consumer
    expressly asked to start within the time for withdrawal (R33).
    """

    subscription: UUID
    quantity: int
    payment: CardPayment | TransferPayment | None = None
    expected_total: Money | None = None
    seats_seen: int | None = None
    seen: Seen = NOWHERE
    start_at_once: bool = False


def add_seats(*, wanted: MoreSeats, now: datetime, by: str, asked: Asked | None = None) -> Outcome:
    """Order seats for the rest of the period and pay them; the order's status says how that went.

    The same seats ordered in another tab give that order (R16). Raises ``NotFound``, ``Invalid``
    (``card_needed``), or ``Refused`` with what ``seat_offer`` says no with, ``seats_changed``, the
    payment method's verdict, ``rate_unknown`` or ``acting_pays_nothing``.
    """
    payment = wanted.payment or CardPayment()
    with transaction(now=now, by=by, asked=asked) as journal:
        organisation, row = lock_subscription_first(wanted.subscription, journal, living=True)
        (view,) = subscription_views([row], journal.at)
        offer = seat_offer(view, organisation=organisation, quantity=wanted.quantity, at=journal.at)
        placed = _placed_before(wanted, offer)
        if placed is not None:
            journal.made = placed
            return Outcome(placed, False, revision_of(organisation.id))
        price = _checked(wanted, offer)
        if price.amounts.total:
            refuse_card_of_staff(payment, by)
        order, intent = _place(offer, price, payment, organisation, wanted, journal)
        journal.made = order
    if intent is not None:
        journal = charge(intent, now=now, by=by)
    return Outcome(order, True, journal.revisions[organisation.id])


def _placed_before(wanted: MoreSeats, offer: SeatOffer) -> UUID | None:
    """The order that another tab placed for the same, seen as this one saw it (R16)."""
    if wanted.seats_seen is None or wanted.seats_seen == offer.seats:
        return None
    return same_order(wanted.subscription, quantity=wanted.quantity, seats_before=wanted.seats_seen)


def _checked(wanted: MoreSeats, offer: SeatOffer) -> SeatPrice:
    if offer.price is None:
        raise Refused.by(offer.verdict)
    total, seats = offer.total, offer.seats
    if wanted.expected_total not in (None, total) or wanted.seats_seen not in (None, seats):
        raise Refused(SEATS_CHANGED, seats=seats, total=total)
    return offer.price


def _place(
    offer: SeatOffer,
    price: SeatPrice,
    payment: CardPayment | TransferPayment,
    organisation: Organisation,
    wanted: MoreSeats,
    journal: Journal,
) -> tuple[UUID, Payment | None]:
    draft = _draft(offer, price, payment, organisation, wanted.seen, journal.at)
    if wanted.start_at_once:
        draft = draft._replace(start_requested_at=journal.at)
    check_placing(draft=draft, payment=payment, organisation=organisation, journal=journal)
    (order,) = place_orders(drafts=[draft], journal=journal)
    journal.write()  # its lines are read again
    lines = order.lines.order_by("position")
    record_seat_changes(
        subscription=offer.view.subscription,
        seats_before=offer.seats,
        added=[
            NewSeats(line, each.number, each.for_next, each.span, each.period_days)
            for line, each in zip(lines, price.lines, strict=True)
        ],
        journal=journal,
    )
    return order.id, begin_payment(
        order=order, payment=payment, organisation=organisation, journal=journal
    )


def _draft(
    offer: SeatOffer,
    price: SeatPrice,
    payment: CardPayment | TransferPayment,
    organisation: Organisation,
    seen: Seen,
    at: datetime,
) -> OrderDraft:
    row, amounts = offer.view.subscription, price.amounts
    status, wait = _waits(offer, price, payment, organisation, at)
    return OrderDraft(
        organisation=organisation.id,
        cart=None,
        kind=OrderKind.SEATS,
        status=status,
        policy_version=price.policy_number,
        currency=row.currency,
        total_net=amounts.total_net,
        total_tax=amounts.total_tax,
        total=amounts.total,
        tax_percent=price.situation.percent,
        tax_country=price.situation.country or "",
        reverse_charge=price.situation.reverse_charge,
        vat_number=number_that_spares(price.situation, organisation, amounts.total_tax),
        evidence=evidence_for(organisation, total=amounts.total, policy=price.policy, seen=seen),
        expires_at=wait.until,
        remind_at=wait.remind_at,
        lines=tuple(
            LineDraft(
                offer=row.offer_id,
                term=Term(row.term),
                trial_days=None,
                quantity=offer.quantity,
                unit_amount=line.unit_amount,
                net=taxed.net,
                tax=taxed.tax,
                gross=taxed.gross,
            )
            for line, taxed in zip(price.lines, amounts.lines, strict=True)
        ),
    )


def _waits(
    offer: SeatOffer,
    price: SeatPrice,
    payment: CardPayment | TransferPayment,
    organisation: Organisation,
    at: datetime,
) -> tuple[OrderStatus, Wait]:
    """How it begins, and how long it can be paid: never beyond the period that it is for."""
    ends_at, policy = offer.view.current.ends_at, price.policy
    zone, total = zone_named(organisation.timezone), price.amounts.total
    verified = organisation.verified_at is not None
    if needs_verification(Audience(organisation.audience), verified=verified, total=total):
        until = expires_at(verification_last_day(at, zone, policy), zone)
        return OrderStatus.AWAITING_VERIFICATION, Wait(min(until, ends_at), None)
    if isinstance(payment, TransferPayment) and total:
        wait = transfer_wait(at, zone, policy, not_beyond=ends_at)
        return OrderStatus.AWAITING_TRANSFER, wait
    return OrderStatus.PAYMENT_UNKNOWN, Wait(ends_at, None)
