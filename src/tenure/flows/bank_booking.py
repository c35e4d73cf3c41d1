"""What the bank says, and what became of it, in the ledger (R15, R48)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.conf import settings

from tenure.billing.ledger.rules.accounts import Cause
from tenure.billing.models import BankAllocation, BankLine
from tenure.catalogue.queries import vendor
from tenure.events.journal import Journal
from tenure.flows.bookkeeping import Moved, book_moved


def book_lines(*, lines: Iterable[BankLine], journal: Journal) -> None:
    """Movements on the vendor's accounts: money to be explained, in or out."""
    moved = [
        Moved(line.id, line.amount if line.direction == "credit" else -line.amount, line.currency)
        for line in lines
    ]
    _book(Cause.STATEMENT, moved, journal)


def book_allocations(
    *, allocations: Sequence[BankAllocation], journal: Journal, undone: bool = False
) -> None:
    """Money to be explained is a customer's, for an order; ``undone``: it no longer is."""
    moved = [
        Moved(
            source=each.id,
            amount=-each.amount if undone else each.amount,
            currency=each.payment.currency,
            organisation=each.organisation_id,
            order=each.order_id,
        )
        for each in allocations
    ]
    _book(Cause.TRANSFER_MATCHED, moved, journal)


def _book(cause: Cause, moved: Sequence[Moved], journal: Journal) -> None:
    if moved:
        seller = vendor(sandbox=settings.SANDBOX)
        book_moved(cause=cause, moved=moved, seller=seller, journal=journal)
