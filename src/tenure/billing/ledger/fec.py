"""The file of accounting entries for the French tax office (article A47 A-1, LPF).

Eighteen columns, separated by tabs, dates as YYYYMMDD, amounts with a decimal comma in the
accounting currency, in the order of booking, numbered without a gap.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from django.db import connection

from tenure.base.ids import public_id
from tenure.base.money import minor_digits
from tenure.billing.ledger.rules.accounts import (
    ACCOUNT_NAMES,
    BOOK_NAMES,
    Account,
    Cause,
    book_of,
)

COLUMNS: Final = (
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
)
_CHUNK: Final = 2000
_OF_A_CUSTOMER: Final = frozenset({Account.RECEIVABLE, Account.SURPLUS})

_LABELS: Final[Mapping[Cause, str]] = {
    Cause.INVOICE: "Facture",
    Cause.CREDIT_NOTE: "Avoir",
    Cause.CARD_PAYMENT: "Paiement par carte",
    Cause.CARD_REFUND: "Remboursement par carte",
    Cause.CARD_PAYOUT: "Versement des cartes",
    Cause.STATEMENT: "Relevé bancaire",
    Cause.TRANSFER_MATCHED: "Virement rapproché",
    Cause.SURPLUS: "Trop-perçu",
    Cause.TRANSFER_REFUND: "Remboursement par virement",
    Cause.REFUND_CONFIRMED: "Remboursement exécuté",
    Cause.SURPLUS_RETURNED: "Trop-perçu rendu",
    Cause.FEE: "Frais bancaires",
    Cause.RECOGNITION: "Produit acquis",
    Cause.EXCHANGE: "Écart de change",
}


_PIECES: Final = {
    Cause.CARD_PAYMENT: "pay",
    Cause.CARD_REFUND: "ref",
    Cause.TRANSFER_REFUND: "ref",
    Cause.STATEMENT: "bnl",
    Cause.TRANSFER_MATCHED: "alc",
}
"""The prefix of what an entry without a document is about; other pieces are the entry's own."""


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry as exports tell of it; ``piece`` is the number or id of what it is about."""

    posting: str
    cause: Cause
    on: date
    debit: Account
    credit: Account
    amount: int
    currency: str
    accounting_amount: int
    accounting_currency: str
    organisation: Any
    name: str
    piece: str
    piece_on: date | None


def file_name(siren: str, last_day: date) -> str:
    """What the file of a year that ends on ``last_day`` is called."""
    return f"{siren}FEC{last_day:%Y%m%d}.txt"


def fec_lines(*, first: date, last: date, numbers: Mapping[Account, str]) -> Iterator[str]:
    """The file's lines, without their ends, of the days ``first`` to ``last``, few at a time.

    ``numbers`` is the vendor's chart of accounts.
    """
    yield "\t".join(COLUMNS)
    postings = groupby(entry_rows(first, last), key=lambda row: row.posting)
    for number, (_, rows) in enumerate(postings, start=1):
        yield from _posting(number, list(rows), numbers)


def _posting(number: int, rows: list[EntryRow], numbers: Mapping[Account, str]) -> Iterator[str]:
    """One entry in the accountant's sense; what goes to one account is one line of it."""
    first = rows[0]
    sums: dict[tuple[Account, int], tuple[int, int]] = {}
    for row in rows:
        for account, side in ((row.debit, 1), (row.credit, -1)):
            amount, original = sums.get((account, side), (0, 0))
            key = (account, side)
            sums[key] = (amount + row.accounting_amount, original + row.amount)
    book = book_of(first.cause)
    for (account, side), (amount, original) in sums.items():
        of_customer = account in _OF_A_CUSTOMER and first.organisation is not None
        foreign = first.currency != first.accounting_currency
        yield "\t".join(
            (
                book.value,
                BOOK_NAMES[book][1],
                str(number),
                _day(first.on),
                numbers[account],
                ACCOUNT_NAMES[account][1],
                public_id("org", first.organisation) if of_customer else "",
                _plain(first.name) if of_customer else "",
                first.piece,
                _day(first.piece_on or first.on),
                f"{_LABELS[first.cause]} {first.piece}",
                _decimal(amount if side > 0 else 0, first.accounting_currency),
                _decimal(amount if side < 0 else 0, first.accounting_currency),
                "",
                "",
                _day(first.on),
                _decimal(side * original, first.currency) if foreign else "",
                first.currency if foreign else "",
            )
        )


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"


def _decimal(amount: int, currency: str) -> str:
    return format(Decimal(amount).scaleb(-minor_digits(currency)), "f").replace(".", ",")


def _plain(text: str) -> str:
    """A name without what would end its column or its line."""
    return " ".join(text.split())


def entry_rows(first: date, last: date) -> Iterator[EntryRow]:
    """The entries of the days ``first`` to ``last`` in the order of booking, a chunk at a time."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(_ENTRIES, {"first": first, "last": last})
        while chunk := cursor.fetchmany(_CHUNK):
            for row in chunk:
                yield _row(row)


def _row(row: tuple[Any, ...]) -> EntryRow:
    posting, cause, on, debit, credit, *money, organisation, name, source, number, issued = row
    amount, currency, accounting_amount, accounting_currency = money
    piece = number or public_id(_PIECES.get(Cause(cause), "ent"), source or posting)
    return EntryRow(
        str(posting),
        Cause(cause),
        on,
        Account(debit),
        Account(credit),
        amount,
        currency,
        accounting_amount,
        accounting_currency,
        organisation,
        name or "",
        piece,
        issued,
    )


_ENTRIES: Final = """
    SELECT entry.posting, entry.cause, entry."on", entry.debit, entry.credit, entry.amount,
           entry.currency, entry.accounting_amount, entry.accounting_currency,
           entry.organisation_id, organisation.billing_name, entry.source,
           document.number, document.issued_on
    FROM billing_entry AS entry
    LEFT JOIN organisations_organisation AS organisation ON organisation.id = entry.organisation_id
    LEFT JOIN billing_document AS document ON document.id = entry.document_id
    WHERE entry."on" BETWEEN %(first)s AND %(last)s
    ORDER BY entry.posting, entry.id
"""
