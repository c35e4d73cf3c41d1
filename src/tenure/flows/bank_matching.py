"""Money on bank statements finds its orders: by reference, each line once (R15).

What the references do not settle goes to the queue, for staff. Organisations with a test clock
are matched by themselves, at the instant where their clock stands (R2); all others together, at
the machine's. Lines that an import cut short left unmatched are taken up by the next, or by the
worker.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from tenure.access.queries.requests import requests_to_serve
from tenure.billing.bank.matching import Credit, Plan, Standing, Wanting, plan_matches
from tenure.billing.commands.allocations import (
    allocate,
    capture_transfers,
    lock_lines,
    received,
    write_lines,
)
from tenure.billing.commands.payouts import confirm, lock_sent
from tenure.billing.models import (
    BankLine,
    BankOutcome,
    BankPayout,
    Payment,
    PaymentStatus,
    Refund,
    TransferReference,
)
from tenure.events.journal import Journal, transaction
from tenure.flows.bank_booking import (
    book_allocations,
    book_confirmed,
    book_lines,
    book_transfer_refunds,
)
from tenure.flows.documents import Receipt, issue_receipts, read_bought, transfer_terms
from tenure.flows.locks import lock_organisations
from tenure.flows.role_requests import give_to_waiting
from tenure.flows.settlement import fulfil
from tenure.flows.transfers import last_day
from tenure.orders.commands.orders import lock_orders
from tenure.orders.models import Order, OrderStatus
from tenure.organisations.models import Organisation

BATCH: Final = 500
"""How many lines one look takes."""

_STANDING: Final = {
    OrderStatus.AWAITING_TRANSFER: Standing.WAITING,
    OrderStatus.EXPIRED: Standing.EXPIRED,
    OrderStatus.PAID: Standing.PAID,
}


@dataclass
class Group:
    """Lines that are matched in one transaction, and the orders that they name."""

    at: datetime
    lines: list[UUID] = field(default_factory=list)
    named: dict[UUID, tuple[UUID, ...]] = field(default_factory=dict)
    organisations: set[UUID] = field(default_factory=set)

    @property
    def orders(self) -> set[UUID]:
        """Every order that a line names."""
        return {order for orders in self.named.values() for order in orders}


def match_lines(*, now: datetime, by: str) -> int:
    """Match every line that no one has looked at; ``now`` is the machine's. Returns how many."""
    count = 0
    while True:
        rows = BankLine.objects.filter(matched_at__isnull=True).order_by("id")
        found = list(rows.values_list("id", "references")[:BATCH])
        if not found:
            return count
        for group in _groups(found, now):
            _match(group, now=now, by=by)
        count += len(found)


def _groups(found: Sequence[tuple[UUID, list[str]]], now: datetime) -> list[Group]:
    """Those of each test clock, and everybody else's; one statement."""
    wanted = {reference for _, references in found for reference in references}
    rows = TransferReference.objects.filter(reference__in=wanted).values_list(
        "reference", "order_id", "organisation_id", "organisation__test_clock"
    )
    by_reference = {row[0]: row[1:] for row in rows}
    groups: dict[UUID | None, Group] = {None: Group(now)}
    for line, references in found:
        named = [by_reference[each] for each in references if each in by_reference]
        clocks = {organisation: clock for _, organisation, clock in named}
        whose = None
        if any(clocks.values()):
            named = named if len(clocks) == 1 else []
            whose = next(iter(clocks)) if len(clocks) == 1 else None
        group = groups.setdefault(whose, Group(clocks.get(whose) or now) if whose else groups[None])
        group.lines.append(line)
        group.named[line] = tuple(dict.fromkeys(order for order, _, _ in named))
        group.organisations.update(organisation for _, organisation, _ in named)
    return [group for group in groups.values() if group.lines]


def _match(group: Group, *, now: datetime, by: str) -> None:
    with transaction(now=group.at, by=by) as journal:
        lock_organisations(group.organisations, journal)
        orders = lock_orders(group.orders)
        payments = lock_transfers(orders)
        lines = lock_lines({*group.lines, *_held(orders)})
        fresh = {line.id for line in lines.values() if line.matched_at is None}
        wanting = wanting_of(orders, payments)
        plan = plan_matches(_credits(group, lines, fresh, orders), wanting)
        for line in lines.values():
            if line.id in fresh:
                line.outcome = plan.outcomes.get(line.id) or _of_debit(line)
            elif line.id in plan.outcomes:
                line.outcome = plan.outcomes[line.id]
        book_lines(lines=[line for line in lines.values() if line.id in fresh], journal=journal)
        _confirm_payouts([line for line in lines.values() if line.id in fresh], now, journal)
        touched = fresh | plan.outcomes.keys()
        carry_out(
            plan,
            lines=[line for line in lines.values() if line.id in touched],
            orders=orders,
            payments=payments,
            now=now,
            journal=journal,
        )


def carry_out(
    plan: Plan,
    *,
    lines: Sequence[BankLine],
    orders: Mapping[UUID, Order],
    payments: Mapping[UUID, Payment],
    now: datetime,
    journal: Journal,
) -> None:
    """Write a plan over locked rows: shares, lines, and what the paid orders become (R13)."""
    came = received(orders)
    missing = {order: payment.amount - came.get(order, 0) for order, payment in payments.items()}
    by_id = {line.id: line for line in lines}
    made = allocate(
        shares=plan.shares, lines=by_id, payments=payments, missing=missing, journal=journal
    )
    book_allocations(allocations=made, journal=journal)
    for line in lines:
        if line.outcome in (BankOutcome.NOTED, BankOutcome.PAYOUT):
            line.open = 0
    write_lines(lines=lines, at=now, journal=journal)
    _give_receipts(plan, by_id, orders, payments, came, journal)
    paid = [orders[order] for order in dict.fromkeys(plan.paid)]
    revived = [order.id for order in paid if order.status == OrderStatus.EXPIRED]
    if revived:
        Order.objects.filter(id__in=revived).update(closed_at=None)
    by_order = {order.id: payments[order.id] for order in paid}
    capture_transfers(payments=list(by_order.values()), journal=journal)
    if paid:
        journal.write()
    fulfil(orders=paid, paid_by=by_order, journal=journal)
    _serve_requests({order.organisation_id for order in paid}, journal)


def lock_transfers(orders: Mapping[UUID, Order]) -> dict[UUID, Payment]:
    """The payment of each order that money can still come for, or came for, locked.

    That is one that is waited for or was paid, or whose order expired waiting for it.
    """
    rows = Payment.objects.select_for_update().filter(order_id__in=orders, method="bank_transfer")
    found = {}
    for payment in rows.order_by("id"):
        expired = orders[payment.order_id].status == OrderStatus.EXPIRED
        closed = payment.status == PaymentStatus.DECLINED
        if not closed or (expired and payment.decline_code == "order_closed"):
            found[payment.order_id] = payment
    return found


def wanting_of(
    orders: Mapping[UUID, Order], payments: Mapping[UUID, Payment]
) -> dict[UUID, Wanting]:
    """What each of the locked orders misses."""
    came = received(orders)
    zones = dict(
        Organisation.objects.filter(
            id__in={order.organisation_id for order in orders.values()}
        ).values_list("id", "timezone")
    )
    wanting = {}
    for order in orders.values():
        standing = _STANDING.get(OrderStatus(order.status), Standing.CLOSED)
        if order.id not in payments and standing is not Standing.PAID:
            standing = Standing.CLOSED
        waits = standing in (Standing.WAITING, Standing.EXPIRED)
        wanting[order.id] = Wanting(
            order=order.id,
            standing=standing,
            missing=order.total - came.get(order.id, 0) if waits else 0,
            currency=order.currency,
            last_day=last_day(order, zones[order.organisation_id]) if waits else None,
        )
    return wanting


def _held(orders: Mapping[UUID, Order]) -> list[UUID]:
    """Lines in the queue that name an order which expired: together they may revive it."""
    expired = [order.id for order in orders.values() if order.status == OrderStatus.EXPIRED]
    if not expired:
        return []
    rows = TransferReference.objects.filter(order_id__in=expired)
    references = list(rows.values_list("reference", flat=True))
    held = BankLine.objects.filter(
        direction="credit", open__gt=0, matched_at__isnull=False, references__overlap=references
    )
    return list(held.values_list("id", flat=True))


def _credits(
    group: Group, lines: Mapping[UUID, BankLine], fresh: set[UUID], orders: Mapping[UUID, Order]
) -> Iterable[Credit]:
    """The money among the lines; what a bank takes back or sends back is no customer's payment."""
    rows = TransferReference.objects.filter(order_id__in=orders)
    by_reference = dict(rows.values_list("reference", "order_id"))
    for line in lines.values():
        if line.direction != "credit" or line.reversal or (line.id not in fresh and not line.open):
            continue
        named = group.named.get(line.id)
        if named is None:
            found = (by_reference.get(each) for each in line.references)
            named = tuple(dict.fromkeys(order for order in found if order is not None))
        yield Credit(
            line=line.id,
            amount=line.open,
            currency=line.currency,
            booked_on=line.booked_on,
            orders=named,
            matched=line.id not in fresh,
        )


def _confirm_payouts(lines: Sequence[BankLine], now: datetime, journal: Journal) -> None:
    """Our own transfers out, each by its id or all of a file by the file's, to the cent (R30)."""
    debits = {
        UUID(each): line
        for line in lines
        if line.direction == "debit" and not line.reversal
        for each in line.references
        if len(each) == 32
    }
    if not debits:
        return
    refunds, payouts = lock_sent(debits)
    shown: defaultdict[UUID, list[Refund | BankPayout]] = defaultdict(list)
    out: list[Refund | BankPayout] = [*refunds, *payouts]
    for each in out:
        named = each.id if each.id in debits else each.file_id
        if named is not None:
            shown[debits[named].id].append(each)
    confirmed: set[UUID] = set()
    for line in {line.id: line for line in debits.values()}.values():
        amounts = sum(each.amount for each in shown[line.id])
        line.outcome = BankOutcome.PAYOUT if amounts == line.amount else BankOutcome.AMBIGUOUS
        if amounts == line.amount:
            confirmed.update(each.id for each in shown[line.id])
    done = [each for each in refunds if each.id in confirmed]
    back = [each for each in payouts if each.id in confirmed]
    confirm(refunds=done, payouts=back, at=now, journal=journal)
    book_transfer_refunds(refunds=done, journal=journal)
    book_confirmed(payouts=back, journal=journal)


def _of_debit(line: BankLine) -> str:
    """What a line is that is no customer's money: only what a bank takes back needs a person."""
    if line.direction == "credit":
        return BankOutcome.RETURNED
    return BankOutcome.TAKEN_BACK if line.reversal else BankOutcome.NOTED


def _give_receipts(
    plan: Plan,
    lines: Mapping[UUID, BankLine],
    orders: Mapping[UUID, Order],
    payments: Mapping[UUID, Payment],
    came: Mapping[UUID, int],
    journal: Journal,
) -> None:
    """A receipt for each part of an order's money, while another part is missing."""
    paid = defaultdict(int, came)
    parts = []
    for share in plan.shares:
        paid[share.order] += share.amount
        if share.order not in plan.paid:
            parts.append((share, paid[share.order]))
    if not parts:
        return
    named = {share.order: orders[share.order] for share, _ in parts}
    bought = {each.order.id: each for each in read_bought(list(named.values()))}
    receipts = [
        Receipt(
            bought=bought[share.order],
            amount=share.amount,
            on=lines[share.line].booked_on,
            paid=so_far,
            payment=transfer_terms(payments[share.order], bought[share.order].known),
        )
        for share, so_far in parts
    ]
    issue_receipts(receipts=receipts, journal=journal)


def _serve_requests(organisations: set[UUID], journal: Journal) -> None:
    """Who waited for a seat of what was paid gets it at once (R40)."""
    if not organisations:
        return
    waiting = requests_to_serve(journal.at).filter(organisation_id__in=organisations)
    for customer in Organisation.objects.filter(id__in=waiting.values("organisation_id")).order_by(
        "id"
    ):
        give_to_waiting(customer=customer, journal=journal)
