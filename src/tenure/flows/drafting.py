"""From a cart as it was shown to an order as it is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tenure.base.calendar import Term, first_instant, local_date, zone_named
from tenure.base.errors import Refused
from tenure.base.money import Money
from tenure.orders.commands.orders import LineDraft, OrderDraft
from tenure.orders.errors import CART_CHANGED, CART_EMPTY
from tenure.orders.models import Cart, OrderKind, OrderStatus
from tenure.orders.queries.carts import CartContents, PricedCart, cart_facts, price_cart
from tenure.orders.rules.cart import buyer_verdict
from tenure.orders.rules.evidence import NOWHERE, Evidence, Seen
from tenure.orders.rules.payment import (
    expires_at,
    needs_verification,
    transfer_last_day,
    transfer_reminder_day,
    verification_last_day,
)
from tenure.orders.rules.tax import TaxSituation, would_reverse
from tenure.organisations.models import Organisation
from tenure.policy.model import Policy
from tenure.policy.words import Audience

_INSTANT: Final = timedelta(microseconds=1)


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


def draft_order(
    priced: PricedCart,
    organisation: Organisation,
    at: datetime,
    *,
    by_transfer: bool = False,
    seen: Seen = NOWHERE,
) -> OrderDraft:
    """The order that a checked cart becomes; ``seen`` is where it was seen to come from (R45).

    A student's waits for its proof (R8), one paid ``by_transfer`` for the money (R15).
    """
    zone = zone_named(organisation.timezone)
    waits = needs_verification(
        Audience(organisation.audience),
        verified=organisation.verified_at is not None,
        total=priced.amounts.total,
    )
    wait = None
    status = OrderStatus.PAYMENT_UNKNOWN
    if waits:
        status = OrderStatus.AWAITING_VERIFICATION
        wait = Wait(_waits_until(priced, at, zone), None)
    elif by_transfer and priced.amounts.total:
        status = OrderStatus.AWAITING_TRANSFER
        wait = transfer_wait(at, zone, priced.policy)
    return OrderDraft(
        organisation=organisation.id,
        cart=priced.cart.id,
        kind=OrderKind.PURCHASE,
        status=status,
        policy_version=priced.policy_number,
        currency=priced.cart.currency,
        total_net=priced.amounts.total_net,
        total_tax=priced.amounts.total_tax,
        total=priced.amounts.total,
        tax_percent=priced.situation.percent,
        tax_country=priced.situation.country or "",
        reverse_charge=priced.situation.reverse_charge,
        vat_number=number_that_spares(priced.situation, organisation, priced.amounts.total_tax),
        evidence=evidence_for(
            organisation, total=priced.amounts.total, policy=priced.policy, seen=seen
        ),
        expires_at=wait.until if wait else None,
        remind_at=wait.remind_at if wait else None,
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


@dataclass(frozen=True, slots=True)
class Wait:
    """The UTC instants at which an order expires, and before that reminds of its transfer."""

    until: datetime
    remind_at: datetime | None


def transfer_wait(
    at: datetime, zone: ZoneInfo, policy: Policy, *, not_beyond: datetime | None = None
) -> Wait:
    """How long an order waits for a transfer from ``at`` on, in whole local days (R15).

    ``not_beyond``: the instant at which it would come to nothing anyway.
    """
    last_day = transfer_last_day(at, zone, policy)
    until = expires_at(last_day, zone)
    if not_beyond is not None and not_beyond < until:
        until = not_beyond
    return Wait(until, reminder_before(until, at, zone, policy))


def reminder_before(
    until: datetime, at: datetime, zone: ZoneInfo, policy: Policy
) -> datetime | None:
    """When a customer is reminded of a transfer that is waited for until then, if ever (R15)."""
    remind_on = transfer_reminder_day(local_date(until - _INSTANT, zone), policy)
    return first_instant(remind_on, zone) if remind_on > local_date(at, zone) else None


def number_that_spares(situation: TaxSituation, organisation: Organisation, tax: int) -> str:
    """The number that could not be validated, and for which the tax may be given back (R45)."""
    matters = would_reverse(
        situation,
        audience=Audience(organisation.audience),
        buyer_country=organisation.country,
    )
    return organisation.vat_number if matters and tax else ""


def evidence_for(
    organisation: Organisation, *, total: int, policy: Policy, seen: Seen = NOWHERE
) -> Evidence | None:
    """What speaks for a consumer's country; nothing has to where nothing is paid (R45)."""
    if not Audience(organisation.audience).is_consumer or not total:
        return None
    return Evidence(
        country=organisation.country,
        billing=organisation.billing_country,
        seen=seen,
        wanted=policy.tax.country_proofs,
    )


def _waits_until(priced: PricedCart, at: datetime, zone: ZoneInfo) -> datetime:
    return expires_at(verification_last_day(at, zone, priced.policy), zone)
