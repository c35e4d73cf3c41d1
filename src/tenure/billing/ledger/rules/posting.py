"""What each movement of money is in double entry: amounts go from one account to another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tenure.billing.ledger.rules.accounts import Account, Cause


class Move(NamedTuple):
    """``amount`` in minor units goes from the account ``credit`` to the account ``debit``."""

    debit: Account
    credit: Account
    amount: int


def moves_of_invoice(net: int, tax: int) -> list[Move]:
    """The customer owes net and tax; the net is still to be earned."""
    return _some(
        Move(Account.RECEIVABLE, Account.DEFERRED_REVENUE, net),
        Move(Account.RECEIVABLE, Account.TAX_DUE, tax),
    )


def moves_of_credit_note(net: int, tax: int) -> list[Move]:
    """The mirror image, once what was earned already is back among what is still to be earned."""
    return _some(
        Move(Account.DEFERRED_REVENUE, Account.RECEIVABLE, net),
        Move(Account.TAX_DUE, Account.RECEIVABLE, tax),
    )


def moves_of_recognition(amount: int) -> list[Move]:
    """What was earned; a negative amount takes it back."""
    if amount < 0:
        return [Move(Account.REVENUE, Account.DEFERRED_REVENUE, -amount)]
    return _some(Move(Account.DEFERRED_REVENUE, Account.REVENUE, amount))


_SIMPLE = {
    Cause.CARD_PAYMENT: (Account.CARD_CLEARING, Account.RECEIVABLE),
    Cause.CARD_REFUND: (Account.RECEIVABLE, Account.CARD_CLEARING),
    Cause.CARD_PAYOUT: (Account.SUSPENSE, Account.CARD_CLEARING),
    Cause.TRANSFER_MATCHED: (Account.SUSPENSE, Account.RECEIVABLE),
    Cause.SURPLUS: (Account.SUSPENSE, Account.SURPLUS),
    Cause.TRANSFER_REFUND: (Account.RECEIVABLE, Account.REFUNDS_SENT),
    Cause.SURPLUS_RETURNED: (Account.SURPLUS, Account.REFUNDS_SENT),
    Cause.REFUND_CONFIRMED: (Account.REFUNDS_SENT, Account.SUSPENSE),
    Cause.FEE: (Account.FEES, Account.SUSPENSE),
}


def moves_of(cause: Cause, amount: int) -> list[Move]:
    """A movement between two accounts; a negative amount goes the other way.

    ``ValueError`` for a cause that is more than that.
    """
    if cause is Cause.STATEMENT:
        debit, credit = Account.BANK, Account.SUSPENSE
    elif cause in _SIMPLE:
        debit, credit = _SIMPLE[cause]
    else:
        raise ValueError(f"{cause} is booked by rules of its own.")
    if amount < 0:
        debit, credit, amount = credit, debit, -amount
    return _some(Move(debit, credit, amount))


def _some(*moves: Move) -> list[Move]:
    return [move for move in moves if move.amount]


@dataclass(frozen=True, slots=True)
class Balance:
    """What stands on an account: debits less credits, in minor units of one currency."""

    account: Account
    currency: str
    amount: int


def balances(moves: Sequence[tuple[Move, str]]) -> Iterator[Balance]:
    """What ``moves``, each with its currency, leave on the accounts that they touch."""
    sums: dict[tuple[Account, str], int] = {}
    for move, currency in moves:
        for account, sign in ((move.debit, 1), (move.credit, -1)):
            key = (account, currency)
            sums[key] = sums.get(key, 0) + sign * move.amount
    for (account, currency), amount in sorted(sums.items()):
        yield Balance(account, currency, amount)
