"""The accounts between which money moves, and the journals that tell of it (R48)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Account(StrEnum):
    """An account; its number in the vendor's chart stands in the policy, ``[ledger.accounts]``.

    ``suspense`` holds what the bank says and nobody has explained yet; ``surplus`` what a
    customer paid too much (R15); ``refunds_sent`` what left by an order to the bank that no
    statement has confirmed; ``card_clearing`` what the card's gateway took and has not paid out.
    """

    RECEIVABLE = "receivable"
    CARD_CLEARING = "card_clearing"
    BANK = "bank"
    SUSPENSE = "suspense"
    SURPLUS = "surplus"
    REFUNDS_SENT = "refunds_sent"
    DEFERRED_REVENUE = "deferred_revenue"
    REVENUE = "revenue"
    TAX_DUE = "tax_due"
    FEES = "fees"
    EXCHANGE_LOSS = "exchange_loss"
    EXCHANGE_GAIN = "exchange_gain"


ACCOUNT_NAMES: Final[dict[Account, tuple[str, str]]] = {
    Account.RECEIVABLE: ("Customers", "Clients"),
    Account.CARD_CLEARING: ("Cards to be paid out", "Cartes à encaisser"),
    Account.BANK: ("Bank", "Banque"),
    Account.SUSPENSE: ("Money to be explained", "Compte d'attente"),
    Account.SURPLUS: ("Paid too much by customers", "Clients – trop-perçus"),
    Account.REFUNDS_SENT: ("Refunds on their way", "Remboursements en cours"),
    Account.DEFERRED_REVENUE: ("Deferred revenue", "Produits constatés d'avance"),
    Account.REVENUE: ("Revenue", "Prestations de services"),
    Account.TAX_DUE: ("VAT collected", "TVA collectée"),
    Account.FEES: ("Bank and card fees", "Services bancaires"),
    Account.EXCHANGE_LOSS: ("Exchange losses", "Pertes de change"),
    Account.EXCHANGE_GAIN: ("Exchange gains", "Gains de change"),
}
"""What people call an account, in English and French."""


class Cause(StrEnum):
    """Why an entry was made; each belongs to one of the journals of an accountant."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    CARD_PAYMENT = "card_payment"
    CARD_REFUND = "card_refund"
    CARD_PAYOUT = "card_payout"
    STATEMENT = "statement"
    TRANSFER_MATCHED = "transfer_matched"
    SURPLUS = "surplus"
    TRANSFER_REFUND = "transfer_refund"
    REFUND_CONFIRMED = "refund_confirmed"
    SURPLUS_RETURNED = "surplus_returned"
    FEE = "fee"
    RECOGNITION = "recognition"
    EXCHANGE = "exchange"


class Book(StrEnum):
    """A journal in the accountant's sense: what an export calls ``JournalCode``."""

    SALES = "VE"
    CARDS = "CB"
    BANK = "BQ"
    MISCELLANEOUS = "OD"


BOOK_NAMES: Final[dict[Book, tuple[str, str]]] = {
    Book.SALES: ("Sales", "Ventes"),
    Book.CARDS: ("Cards", "Cartes bancaires"),
    Book.BANK: ("Bank", "Banque"),
    Book.MISCELLANEOUS: ("Miscellaneous", "Opérations diverses"),
}

_BOOKS: Final = {
    Cause.INVOICE: Book.SALES,
    Cause.CREDIT_NOTE: Book.SALES,
    Cause.CARD_PAYMENT: Book.CARDS,
    Cause.CARD_REFUND: Book.CARDS,
    Cause.CARD_PAYOUT: Book.BANK,
    Cause.STATEMENT: Book.BANK,
    Cause.TRANSFER_REFUND: Book.BANK,
    Cause.REFUND_CONFIRMED: Book.BANK,
    Cause.SURPLUS_RETURNED: Book.BANK,
    Cause.FEE: Book.BANK,
}


def book_of(cause: Cause) -> Book:
    """The journal in which an entry of that cause stands."""
    return _BOOKS.get(cause, Book.MISCELLANEOUS)
