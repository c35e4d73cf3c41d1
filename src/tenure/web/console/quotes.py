"""Quotes: what was promised at which price, until when, and what became of it (R12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpResponse

from tenure.base.ids import public_id
from tenure.base.money import Money
from tenure.billing.queries.documents import papers_of_quotes
from tenure.orders.queries.quotes import ShownQuote, quotes_of, shown_quotes
from tenure.organisations.rules import Ability
from tenure.web.edge.doors import console_page
from tenure.web.edge.names import Offers, named
from tenure.web.edge.paging import pages, place
from tenure.web.edge.quotes import state_of
from tenure.web.edge.visits import Desk

MOST: Final = 50
"""How many one page shows."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A quote in the list."""

    shown: ShownQuote
    id: str
    number: str
    names: str
    state: str

    @property
    def total(self) -> Money:
        """With tax."""
        return Money(self.shown.quote.total, self.shown.quote.currency)


@console_page(Ability.BILLING)
def quotes(desk: Desk) -> HttpResponse:
    """All quotes that were sent, the newest first; four statements for any number of them."""
    rows = quotes_of(desk.organisation)
    before = place(desk, "quo")
    if before is not None:
        rows = rows.filter(id__lt=before)
    ids = list(rows.order_by("-id").values_list("id", flat=True)[: MOST + 1])
    shown = list(reversed(shown_quotes(ids[:MOST], desk.now)))
    offers = Offers({line.offer_id for each in shown for line in each.lines}, desk.language)
    papers = papers_of_quotes(ids[:MOST])
    context = {
        "rows": [
            Listed(
                shown=each,
                id=public_id("quo", each.quote.id),
                number=papers[each.quote.id].row.number if each.quote.id in papers else "",
                names=named([offers.name(line.offer_id) for line in each.lines]),
                state=state_of(each.status),
            )
            for each in shown
        ],
        **pages(desk, ids[MOST - 1] if len(ids) > MOST else None, "quo"),
    }
    return desk.render("console/quotes.html", context)
