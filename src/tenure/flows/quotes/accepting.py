"""A quote is accepted, and becomes one order at most, or declined (R12)."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings

from tenure.base.calendar import Term, local_date, zone_named
from tenure.base.errors import Refused
from tenure.base.ids import public_id
from tenure.catalogue.queries import known_catalogue
from tenure.events.asked import Asked
from tenure.events.journal import Journal, transaction
from tenure.events.queries import revision_of
from tenure.flows.drafting import evidence_for, transfer_wait
from tenure.flows.locks import lock_living, lock_organisation
from tenure.flows.placing import (
    CardPayment,
    TransferPayment,
    charge,
    place,
    refuse_card_of_staff,
)
from tenure.flows.quotes.whose import organisation_of
from tenure.flows.written import Outcome, Written
from tenure.orders.commands.carts import lock_cart
from tenure.orders.commands.orders import LineDraft, OrderDraft
from tenure.orders.commands.quotes import (
    accept_quote,
    decline_quote,
    lock_quote,
)
from tenure.orders.errors import (
    QUOTE_ACCEPTED,
    QUOTE_DECLINED,
    QUOTE_EXPIRED,
    QUOTE_NOT_SENT,
    QUOTE_OUTDATED,
)
from tenure.orders.models import (
    Order,
    OrderKind,
    OrderStatus,
    Quote,
    QuoteStatus,
)
from tenure.orders.queries.policy import policy_numbered
from tenure.orders.rules.payment import (
    expires_at,
    needs_verification,
    verification_last_day,
)
from tenure.orders.rules.rates import vat_rates
from tenure.orders.rules.tax import number_decides, tax_situation
from tenure.organisations.models import Organisation
from tenure.policy.words import Audience

MOST_WORDS: Final = 500


def accept(
    *,
    quote: UUID,
    payment: CardPayment | TransferPayment | None,
    start_at_once: bool = False,
    now: datetime,
    by: str,
    asked: Asked | None = None,
) -> Outcome:
    """Accept a quote: it becomes one order, which is paid as any other.

    ``start_at_once`` puts on record that a consumer expressly asked for it (R33). Accepted again,
    or its cart bought meanwhile, it gives that order (R12, R16). Raises
    ``NotFound``, or ``Refused`` with ``quote_not_sent``, ``quote_declined``, ``quote_expired``,
    ``quote_outdated``, ``payment_required``, the payment method's verdict, or
    ``acting_pays_nothing``.
    """
    refuse_card_of_staff(payment, by)
    with transaction(now=now, by=by, asked=asked) as journal:
        buyer = lock_living(organisation_of(quote), journal)
        row = _lock_with_cart(quote)
        journal.made = row.order_id or _bought_meanwhile(row)
        if journal.made is not None:
            if row.order_id is None and row.status == QuoteStatus.SENT:
                _close_with(row, journal.made, journal)
            return Outcome(journal.made, False, revision_of(buyer.id))
        _refuse_closed(row, journal.at)
        _refuse_outdated(row, buyer, journal.at)
        draft = _order_of(row, buyer, journal.at, by_transfer=isinstance(payment, TransferPayment))
        if start_at_once:
            draft = draft._replace(start_requested_at=journal.at)
        order, intent = place(draft=draft, payment=payment, organisation=buyer, journal=journal)
        journal.write()  # the quote refers to its order
        accept_quote(quote=row, order=order.id, journal=journal)
        journal.made = order.id
    if intent is not None:
        journal = charge(intent, now=now, by=by)
    return Outcome(order.id, True, journal.revisions[buyer.id])


def decline(*, quote: UUID, because: str = "", now: datetime, by: str) -> Written:
    """Decline a quote; declined again it stays so.

    Raises ``NotFound``, or ``Refused`` with ``quote_accepted``, ``quote_expired`` or
    ``quote_not_sent``.
    """
    with transaction(now=now, by=by) as journal:
        buyer = lock_organisation(organisation_of(quote), journal)
        row = _lock_with_cart(quote)
        if row.status == QuoteStatus.DECLINED:
            journal.touch(buyer.id)
        else:
            if row.order_id is not None:
                raise Refused(QUOTE_ACCEPTED, order=public_id("ord", row.order_id))
            _refuse_closed(row, journal.at)
            decline_quote(quote=row, because=because.strip()[:MOST_WORDS], journal=journal)
    return Written((quote,), journal.revisions[buyer.id])


def _lock_with_cart(quote: UUID) -> Quote:
    """The quote after its cart, in the one order of locks: buying the cart locks that too."""
    cart = Quote.objects.filter(id=quote).values_list("cart_id", flat=True).first()
    if cart is not None:
        lock_cart(cart, None)
    return lock_quote(quote)


def _bought_meanwhile(row: Quote) -> UUID | None:
    if row.cart_id is None:
        return None
    return Order.objects.filter(cart_id=row.cart_id).values_list("id", flat=True).first()


def _close_with(row: Quote, order: UUID, journal: Journal) -> None:
    """The cart was bought, or another quote of it accepted: there is one order (R12)."""
    if Quote.objects.filter(order_id=order).exists():
        return
    accept_quote(quote=row, order=order, journal=journal)


def _refuse_closed(row: Quote, at: datetime) -> None:
    if row.status == QuoteStatus.DRAFT:
        raise Refused(QUOTE_NOT_SENT)
    if row.status == QuoteStatus.DECLINED:
        raise Refused(QUOTE_DECLINED)
    if row.expires_at is None or row.status == QuoteStatus.EXPIRED or row.expires_at <= at:
        raise Refused(QUOTE_EXPIRED, valid_until=row.valid_until)


def _refuse_outdated(row: Quote, buyer: Organisation, at: datetime) -> None:
    """Prices are frozen, and what decides whose tax is owed is not (R5, R45).

    A number that was validated since spares the tax afterwards, as for any order.
    """
    now = tax_situation(
        vendor_country=known_catalogue().vendor(sandbox=settings.SANDBOX).country,
        audience=Audience(buyer.audience),
        buyer_country=buyer.country,
        vat_number_validated=row.reverse_charge,
        on=local_date(at, zone_named(buyer.timezone)),
        tax=policy_numbered(row.policy_version_id).tax,
        rates=vat_rates(),
    )
    same = (now.country or "", now.reverse_charge) == (row.tax_country, row.reverse_charge)
    if not same or (row.reverse_charge and buyer.vat_validated_at is None):
        raise Refused(QUOTE_OUTDATED)


def _order_of(row: Quote, buyer: Organisation, at: datetime, *, by_transfer: bool) -> OrderDraft:
    """The order that the locked quote becomes: its prices, its tax, its policy."""
    zone, policy = zone_named(buyer.timezone), policy_numbered(row.policy_version_id)
    verified = buyer.verified_at is not None
    status, until, remind_at = OrderStatus.PAYMENT_UNKNOWN, None, None
    if needs_verification(Audience(buyer.audience), verified=verified, total=row.total):
        status = OrderStatus.AWAITING_VERIFICATION
        until = expires_at(verification_last_day(at, zone, policy), zone)
    elif by_transfer and row.total:
        wait = transfer_wait(at, zone, policy)
        status, until, remind_at = OrderStatus.AWAITING_TRANSFER, wait.until, wait.remind_at
    return OrderDraft(
        organisation=buyer.id,
        cart=row.cart_id,
        kind=OrderKind.PURCHASE,
        status=status,
        policy_version=row.policy_version_id,
        currency=row.currency,
        total_net=row.total_net,
        total_tax=row.total_tax,
        total=row.total,
        tax_percent=row.tax_percent,
        tax_country=row.tax_country,
        reverse_charge=row.reverse_charge,
        expires_at=until,
        remind_at=remind_at,
        purchase_order=row.purchase_order,
        vat_number=_charged_despite(row, buyer),
        evidence=evidence_for(buyer, total=row.total, policy=policy),
        lines=tuple(
            LineDraft(
                offer=line.offer_id,
                term=Term(line.term),
                trial_days=line.trial_days,
                quantity=line.quantity,
                unit_amount=line.unit_amount,
                net=line.net,
                tax=line.tax,
                gross=line.gross,
            )
            for line in row.lines.order_by("position")
        ),
    )


def _charged_despite(row: Quote, buyer: Organisation) -> str:
    """The number that spares the tax of which the quote was made, once it is validated (R45)."""
    decides = number_decides(
        vendor_country=known_catalogue().vendor(sandbox=settings.SANDBOX).country,
        audience=Audience(buyer.audience),
        buyer_country=buyer.country,
    )
    return buyer.vat_number if decides and row.total_tax else ""
