"""Reads of bank statements: what became of a file's lines, and what waits in the queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import Count

from tenure.billing.models import BankImport, BankLine, BankOutcome

_OF_CUSTOMERS: Final = frozenset({BankOutcome.MATCHED, BankOutcome.PARTIAL, BankOutcome.SURPLUS})
_QUIET: Final = frozenset({BankOutcome.NOTED, BankOutcome.PAYOUT})


@dataclass(frozen=True, slots=True)
class Told:
    """How a file's lines ended: ``unknown`` are all that wait for staff with their whole amount.

    ``unmatched`` counts these by their reason; ``noted`` are movements that ask for nothing.
    """

    lines: int
    matched: int
    partial: int
    surplus: int
    unknown: int
    already_read: int
    noted: int
    unmatched: dict[str, int]


def told_of(statement: BankImport) -> Told:
    """What became of a file's new lines; one statement."""
    rows = BankLine.objects.filter(statement=statement).values("outcome").annotate(n=Count("id"))
    counts: dict[str, int] = {row["outcome"]: row["n"] for row in rows.order_by("outcome")}
    unmatched = {
        outcome: count for outcome, count in counts.items() if outcome not in _OF_CUSTOMERS | _QUIET
    }
    return Told(
        lines=statement.found,
        matched=counts.get(BankOutcome.MATCHED, 0),
        partial=counts.get(BankOutcome.PARTIAL, 0),
        surplus=counts.get(BankOutcome.SURPLUS, 0),
        unknown=sum(unmatched.values()),
        already_read=statement.found - statement.new,
        noted=sum(counts.get(outcome, 0) for outcome in _QUIET),
        unmatched=unmatched,
    )
