"""Staff give money back that came by transfer, and say to which account (R15, R30)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final
from uuid import UUID

from tenure.billing.models import BankLine, Refund
from tenure.flows.bank_queue import give_back as give_line_back
from tenure.flows.payouts import approve_account
from tenure.flows.simulation.deeds.deed import BY, Deed, Kind, asked, pick, taken_up
from tenure.flows.simulation.rulebook.bank import account_of, approved, given_back
from tenure.flows.simulation.rulebook.customer import Customer, Payout
from tenure.flows.simulation.story import Op


def give_back(customer: Customer, op: Op) -> Deed | None:
    """What is open of a line goes back, mostly to the account that sent it."""
    named = [each for order in customer.orders for each in order.credits]
    lines = [*named, *customer.strays]
    still = [each for each in lines if each.open]
    line = pick(still if still and op.picks[0] % 6 else lines, op.picks[1])
    if line is None:
        return None
    iban = account_of(customer.index, 0) if op.picks[2] % 3 == 0 else ""

    def does() -> object:
        rows = BankLine.objects.filter(bank_reference=f"B{line.number}")
        return give_line_back(
            line=rows.values_list("id", flat=True).get(),
            note="Not for us.",
            iban=iban,
            now=op.at,
            by=BY,
            asked=asked(op, customer),
        )

    def expects() -> str | None:
        found = given_back(customer, line, iban)
        return found if isinstance(found, str) else None

    again = taken_up(op, customer, does, lambda payout: payout)
    return Deed(does=does, expects=expects, again=again)


def approve(customer: Customer, op: Op) -> Deed | None:
    """Staff say to which account the money of an order goes back."""
    refunds = [each for each in customer.payouts if each.order is not None]
    waiting = [each for each in refunds if not each.iban]
    refund = pick(waiting if waiting and op.picks[0] % 6 else refunds, op.picks[1])
    if refund is None:
        return None
    iban = account_of(customer.index, op.picks[2] % 2)

    def does() -> object:
        return approve_account(refund=_refund_id(customer, refund), iban=iban, now=op.at, by=BY)

    return Deed(does=does, expects=partial(approved, refund, iban), again=does, twice=True)


def _refund_id(customer: Customer, refund: Payout) -> UUID:
    """What the product calls a refund: those of a customer stand in the order of their intents."""
    rows = Refund.objects.filter(organisation=customer.id, method="bank_transfer").order_by("id")
    known = [each for each in customer.payouts if each.order is not None]
    return rows.values_list("id", flat=True)[known.index(refund)]


KINDS: Final[Mapping[str, Kind]] = {"give_back": give_back, "approve": approve}
