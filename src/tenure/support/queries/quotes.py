"""Quotes of all customers, for staff; and what a contact asks to be quoted (R12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from tenure.base.calendar import Term
from tenure.base.errors import NotFound
from tenure.base.money import Money
from tenure.billing.models import Document
from tenure.catalogue.models import Offer
from tenure.catalogue.queries.offers import offer_facts
from tenure.catalogue.rules import price_in_force
from tenure.orders.models import Quote, QuoteLine, QuoteStatus
from tenure.orders.queries.quotes import status_at
from tenure.organisations.models import Organisation
from tenure.support.queries.lists import Listed, newest_first

MOST_OFFERED: Final = 300
"""So many offers of an audience are suggested in a form; any other is named by its identifier."""

_TERMS: Final = (Term.YEAR, Term.QUARTER, Term.MONTH)
"""For which term a contact is quoted that names none: the longest that has a price."""


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """A quote, where it stands now, and its paper (``document`` is None for a draft)."""

    quote: Quote
    status: QuoteStatus
    document: UUID | None
    number: str

    @property
    def total(self) -> Money:
        """The whole amount with tax."""
        return Money(self.quote.total, self.quote.currency)


def quotes_by_status(status: str, at: datetime, before: UUID | None = None) -> Listed[QuoteRow]:
    """Quotes, the newest first, all or those of a status at the UTC instant; two statements."""
    rows = Quote.objects.select_related("organisation")
    over = Q(status=QuoteStatus.SENT, expires_at__lte=at)
    if status == QuoteStatus.EXPIRED:
        rows = rows.filter(Q(status=QuoteStatus.EXPIRED) | over)
    elif status:
        rows = rows.filter(Q(status=status) & ~over)
    found = newest_first(rows, before)
    return Listed(_with_papers(found.rows, at), found.last)


def quote_sheet(quote: UUID, at: datetime) -> tuple[QuoteRow, list[QuoteLine]]:
    """One quote with its lines; three statements. Raises ``NotFound``."""
    rows = list(Quote.objects.select_related("organisation").filter(id=quote))
    if not rows:
        raise NotFound
    clock = rows[0].organisation.test_clock
    (row,) = _with_papers(rows, clock or at)
    return row, list(QuoteLine.objects.filter(quote=quote).order_by("position"))


def _with_papers(rows: Sequence[Quote], at: datetime) -> list[QuoteRow]:
    papers = Document.objects.filter(quote__in=[row.id for row in rows])
    by_quote = {
        quote: (id_, number) for quote, id_, number in papers.values_list("quote", "id", "number")
    }
    return [
        QuoteRow(
            row,
            status_at(row, row.organisation.test_clock or at),
            *by_quote.get(row.id, (None, "")),
        )
        for row in rows
    ]


def offers_of(audience: str) -> list[str]:
    """The first offers of an audience that can be quoted, in the file's order; one statement."""
    rows = Offer.objects.filter(
        audience=audience, withdrawn_at__isnull=True, trial_days__isnull=True
    )
    return list(rows.order_by("position", "id").values_list("id", flat=True)[:MOST_OFFERED])


def list_price(offer: str, customer: Organisation, on: date) -> tuple[Term, int] | None:
    """What one of an offer costs the customer for the longest term that has a price (R7).

    None for what has none in their currency, or is not for their audience.
    """
    facts = offer_facts([offer]).get(offer)
    if facts is None or facts.is_trial or facts.audience != customer.audience:
        return None
    for term in _TERMS:
        price = price_in_force(facts.prices, term, customer.currency, on)
        if price is not None:
            return term, price.amount
    return None
