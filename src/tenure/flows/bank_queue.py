"""Staff settle what statements left open: for an order, back to its sender, or not ours (R15).

Each decision is on record with who took it, and can be undone before anything followed from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import F

from tenure.base.errors import FieldError, Invalid, NotFound, Refused
from tenure.base.ids import new_id
from tenure.base.money import Money
from tenure.billing.bank.iban import checked_iban
from tenure.billing.bank.matching import Plan, Share, Standing
from tenure.billing.commands.allocations import lock_lines, take_back
from tenure.billing.errors import (
    LINE_OUT,
    LINE_SETTLED,
    NOTE_NEEDED,
    NOTHING_TO_UNDO,
    ORDER_NEEDS_WHOLE,
    ORDER_NOT_WAITING,
    OTHER_CURRENCY,
    SENDER_UNKNOWN,
)
from tenure.billing.events import TransferResolved
from tenure.billing.models import (
    BankAllocation,
    BankLine,
    BankOutcome,
    BankPayout,
    BankResolution,
    NotACustomers,
    PaymentStatus,
    TransferReference,
)
from tenure.events.asked import Asked
from tenure.events.journal import Journal, transaction
from tenure.events.streams import VENDOR_STREAM
from tenure.flows.bank_booking import book_allocations, book_given_back, book_resolutions
from tenure.flows.bank_matching import carry_out, lock_transfers, wanting_of
from tenure.flows.locks import lock_living
from tenure.flows.written import Written
from tenure.orders.commands.orders import lock_orders
from tenure.orders.models import Order
from tenure.organisations.models import Organisation

MOST_NOTE: Final = 500


def assign_line(
    *,
    line: UUID,
    orders: Sequence[UUID],
    now: datetime,
    by: str,
    asked: Asked | None = None,
) -> Written:
    """Open money of a line is for these orders of one customer, in their order; late money too.

    Each gets what it misses; what is left stays open. ``now`` is the machine's instant; the orders
    begin by their organisation's clock. Raises ``NotFound``, ``Refused`` with
    ``bank_line_settled``, ``bank_line_out``, ``bank_order_not_waiting``,
    ``bank_order_needs_whole``, ``bank_other_currency`` or ``organisation_purged``.
    """
    wanted = list(dict.fromkeys(orders))
    customer = _customer_of(wanted)
    at = customer.test_clock or now
    with transaction(now=at, by=by, organisation=customer.id, asked=asked) as journal:
        lock_living(customer.id, journal)
        locked = lock_orders(wanted)
        payments = lock_transfers(locked)
        row = _money_in(line)
        wanting = wanting_of(locked, payments)
        plan = Plan()
        for order in wanted:
            each = wanting[order]
            if each.currency != row.currency:
                raise Refused(OTHER_CURRENCY, currency=row.currency, expected=each.currency)
            left = row.open - sum(share.amount for share in plan.shares)
            if each.standing not in (Standing.WAITING, Standing.EXPIRED) or not left:
                raise Refused(ORDER_NOT_WAITING)
            if each.standing is Standing.EXPIRED and left < each.missing:
                missing = Money(each.missing - left, each.currency)
                raise Refused(ORDER_NEEDS_WHOLE, missing=missing)
            plan.shares.append(Share(row.id, order, min(left, each.missing)))
            if left >= each.missing:
                plan.paid.append(order)
        given = sum(share.amount for share in plan.shares)
        row.outcome = BankOutcome.MATCHED if given == row.open else BankOutcome.SURPLUS
        if given == row.open and len(plan.paid) < len(wanted):
            row.outcome = BankOutcome.PARTIAL
        carry_out(plan, lines=[row], orders=locked, payments=payments, now=now, journal=journal)
        journal.made = row.id
    return Written((line,), journal.revisions.get(customer.id, 0))


def give_back(
    *,
    line: UUID,
    note: str,
    iban: str = "",
    name: str = "",
    now: datetime,
    by: str,
    asked: Asked | None = None,
) -> Written:
    """What is open of a line goes back to the account that sent it, or to ``iban`` if staff say so.

    Returns the payout. Raises ``NotFound``, ``Invalid``, ``Refused`` with ``bank_line_settled``,
    ``bank_line_out`` or ``bank_sender_unknown``.
    """
    why = _note(note)
    given = checked_iban(iban) if iban.strip() else ""
    with transaction(now=now, by=by, asked=asked) as journal:
        row = _money_in(line)
        if not (given or row.iban):
            raise Refused(SENDER_UNKNOWN)
        payout = BankPayout(
            id=new_id(),
            line=row,
            organisation_id=_organisation_of(row),
            amount=row.open,
            currency=row.currency,
            name=name.strip()[:140] or row.name or "?",
            iban=given or checked_iban(row.iban),
            reason=why,
            status="to_send",
            created_at=now,
            created_by=by,
        )
        payout.save(force_insert=True)
        book_given_back(payouts=[payout], journal=journal)
        _resolve(row, "given_back", journal)
        journal.made = payout.id
    return Written((payout.id,), 0)


def mark_not_ours(
    *,
    line: UUID,
    note: str,
    kind: NotACustomers = NotACustomers.OTHER,
    now: datetime,
    by: str,
    asked: Asked | None = None,
) -> Written:
    """What is open of a line is no customer's money: a fee, a payout of cards, interest, capital.

    Also for what a bank took back, once it was looked after. Raises ``NotFound``, ``Invalid``,
    ``Refused`` with ``bank_line_settled``.
    """
    why = _note(note)
    with transaction(now=now, by=by, asked=asked) as journal:
        row = _open_line(line)
        made = BankResolution(
            id=new_id(), line=row, amount=row.open, kind=kind, note=why, at=now, by=by
        )
        made.save(force_insert=True)
        book_resolutions(resolutions=[made], journal=journal)
        _resolve(row, "not_ours", journal)
        journal.made = made.id
    return Written((made.id,), 0)


def undo_line(*, line: UUID, now: datetime, by: str, asked: Asked | None = None) -> Written:
    """Take back what was done with a line's money, as far as nothing followed from it.

    That is a part of an order that is not paid yet, a payout that is in no file, and money that
    was marked as not ours. Raises ``NotFound``, ``Refused`` with ``bank_nothing_to_undo``.
    """
    orders = BankAllocation.objects.filter(
        line=line, undone_at__isnull=True, payment__status=PaymentStatus.AWAITING_TRANSFER
    )
    with transaction(now=now, by=by, asked=asked) as journal:
        lock_orders(orders.values_list("order_id", flat=True))
        row = lock_lines([line]).get(line)
        if row is None:
            raise NotFound
        shares = list(orders.select_related("payment").select_for_update(of=("self",)))
        take_back(allocations=shares, journal=journal, outcome=BankOutcome.UNKNOWN)
        book_allocations(allocations=shares, journal=journal, undone=True)
        freed = _withdraw_payouts(line, now, journal) + _take_back_resolutions(
            row, by, now, journal
        )
        if freed:
            amount = Money(freed, row.currency)
            fact = TransferResolved(line=line, how="undone", amount=amount)
            journal.record(VENDOR_STREAM, fact)
            BankLine.objects.filter(id=line).update(
                open=F("open") + freed, outcome=BankOutcome.UNKNOWN
            )
        if not (shares or freed):
            raise Refused(NOTHING_TO_UNDO)
        journal.made = line
    return Written((line,), 0)


def _withdraw_payouts(line: UUID, now: datetime, journal: Journal) -> int:
    rows = list(
        BankPayout.objects.select_for_update().filter(
            line=line, status="to_send", file__isnull=True
        )
    )
    for row in rows:
        row.status, row.settled_at = "withdrawn", now
    BankPayout.objects.bulk_update(rows, ["status", "settled_at"])
    book_given_back(payouts=rows, journal=journal, undone=True)
    return sum(row.amount for row in rows)


def _take_back_resolutions(line: BankLine, by: str, now: datetime, journal: Journal) -> int:
    rows = list(
        BankResolution.objects.select_for_update().filter(line=line, undone_at__isnull=True)
    )
    for row in rows:
        row.undone_at, row.undone_by, row.line = now, by, line
    BankResolution.objects.bulk_update(rows, ["undone_at", "undone_by"])
    book_resolutions(resolutions=rows, journal=journal, undone=True)
    return sum(row.amount for row in rows)


def _resolve(row: BankLine, how: str, journal: Journal) -> None:
    """All that was open of the locked line has found its place."""
    amount = Money(row.open, row.currency)
    journal.record(VENDOR_STREAM, TransferResolved(line=row.id, how=how, amount=amount))
    BankLine.objects.filter(id=row.id).update(open=0)


def _open_line(line: UUID) -> BankLine:
    """The line, locked, with money that is open."""
    row = lock_lines([line]).get(line)
    if row is None:
        raise NotFound
    if not row.open or row.matched_at is None:
        raise Refused(LINE_SETTLED)
    return row


def _money_in(line: UUID) -> BankLine:
    """The line, locked, with open money that came: what the bank took is nobody's to be given."""
    row = _open_line(line)
    if row.direction != "credit":
        raise Refused(LINE_OUT)
    return row


def _customer_of(orders: Sequence[UUID]) -> Organisation:
    found = Order.objects.filter(id__in=orders).select_related("organisation")
    customers = {order.organisation_id: order.organisation for order in found}
    if not orders or len(found) < len(orders):
        raise NotFound
    if len(customers) > 1:
        raise Refused(ORDER_NOT_WAITING)
    return next(iter(customers.values()))


def _organisation_of(row: BankLine) -> UUID | None:
    """Whose money it is: theirs who got another part of it, or whose orders alone it names."""
    found = BankAllocation.objects.filter(line=row, undone_at__isnull=True)
    owners = set(found.values_list("organisation_id", flat=True))
    if not owners:
        named = TransferReference.objects.filter(reference__in=row.references)
        owners = set(named.values_list("organisation_id", flat=True))
    return owners.pop() if len(owners) == 1 else None


def _note(text: str) -> str:
    said = text.strip()
    if not said or len(said) > MOST_NOTE:
        raise Invalid([FieldError("note", NOTE_NEEDED, {"most": MOST_NOTE})])
    return said
