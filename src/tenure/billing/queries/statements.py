"""Reads of bank statements: what became of a file's lines, and what waits in the queue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Count

from tenure.billing.models import (
    BankImport,
    BankLine,
    BankOutcome,
    BankPayout,
    PayoutFile,
    Refund,
    RefundStatus,
)
from tenure.events.rows import read_values

MOST_SUGGESTED: Final = 5
"""So many orders are suggested for a line."""

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


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An order that a line's money may be for, and why: never acted on by itself (R15).

    ``missing`` is in minor units; ``same_amount``: it is just what is open of the line;
    ``same_payer``: the account paid for this customer before, or is held under its name.
    """

    line: UUID
    order: UUID
    organisation: UUID
    organisation_name: str
    missing: int
    currency: str
    same_amount: bool
    same_payer: bool


def queue(*, after: UUID | None = None, limit: int = 50) -> list[BankLine]:
    """Lines with open money that matching has looked at, the oldest first; one statement."""
    rows = BankLine.objects.filter(open__gt=0, matched_at__isnull=False)
    if after is not None:
        rows = rows.filter(id__gt=after)
    return list(rows.select_related("statement").order_by("id")[:limit])


def suggestions(lines: Collection[UUID]) -> dict[UUID, list[Suggestion]]:
    """For each line the orders it may be for, the likeliest first, a few at the most.

    One statement for any number of lines.
    """
    found: defaultdict[UUID, list[Suggestion]] = defaultdict(list)
    for values in read_values(_SUGGESTIONS, [list(lines)]):
        suggestion = Suggestion(*values)
        if len(found[suggestion.line]) < MOST_SUGGESTED:
            found[suggestion.line].append(suggestion)
    return found


_SUGGESTIONS: Final = """
    SELECT line.id, likely.order_id, likely.organisation_id, likely.name, likely.missing,
           line.currency, likely.same_amount, likely.same_payer
    FROM billing_bankline AS line
    CROSS JOIN LATERAL (
        SELECT waiting.id AS order_id, waiting.organisation_id, organisation.name,
               left_over.missing,
               left_over.missing = line.open AS same_amount,
               lower(line.name) IN (lower(organisation.name), lower(organisation.billing_name))
               OR line.iban <> '' AND EXISTS (
                   SELECT FROM billing_bankallocation AS before
                   JOIN billing_bankline AS earlier ON earlier.id = before.line_id
                   WHERE before.organisation_id = waiting.organisation_id
                     AND earlier.iban = line.iban AND before.undone_at IS NULL
               ) AS same_payer
        FROM orders_order AS waiting
        JOIN organisations_organisation AS organisation
          ON organisation.id = waiting.organisation_id
        CROSS JOIN LATERAL (
            SELECT waiting.total - coalesce(sum(amount), 0)::bigint AS missing
            FROM billing_bankallocation AS share
            WHERE share.order_id = waiting.id AND share.undone_at IS NULL
        ) AS left_over
        WHERE waiting.status = 'awaiting_transfer' AND waiting.currency = line.currency
    ) AS likely
    WHERE line.id = ANY((SELECT %s::uuid[])::uuid[]) AND line.direction = 'credit'
      AND line.open > 0 AND (likely.same_amount OR likely.same_payer)
    ORDER BY line.id, likely.same_payer DESC, likely.same_amount DESC, likely.order_id
"""
"""By the list of keys as ``AMONG`` finds them."""


def statements(*, limit: int = 50) -> list[BankImport]:
    """The files that were read, the newest first; one statement."""
    return list(BankImport.objects.filter(done_at__isnull=False).order_by("-id")[:limit])


def refunds_to_send() -> Sequence[Refund]:
    """Refunds by transfer that wait for an account or for a file; one statement."""
    rows = Refund.objects.filter(
        method="bank_transfer",
        status__in=[RefundStatus.AWAITING_IBAN, RefundStatus.TO_SEND],
        file__isnull=True,
    )
    return list(rows.select_related("organisation", "order").order_by("id"))


def payouts_to_send() -> Sequence[BankPayout]:
    """Money without an order that waits for a file; one statement."""
    rows = BankPayout.objects.filter(status="to_send", file__isnull=True)
    return list(rows.select_related("line").order_by("id"))


def payout_files(*, limit: int = 50) -> list[PayoutFile]:
    """The files for the bank, the newest first; one statement."""
    return list(PayoutFile.objects.defer("content").order_by("-id")[:limit])
