"""From a cart as it was shown to an order as it is written."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from tenure.base.calendar import Term, zone_named
from tenure.base.errors import Refused
from tenure.base.money import Money
from tenure.orders.commands.orders import LineDraft, OrderDraft
from tenure.orders.errors import CART_CHANGED, CART_EMPTY
from tenure.orders.models import Cart, OrderKind, OrderStatus
from tenure.orders.queries.carts import CartContents, PricedCart, cart_facts, price_cart
from tenure.orders.rules.cart import buyer_verdict
from tenure.orders.rules.payment import expires_at, needs_verification, verification_last_day
from tenure.organisations.models import Organisation
from tenure.policy.words import Audience


def checked_cart(
    row: Cart,
    contents: CartContents,
    version: int,
    expected_total: Money | None,
    organisation: Organisation,
    on: date,
) -> PricedCart:
    """The locked cart, priced and checked again for who orders it (R5, R10, R16).

    Raises ``Refused``: the buyer's verdict, ``cart_empty``, a line's verdict, or
    ``cart_changed`` where version, price or tax are not those that were shown.
    """
    fits = buyer_verdict(
        cart_facts(row, None),
        organisation_audience=Audience(organisation.audience),
        organisation_country=organisation.country,
    )
    if not fits:
        raise Refused.by(fits)
    shown = row.shown_total
    priced = price_cart(row, contents, on=on)
    if not priced.lines:
        raise Refused(CART_EMPTY)
    total = Money(priced.amounts.total, row.currency)
    if row.version != version or expected_total not in (None, total) or shown != total.amount:
        figures = {"shown": expected_total or Money(shown, row.currency)}
        raise Refused(CART_CHANGED, version=row.version, total=total, **figures)
    for line in priced.lines:
        if not line.verdict:
            raise Refused.by(line.verdict)
    return priced


def draft_order(priced: PricedCart, organisation: Organisation, at: datetime) -> OrderDraft:
    """The order that a checked cart becomes; a student's waits for its proof (R8)."""
    zone = zone_named(organisation.timezone)
    waits = needs_verification(
        Audience(organisation.audience),
        verified=organisation.verified_at is not None,
        total=priced.amounts.total,
    )
    return OrderDraft(
        organisation=organisation.id,
        cart=priced.cart.id,
        kind=OrderKind.PURCHASE,
        status=OrderStatus.AWAITING_VERIFICATION if waits else OrderStatus.PAYMENT_UNKNOWN,
        policy_version=priced.policy_number,
        currency=priced.cart.currency,
        total_net=priced.amounts.total_net,
        total_tax=priced.amounts.total_tax,
        total=priced.amounts.total,
        tax_percent=priced.situation.percent,
        tax_country=priced.situation.country or "",
        reverse_charge=priced.situation.reverse_charge,
        expires_at=_waits_until(priced, at, zone) if waits else None,
        lines=tuple(
            LineDraft(
                offer=line.offer.id,
                term=line.term,
                trial_days=line.offer.trial_days if line.term is Term.TRIAL else None,
                quantity=line.quantity,
                unit_amount=line.unit_amount,
                net=line.net,
                tax=line.tax,
                gross=line.gross,
            )
            for line in priced.lines
        ),
    )


def _waits_until(priced: PricedCart, at: datetime, zone: ZoneInfo) -> datetime:
    return expires_at(verification_last_day(at, zone, priced.policy), zone)
