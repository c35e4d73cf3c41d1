"""A line of a statement, whatever the format it was read from, and what tells it from others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import BinaryIO, Final, Literal

from tenure.base.errors import Refused
from tenure.base.money import minor_digits
from tenure.base.verdicts import Code, Figure
from tenure.billing.bank import errors
from tenure.billing.bank.reference import references_in

MOST_BYTES: Final = 90_000_000
"""A larger file is refused: fifty thousand lines of the most talkative bank are two thirds."""

_MOST_TEXT: Final = 2000
_MOST_LINE: Final = 1_000_000
_MOST_DIGITS: Final = 15
_NO_REFERENCE: Final = frozenset({"NONREF", "NOTPROVIDED", "NOTAVAILABLE", "NREF", "N/A", "NA"})

_AMOUNT: Final = re.compile(r"\+?(?:[0-9]{1,18}(?:\.[0-9]{0,5})?|\.[0-9]{1,5})")
_OUR_IDS: Final = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")

Accounts = Mapping[str, str]
"""The vendor's accounts: the currency of each by its IBAN."""

Direction = Literal["credit", "debit"]


class StatementRefused(Refused):
    """The file as a whole cannot be used; nothing of it was read."""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One booked movement on one of the vendor's accounts.

    ``amount`` is in minor units and above zero; ``booked_on`` is the bank's booking date, which
    alone decides whether a limit was met. ``number`` is the line of the file, ``statement`` the
    how-manieth of its statements. ``name`` and ``iban`` are the other party's.
    """

    number: int
    statement: int
    account: str
    currency: str
    direction: Direction
    amount: int
    booked_on: date
    valued_on: date | None = None
    reversal: bool = False
    bank_reference: str = ""
    end_to_end: str = ""
    name: str = ""
    iban: str = ""
    text: str = ""
    structured: str = ""
    batch: str = ""
    """How the bank names the file that ordered a transfer, if it says so."""

    @property
    def references(self) -> tuple[str, ...]:
        """What it may name: orders by their references, and our own transfers by their ids."""
        told = f"{self.structured}\n{self.end_to_end}\n{self.text}"
        ours = _OUR_IDS.findall(f"{self.end_to_end} {self.text} {self.batch}".lower())
        return (*references_in(told), *dict.fromkeys(ours))

    @property
    def key(self) -> bytes:
        """What tells it from other lines: the bank's reference, otherwise all that it says.

        Equal lines of one day are told apart by counting them.
        """
        told = (
            self.account,
            self.direction,
            str(self.amount),
            self.booked_on.isoformat(),
            str(self.reversal),
            self.bank_reference
            or "\n".join((self.end_to_end, self.structured, self.text, self.name, self.iban)),
        )
        return sha256("\0".join(told).encode()).digest()


def refusal(code: Code, **figures: Figure) -> StatementRefused:
    """The refusal of the whole file."""
    return StatementRefused(code, **figures)


def amount_of(written: str, currency: str, *, line: int, field: str) -> int:
    """An amount such as ``1440.00`` in minor units; signs and odd fractions are refused."""
    if _AMOUNT.fullmatch(written.strip()) is None:
        raise refusal(errors.FIELD_UNUSABLE, line=line, field=field, given=written[:40])
    minor = Decimal(written.strip()).scaleb(minor_digits(currency))
    if minor != minor.to_integral_value() or minor < 0 or minor.adjusted() > _MOST_DIGITS:
        raise refusal(errors.FIELD_UNUSABLE, line=line, field=field, given=written[:40])
    return int(minor)


def day_of(written: str, *, line: int, field: str) -> date:
    """A date such as ``2027-03-01``, also of a moment: the bank's own day."""
    try:
        return date.fromisoformat(written.strip()[:10])
    except ValueError:
        raise refusal(errors.FIELD_UNUSABLE, line=line, field=field, given=written[:40]) from None


def checked_account(iban: str, accounts: Accounts, *, line: int) -> str:
    """The IBAN, if it is one of the vendor's."""
    account = "".join(iban.split()).upper()
    if account not in accounts:
        shown = account[:40] or "?"
        raise refusal(errors.WRONG_ACCOUNT, line=line, iban=shown, accounts=tuple(accounts))
    return account


def check_currency(currency: str, account: str, accounts: Accounts, *, line: int) -> None:
    """Refuse what is not in the account's currency."""
    expected = accounts[account]
    if currency != expected:
        shown = currency[:10] or "?"
        raise refusal(
            errors.WRONG_CURRENCY, line=line, currency=shown, iban=account, expected=expected
        )


def reference_or_nothing(written: str | None) -> str:
    """A reference, unless it says that there is none."""
    told = (written or "").strip()
    return "" if told.upper() in _NO_REFERENCE or not told.strip("0") else told[:140]


def one_text(parts: Iterator[str | None]) -> str:
    """Texts as one, without what would only differ by blanks."""
    return " ".join(" ".join((part or "").split()) for part in parts if part).strip()[:_MOST_TEXT]


class Lines:
    """The lines of a file in their encoding, counted from 1; no more is held than one of them."""

    def __init__(self, source: BinaryIO, encoding: str) -> None:
        self.number = 0
        self._source = source
        self._encoding = encoding
        self._bytes = 0

    def __iter__(self) -> Iterator[str]:
        while line := self._source.readline(_MOST_LINE + 1):
            self.number += 1
            self._bytes += len(line)
            if len(line) > _MOST_LINE:
                raise refusal(errors.TOO_MUCH_AT_ONCE, line=self.number)
            if self._bytes > MOST_BYTES:
                raise too_large(self.number)
            yield self._decoded(line)

    def _decoded(self, line: bytes) -> str:
        try:
            text = line.decode(self._encoding)
        except (UnicodeDecodeError, LookupError):
            raise refusal(
                errors.WRONG_ENCODING, line=self.number, encoding=self._encoding
            ) from None
        if "\0" in text:
            raise refusal(errors.WRONG_ENCODING, line=self.number, encoding=self._encoding)
        return text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}") if self.number == 1 else text


def too_large(line: int) -> StatementRefused:
    """The refusal of a file that does not end."""
    return refusal(errors.FILE_TOO_LARGE, line=line, most=MOST_BYTES // 1_000_000)
