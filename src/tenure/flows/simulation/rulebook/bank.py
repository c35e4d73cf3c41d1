"""Money on a bank statement, under an order's reference (R15)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tenure.flows.simulation.rulebook.buying import paid
from tenure.flows.simulation.rulebook.customer import Credit, Customer, Order, Payout
from tenure.flows.simulation.rulebook.days import ONE_DAY, day_of


def account_of(index: int, number: int) -> str:
    """One of the accounts of a customer, as an IBAN with the check digits of ISO 7064."""
    bban = f"37040044{index:08d}{number:02d}"
    return f"DE{98 - int(bban + '131400') % 97:02d}{bban}"


def credited(customer: Customer, order: Order, fresh: Sequence[Credit], at: datetime) -> None:
    """Lines that were just read, the earliest booked first; never guessed, never lost."""
    order.credits += fresh
    for each in sorted(fresh, key=lambda each: (each.booked_on, each.number)):
        if each.used or each.returned or not _in_time(customer, order, each):
            continue
        if order.status == "awaiting_transfer":
            _use(customer, order, [each], at)
        elif order.status == "expired" and order.method == "bank_transfer":
            together = [one for one in order.credits if one.open and _in_time(customer, order, one)]
            if sum(one.open for one in together) >= order.total:
                _use(customer, order, together, at)


def given_back(customer: Customer, credit: Credit, iban: str) -> Payout | str:
    """Staff give back what is open of a line, to the account that sent it, or to ``iban``."""
    if not credit.open:
        return "bank_line_settled"
    if not (iban or credit.iban):
        return "bank_sender_unknown"
    named = any(credit in order.credits for order in customer.orders)
    payout = Payout(credit.open, iban or credit.iban, whose=named)
    credit.returned += payout.amount
    customer.payouts.append(payout)
    if named:
        customer.book("suspense", "surplus", payout.amount)
        customer.book("surplus", "refunds_sent", payout.amount)
    return payout


def approved(payout: Payout, iban: str) -> str | None:
    """Staff say to which account money goes, until it is in a file."""
    if payout.filed or payout.done:
        return "refund_not_waiting_for_account"
    payout.iban = iban
    return None


def confirmed(customer: Customer, payout: Payout) -> None:
    """A statement shows that it left (R30)."""
    payout.done = True
    if payout.order is not None:
        customer.book("receivable", "refunds_sent", payout.amount)
    if payout.whose:
        customer.book("refunds_sent", "suspense", payout.amount)


def _use(customer: Customer, order: Order, lines: Sequence[Credit], at: datetime) -> None:
    for each in sorted(lines, key=lambda each: (each.booked_on, each.number)):
        each.used = min(each.open, order.total - order.received)
        if each.used:
            order.received += each.used
            customer.book("suspense", "receivable", each.used, order.currency)
    if order.received == order.total:
        paid(customer, order, at)


def _in_time(customer: Customer, order: Order, credit: Credit) -> bool:
    """The bank's booking date decides, not the day on which it is read."""
    if order.expires_at is None:
        return True
    last_day = day_of(order.expires_at - ONE_DAY / 86400, customer.zone)
    return credit.booked_on <= last_day
