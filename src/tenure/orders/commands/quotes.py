"""Quotes: made, sent, and what becomes of them (R12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from tenure.base.errors import NotFound
from tenure.base.ids import new_id
from tenure.base.money import Money
from tenure.events.journal import Journal
from tenure.orders.commands.orders import LineDraft
from tenure.orders.events import QuoteAccepted, QuoteDeclined, QuoteExpired, QuoteSent
from tenure.orders.models import Quote, QuoteLine, QuoteStatus


@dataclass(frozen=True, slots=True)
class QuoteDraft:
    """A quote to be made, priced and taxed; amounts in minor units of ``currency``."""

    organisation: UUID
    cart: UUID | None
    policy_version: int
    currency: str
    total_net: int
    total_tax: int
    total: int
    tax_percent: Decimal
    tax_country: str
    reverse_charge: bool
    purchase_order: str
    reason: str
    lines: tuple[LineDraft, ...]


def make_quote(*, draft: QuoteDraft, journal: Journal) -> tuple[Quote, list[QuoteLine]]:
    """A draft and its lines, written with the journal."""
    quote = Quote(
        id=new_id(),
        organisation_id=draft.organisation,
        cart_id=draft.cart,
        status=QuoteStatus.DRAFT,
        policy_version_id=draft.policy_version,
        currency=draft.currency,
        total_net=draft.total_net,
        total_tax=draft.total_tax,
        total=draft.total,
        tax_percent=draft.tax_percent,
        tax_country=draft.tax_country,
        reverse_charge=draft.reverse_charge,
        purchase_order=draft.purchase_order,
        reason=draft.reason,
        made_at=journal.at,
    )
    lines = [_line(quote, position, each) for position, each in enumerate(draft.lines, start=1)]
    journal.insert([quote])
    journal.insert(lines)
    return quote, lines


def _line(quote: Quote, position: int, draft: LineDraft) -> QuoteLine:
    return QuoteLine(
        id=new_id(),
        quote=quote,
        organisation_id=quote.organisation_id,
        position=position,
        offer_id=draft.offer,
        term=draft.term.value,
        trial_days=draft.trial_days,
        quantity=draft.quantity,
        unit_amount=draft.unit_amount,
        net=draft.net,
        tax=draft.tax,
        gross=draft.gross,
    )


def lock_quote(quote: UUID) -> Quote:
    """The quote, locked until commit. Raises ``NotFound``."""
    found = Quote.objects.select_for_update().filter(id=quote).first()
    if found is None:
        raise NotFound
    return found


def drop_quote(*, quote: Quote, journal: Journal) -> None:
    """The locked draft goes, with its lines: nobody was ever told of it."""
    QuoteLine.objects.filter(quote=quote).delete()
    quote.delete()
    journal.touch(quote.organisation_id)


def send_quote(*, quote: Quote, valid_until: date, expires_at: datetime, journal: Journal) -> None:
    """The locked, or new, draft can be accepted up to the local day ``valid_until``."""
    quote.status = QuoteStatus.SENT
    quote.sent_at, quote.valid_until, quote.expires_at = journal.at, valid_until, expires_at
    quote.save(update_fields=["status", "sent_at", "valid_until", "expires_at"])
    journal.record(
        quote.organisation_id,
        QuoteSent(
            quote=quote.id, total=Money(quote.total, quote.currency), valid_until=valid_until
        ),
    )


def accept_quote(*, quote: Quote, order: UUID, journal: Journal) -> None:
    """The locked quote became ``order``."""
    quote.status, quote.closed_at, quote.order_id = QuoteStatus.ACCEPTED, journal.at, order
    quote.save(update_fields=["status", "closed_at", "order"])
    journal.record(quote.organisation_id, QuoteAccepted(quote=quote.id, order=order))


def decline_quote(*, quote: Quote, because: str, journal: Journal) -> None:
    """The customer does not want the locked quote."""
    quote.status, quote.closed_at = QuoteStatus.DECLINED, journal.at
    quote.declined_because = because
    quote.save(update_fields=["status", "closed_at", "declined_because"])
    journal.record(quote.organisation_id, QuoteDeclined(quote=quote.id))


def expire_quotes(*, quotes: Sequence[Quote], journal: Journal) -> None:
    """Nobody accepted the locked quotes in time."""
    ids = [quote.id for quote in quotes]
    Quote.objects.filter(id__in=ids).update(status=QuoteStatus.EXPIRED, closed_at=journal.at)
    for quote in quotes:
        fact = QuoteExpired(quote=quote.id)
        journal.record(quote.organisation_id, fact, at=quote.expires_at)
