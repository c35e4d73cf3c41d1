"""What the bank says, and what became of it, in the ledger (R15, R48)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.conf import settings

from tenure.billing.ledger.rules.accounts import Cause
from tenure.billing.models import (
    BankAllocation,
    BankLine,
    BankPayout,
    BankResolution,
    NotACustomers,
    Refund,
)
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


def book_given_back(
    *, payouts: Sequence[BankPayout], journal: Journal, undone: bool = False
) -> None:
    """Money to be explained was paid too much, and is on its way back; ``undone``: it is not."""
    sign = -1 if undone else 1
    moved = [
        Moved(each.id, sign * each.amount, each.currency, each.organisation_id) for each in payouts
    ]
    _book(Cause.SURPLUS, moved, journal)
    _book(Cause.SURPLUS_RETURNED, moved, journal)


def book_resolutions(
    *, resolutions: Sequence[BankResolution], journal: Journal, undone: bool = False
) -> None:
    """What a bank keeps, and what a card's gateway paid out; ``undone``: it is open again.

    What left counts as a fee, what came as a fee given back; the reverse for payouts.
    """
    for kind, cause in ((NotACustomers.FEE, Cause.FEE), (NotACustomers.PAYOUT, Cause.CARD_PAYOUT)):
        moved = [
            Moved(each.id, _sign(each, kind, undone=undone) * each.amount, each.line.currency)
            for each in resolutions
            if each.kind == kind
        ]
        _book(cause, moved, journal)


def _sign(resolution: BankResolution, kind: NotACustomers, *, undone: bool) -> int:
    usual = "debit" if kind is NotACustomers.FEE else "credit"
    return 1 if (resolution.line.direction == usual) is not undone else -1


def book_transfer_refunds(*, refunds: Sequence[Refund], journal: Journal) -> None:
    """Refunds that a statement shows: they left, and nothing is to be explained any more."""
    moved = [
        Moved(each.id, each.amount, each.currency, each.organisation_id, each.order_id)
        for each in refunds
    ]
    _book(Cause.TRANSFER_REFUND, moved, journal)
    _book(Cause.REFUND_CONFIRMED, moved, journal)


def book_confirmed(*, payouts: Sequence[BankPayout], journal: Journal) -> None:
    """A statement shows money that was given back without an order."""
    moved = [Moved(each.id, each.amount, each.currency, each.organisation_id) for each in payouts]
    _book(Cause.REFUND_CONFIRMED, moved, journal)


def _book(cause: Cause, moved: Sequence[Moved], journal: Journal) -> None:
    if moved:
        seller = vendor(sandbox=settings.SANDBOX)
        book_moved(cause=cause, moved=moved, seller=seller, journal=journal)
