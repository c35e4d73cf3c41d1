"""A quote is made and sent: of a cart, or by staff at prices of their own (R12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.conf import settings

from tenure.base.calendar import Term, local_date, zone_named
from tenure.base.errors import FieldError, Invalid, NotFound, Refused
from tenure.base.ids import new_id, public_id
from tenure.catalogue.queries import KnownCatalogue, known_catalogue
from tenure.events.asked import Asked
from tenure.events.journal import Journal, transaction
from tenure.flows.documents import (
    Bought,
    BoughtLine,
    QuotePaper,
    issue_quote_papers,
    quote_content,
)
from tenure.flows.locks import lock_living
from tenure.flows.quotes.whose import organisation_of
from tenure.flows.written import Written
from tenure.orders.commands.carts import claim_cart, lock_cart
from tenure.orders.commands.orders import LineDraft
from tenure.orders.commands.quotes import (
    QuoteDraft,
    drop_quote,
    lock_quote,
    make_quote,
    send_quote,
)
from tenure.orders.errors import (
    CART_EMPTY,
    CART_ORDERED,
    MIXED_AUDIENCES,
    QUOTE_EMPTY,
    QUOTE_REASON_NEEDED,
    QUOTE_SENT,
    QUOTE_TRIAL,
)
from tenure.orders.models import (
    Cart,
    Order,
    OrderLine,
    Quote,
    QuoteStatus,
)
from tenure.orders.queries.carts import CartContents, cart_facts, contents_of, price_cart
from tenure.orders.queries.policy import policy_at, policy_numbered
from tenure.orders.queries.taxed import situation_of
from tenure.orders.rules.cart import buyer_verdict
from tenure.orders.rules.payment import (
    expires_at,
    quote_last_day,
)
from tenure.orders.rules.tax import price_document
from tenure.organisations.models import Organisation
from tenure.policy.words import Audience

MOST_REASON: Final = 500
MOST_LINES: Final = 100


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """What staff quote: an offer, for how long, how many, and the price of one.

    ``unit_amount`` is in minor units of the organisation's currency: without tax for companies,
    with tax for consumers (R7).
    """

    offer: str
    term: Term
    quantity: int
    unit_amount: int


def quote_cart(
    *,
    cart: UUID,
    organisation: UUID,
    purchase_order: str = "",
    now: datetime,
    by: str,
    asked: Asked | None = None,
) -> Written:
    """A quote of what is in a cart, at its prices, sent at once.

    Raises ``NotFound``, or ``Refused``: the buyer's verdict, ``cart_empty``, ``cart_ordered``, a
    line's verdict, ``quote_trial``.
    """
    with transaction(now=now, by=by, organisation=organisation, asked=asked) as journal:
        buyer = lock_living(organisation, journal)
        row = lock_cart(cart, None)
        if row.organisation_id not in (None, organisation):
            raise NotFound
        contents = contents_of(row)
        if contents.order is not None:
            raise Refused(CART_ORDERED, order=public_id("ord", contents.order))
        claim_cart(row, organisation)
        draft = _of_cart(row, contents, buyer, purchase_order, _today(buyer, journal))
        quote = _make_and_send(draft, buyer, contents.known, journal)
        journal.made = quote.id
    return Written((quote.id,), journal.revisions[organisation])


def quote_by_staff(
    *,
    organisation: UUID,
    lines: Sequence[QuotedLine],
    reason: str,
    purchase_order: str = "",
    send: bool = True,
    now: datetime,
    by: str,
    asked: Asked | None = None,
) -> Written:
    """A quote by the vendor's staff, sent at once or kept as a draft.

    It sets aside what is sold online and where (R4), R6, and the one term of R11. Raises
    ``NotFound``, ``Invalid`` without a reason or lines, ``Refused`` with ``mixed_audiences`` or
    ``quote_trial``.
    """
    why = _reason(reason)
    if not 0 < len(lines) <= MOST_LINES:
        raise Invalid([FieldError("lines", QUOTE_EMPTY, {})])
    with transaction(now=now, by=by, organisation=organisation, asked=asked) as journal:
        buyer = lock_living(organisation, journal)
        known = known_catalogue()
        draft = _of_staff(buyer, lines, why, purchase_order, known, _today(buyer, journal))
        if send:
            quote = _make_and_send(draft, buyer, known, journal)
        else:
            quote, _ = make_quote(draft=draft, journal=journal)
            journal.touch(organisation)
        journal.made = quote.id
    return Written((quote.id,), journal.revisions[organisation])


def send_draft(*, quote: UUID, now: datetime, by: str) -> Written:
    """Send a draft; one that was sent already stays as it is. Raises ``NotFound``."""
    with transaction(now=now, by=by) as journal:
        buyer = lock_living(organisation_of(quote), journal)
        row = lock_quote(quote)
        if row.status == QuoteStatus.DRAFT:
            _send(row, buyer, known_catalogue(), journal)
        else:
            journal.touch(buyer.id)
    return Written((quote,), journal.revisions[buyer.id])


def drop_draft(*, quote: UUID, now: datetime, by: str) -> None:
    """Drop a draft. Raises ``NotFound``, or ``Refused`` with ``quote_sent`` for any other."""
    with transaction(now=now, by=by) as journal:
        lock_living(organisation_of(quote), journal)
        row = lock_quote(quote)
        if row.status != QuoteStatus.DRAFT:
            raise Refused(QUOTE_SENT)
        drop_quote(quote=row, journal=journal)


def _make_and_send(
    draft: QuoteDraft, buyer: Organisation, known: KnownCatalogue, journal: Journal
) -> Quote:
    quote, _ = make_quote(draft=draft, journal=journal)
    journal.write()  # sending changes it
    _send(quote, buyer, known, journal)
    return quote


def _send(quote: Quote, buyer: Organisation, known: KnownCatalogue, journal: Journal) -> None:
    zone = zone_named(buyer.timezone)
    policy = policy_numbered(quote.policy_version_id)
    last_day = quote_last_day(local_date(journal.at, zone), policy)
    until = expires_at(last_day, zone)
    send_quote(quote=quote, valid_until=last_day, expires_at=until, journal=journal)
    content = quote_content(
        bought=_as_bought(quote, buyer, known),
        valid_until=last_day,
        purchase_order=quote.purchase_order,
        link=f"{settings.PUBLIC_URL}/console/quotes/{public_id('quo', quote.id)}",
        journal=journal,
    )
    paper = QuotePaper(content, buyer.id, quote.id)
    issue_quote_papers(papers=[paper], journal=journal)


def _as_bought(quote: Quote, buyer: Organisation, known: KnownCatalogue) -> Bought:
    """The order that the quote would become, which nobody placed yet."""
    order = Order(
        id=new_id(),
        policy_version_id=quote.policy_version_id,
        currency=quote.currency,
        total_net=quote.total_net,
        total_tax=quote.total_tax,
        total=quote.total,
        tax_percent=quote.tax_percent,
        tax_country=quote.tax_country,
        reverse_charge=quote.reverse_charge,
    )
    lines = tuple(
        BoughtLine(
            OrderLine(
                order=order,
                offer_id=line.offer_id,
                term=line.term,
                quantity=line.quantity,
                unit_amount=line.unit_amount,
                net=line.net,
                tax=line.tax,
                gross=line.gross,
            )
        )
        for line in quote.lines.order_by("position")
    )
    return Bought(order=order, buyer=buyer, lines=lines, known=known)


def _of_cart(
    row: Cart, contents: CartContents, buyer: Organisation, purchase_order: str, on: date
) -> QuoteDraft:
    fits = buyer_verdict(
        cart_facts(row, None),
        organisation_audience=Audience(buyer.audience),
        organisation_country=buyer.country,
    )
    if not fits:
        raise Refused.by(fits)
    priced = price_cart(row, contents, on=on)
    if not priced.lines:
        raise Refused(CART_EMPTY)
    for line in priced.lines:
        if not line.verdict:
            raise Refused.by(line.verdict)
        if line.term is Term.TRIAL:
            raise Refused(QUOTE_TRIAL, offer=line.offer.id)
    return QuoteDraft(
        organisation=buyer.id,
        cart=row.id,
        policy_version=priced.policy_number,
        currency=row.currency,
        total_net=priced.amounts.total_net,
        total_tax=priced.amounts.total_tax,
        total=priced.amounts.total,
        tax_percent=priced.situation.percent,
        tax_country=priced.situation.country or "",
        reverse_charge=priced.situation.reverse_charge,
        purchase_order=purchase_order,
        reason="",
        lines=tuple(
            LineDraft(
                offer=line.offer.id,
                term=line.term,
                trial_days=None,
                quantity=line.quantity,
                unit_amount=line.unit_amount,
                net=line.net,
                tax=line.tax,
                gross=line.gross,
            )
            for line in priced.lines
        ),
    )


def _of_staff(
    buyer: Organisation,
    lines: Sequence[QuotedLine],
    reason: str,
    purchase_order: str,
    known: KnownCatalogue,
    on: date,
) -> QuoteDraft:
    audience = Audience(buyer.audience)
    offers = known.offers(line.offer for line in lines)
    for line in lines:
        offer = offers.get(line.offer)
        if offer is None:
            raise NotFound
        if offer.is_trial:
            raise Refused(QUOTE_TRIAL, offer=offer.id)
        if offer.audience != audience:
            raise Refused(MIXED_AUDIENCES, audience=audience.value, other=offer.audience.value)
    number, policy = policy_at(known.stamp)
    situation = situation_of(
        organisation=buyer.id,
        audience=audience,
        country=buyer.country,
        vendor_country=known.vendor(sandbox=settings.SANDBOX).country,
        on=on,
        tax=policy.tax,
    )
    sums = [line.unit_amount * line.quantity for line in lines]
    amounts = price_document(sums, audience, situation)
    return QuoteDraft(
        organisation=buyer.id,
        cart=None,
        policy_version=number,
        currency=buyer.currency,
        total_net=amounts.total_net,
        total_tax=amounts.total_tax,
        total=amounts.total,
        tax_percent=situation.percent,
        tax_country=situation.country or "",
        reverse_charge=situation.reverse_charge,
        purchase_order=purchase_order,
        reason=reason,
        lines=tuple(
            LineDraft(
                offer=line.offer,
                term=line.term,
                trial_days=None,
                quantity=line.quantity,
                unit_amount=line.unit_amount,
                net=taxed.net,
                tax=taxed.tax,
                gross=taxed.gross,
            )
            for line, taxed in zip(lines, amounts.lines, strict=True)
        ),
    )


def _today(buyer: Organisation, journal: Journal) -> date:
    return local_date(journal.at, zone_named(buyer.timezone))


def _reason(text: str) -> str:
    said = text.strip()
    if not said or len(said) > MOST_REASON:
        raise Invalid([FieldError("reason", QUOTE_REASON_NEEDED, {"most": MOST_REASON})])
    return said
