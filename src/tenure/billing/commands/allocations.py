"""Money of statement lines is given to orders, and taken from them again before they are paid."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from tenure.base.ids import new_id
from tenure.base.money import Money
from tenure.billing.bank.matching import Share
from tenure.billing.events import PaymentCaptured, TransferMatched, TransferReleased
from tenure.billing.models import (
    BankAllocation,
    BankLine,
    BankOutcome,
    Payment,
    PaymentStatus,
)
from tenure.events.journal import Journal
from tenure.events.rows import AMONG, read_rows, read_values


def lock_lines(ids: Iterable[UUID]) -> dict[UUID, BankLine]:
    """The lines, locked until commit in the order of their ids."""
    rows = read_rows(BankLine, f"WHERE id {AMONG} ORDER BY id FOR UPDATE", [list(ids)])
    return {line.id: line for line in rows}


def received(orders: Iterable[UUID]) -> dict[UUID, int]:
    """How much each of the locked ``orders`` was given, in minor units."""
    return dict(read_values(_RECEIVED, [list(orders)]))


_RECEIVED: Final = f"""
    SELECT order_id, sum(amount)::bigint FROM billing_bankallocation
    WHERE order_id {AMONG} AND undone_at IS NULL GROUP BY order_id
"""  # noqa: S608 - constants


def allocate(
    *,
    shares: Sequence[Share],
    lines: Mapping[UUID, BankLine],
    payments: Mapping[UUID, Payment],
    missing: Mapping[UUID, int],
    journal: Journal,
) -> list[BankAllocation]:
    """Give the locked ``lines``' money to orders; ``payments`` and what is ``missing`` by order.

    The lines are written by ``write_lines``.
    """
    left = dict(missing)
    made = []
    for share in shares:
        payment = payments[share.order]
        row = BankAllocation(
            id=new_id(),
            line_id=share.line,
            organisation_id=payment.organisation_id,
            order_id=share.order,
            payment=payment,
            amount=share.amount,
            at=journal.at,
            by=journal.by,
        )
        made.append(row)
        left[share.order] -= share.amount
        lines[share.line].open -= share.amount
        journal.record(
            payment.organisation_id,
            TransferMatched(
                allocation=row.id,
                order=share.order,
                payment=payment.id,
                amount=Money(share.amount, payment.currency),
                missing=Money(left[share.order], payment.currency),
            ),
        )
    journal.insert(made)
    return made


def write_lines(*, lines: Iterable[BankLine], at: datetime, journal: Journal) -> None:
    """What is open of the locked ``lines`` and what became of them; ``at`` is the machine's."""
    told = [{"id": str(line.id), "open": line.open, "outcome": str(line.outcome)} for line in lines]
    if told:
        journal.change(_WRITE_LINES, [at, json.dumps(told)])


_WRITE_LINES: Final = """
    UPDATE billing_bankline AS line
    SET open = given.open, outcome = given.outcome, matched_at = coalesce(line.matched_at, %s)
    FROM json_to_recordset(%s::json) AS given (id uuid, open bigint, outcome text)
    WHERE line.id = given.id
"""


def capture_transfers(*, payments: Sequence[Payment], journal: Journal) -> None:
    """The whole amount of the locked ``payments`` is there (R13)."""
    for payment in payments:
        payment.status, payment.decline_code = PaymentStatus.CAPTURED, ""
        payment.settled_at = journal.at
        amount = Money(payment.amount, payment.currency)
        journal.record(
            payment.organisation_id,
            PaymentCaptured(payment=payment.id, order=payment.order_id, amount=amount),
        )
    if payments:
        journal.change(
            "UPDATE billing_payment SET status = 'captured', decline_code = '', settled_at = %s "
            "WHERE id = ANY(%s)",
            [journal.at, [payment.id for payment in payments]],
        )


def release(*, orders: Collection[UUID], journal: Journal) -> list[BankAllocation]:
    """Money that came for orders which are not to be paid by it any more is open again."""
    rows = BankAllocation.objects.select_for_update(of=("self",)).filter(
        order_id__in=orders, undone_at__isnull=True
    )
    allocations = list(rows.select_related("payment").order_by("id"))
    take_back(allocations=allocations, journal=journal)
    return allocations


def take_back(
    *,
    allocations: Sequence[BankAllocation],
    journal: Journal,
    outcome: BankOutcome = BankOutcome.ORDER_CLOSED,
) -> None:
    """Undo the locked ``allocations``, of payments that are not captured."""
    amounts: defaultdict[UUID, int] = defaultdict(int)
    for each in allocations:
        each.undone_at, each.undone_by = journal.at, journal.by
        amounts[each.line_id] += each.amount
        journal.record(
            each.organisation_id,
            TransferReleased(
                allocation=each.id,
                order=each.order_id,
                payment=each.payment_id,
                amount=Money(each.amount, each.payment.currency),
            ),
        )
    if not allocations:
        return
    BankAllocation.objects.bulk_update(allocations, ["undone_at", "undone_by"])
    lines = lock_lines(amounts)
    for line in lines.values():
        line.open += amounts[line.id]
        line.outcome = outcome
    BankLine.objects.bulk_update(lines.values(), ["open", "outcome"])
