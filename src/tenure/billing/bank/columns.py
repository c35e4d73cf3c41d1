"""CSV by a mapping of its columns, line by line in constant memory."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from tenure.base.money import minor_digits
from tenure.billing.bank import errors
from tenure.billing.bank.lines import (
    Accounts,
    Direction,
    Lines,
    StatementLine,
    amount_of,
    check_currency,
    checked_account,
    one_text,
    reference_or_nothing,
    refusal,
)
from tenure.billing.bank.mapping import Mapping, known_mapping

_DELIMITERS: Final = ";,\t|"
_DAYS: Final = (
    (re.compile(r"\d{4}-\d{2}-\d{2}"), "%Y-%m-%d"),
    (re.compile(r"\d{2}/\d{2}/\d{4}"), "%d/%m/%Y"),
    (re.compile(r"\d{2}\.\d{2}\.\d{4}"), "%d.%m.%Y"),
    (re.compile(r"\d{2}-\d{2}-\d{4}"), "%d-%m-%Y"),
    (re.compile(r"\d{2}\.\d{2}\.\d{2}"), "%d.%m.%y"),
)
"""Days as they are written where no mapping says how; American ones need a mapping."""


def read_csv(lines: Lines, accounts: Accounts, mapping: Mapping | None) -> Iterator[StatementLine]:
    """The booked lines of a file; raises ``StatementRefused`` where it cannot be used."""
    source = iter(lines)
    for _ in range(mapping.skip if mapping else 0):
        next(source, None)
    first = next(source, "")
    delimiter = mapping.delimiter if mapping else max(_DELIMITERS, key=first.count)
    header = next(csv.reader([first], delimiter=delimiter), [])
    found = mapping or known_mapping(header, delimiter=delimiter)
    if found is None:
        raise refusal(errors.FORMAT_UNKNOWN, line=1)
    layout = _Layout.of(header, found, accounts, lines.number)
    rows = csv.reader(source, delimiter=delimiter, strict=True)
    while True:
        number = lines.number + 1
        try:
            row = next(rows, None)
        except csv.Error as error:
            code = errors.FILE_TRUNCATED if "end of data" in str(error) else errors.TOO_MUCH_AT_ONCE
            raise refusal(code, line=number) from error
        if row is None:
            return
        if row and (made := layout.line(row, number)) is not None:
            yield made


@dataclass(frozen=True, slots=True)
class _Layout:
    """A mapping over a header: where each thing stands."""

    mapping: Mapping
    places: dict[str, int]
    texts: tuple[int, ...]
    width: int
    accounts: Accounts
    account: str

    @classmethod
    def of(cls, header: Sequence[str], mapping: Mapping, accounts: Accounts, line: int) -> _Layout:
        """Refuses a header that lacks a column."""
        names = [name.strip() for name in header]
        for column in mapping.columns.named():
            if column.strip() not in names:
                raise refusal(errors.COLUMN_UNKNOWN, line=line, column=column, columns=tuple(names))
        fields = {
            field: names.index(column.strip())
            for field, column in mapping.columns.model_dump(exclude={"text"}).items()
            if column
        }
        given = mapping.account or next(iter(accounts))
        return cls(
            mapping=mapping,
            places=fields,
            texts=tuple(names.index(column.strip()) for column in mapping.columns.text),
            width=len(names),
            accounts=accounts,
            account=checked_account(given, accounts, line=line),
        )

    def line(self, row: Sequence[str], number: int) -> StatementLine | None:
        """The movement that a row tells; None if it is not booked or moves nothing."""
        if len(row) != self.width:
            raise refusal(errors.COLUMNS_DIFFER, line=number, found=len(row), expected=self.width)
        state = self._cell(row, "state")
        if self.mapping.booked and state not in self.mapping.booked:
            return None
        account = self.account
        if self._cell(row, "account"):
            account = checked_account(self._cell(row, "account"), self.accounts, line=number)
        currency = self._cell(row, "currency").upper() or self.accounts[account]
        check_currency(currency, account, self.accounts, line=number)
        direction, amount = self._amount(row, currency, number)
        if not amount:
            return None
        valued = self._cell(row, "valued_on")
        return StatementLine(
            number=number,
            statement=1,
            account=account,
            currency=currency,
            direction=direction,
            amount=amount,
            booked_on=self._day(self._cell(row, "booked_on"), "booked_on", number),
            valued_on=self._day(valued, "valued_on", number) if valued else None,
            bank_reference=reference_or_nothing(self._cell(row, "bank_reference")),
            end_to_end=reference_or_nothing(self._cell(row, "end_to_end")),
            name=one_text(iter([self._cell(row, "name")]))[:140],
            iban="".join(self._cell(row, "iban").split()).upper()[:34],
            text=one_text(row[place] for place in self.texts),
        )

    def _cell(self, row: Sequence[str], field: str) -> str:
        place = self.places.get(field)
        return row[place].strip() if place is not None else ""

    def _amount(self, row: Sequence[str], currency: str, line: int) -> tuple[Direction, int]:
        """A signed amount, or one in the column of its direction."""
        if "amount" in self.places:
            return self._signed(self._cell(row, "amount"), "amount", currency, line)
        credit, debit = self._cell(row, "credit"), self._cell(row, "debit")
        if credit.strip("0,. "):
            return "credit", self._signed(credit, "credit", currency, line)[1]
        if debit.strip("0,. "):
            return "debit", self._signed(debit, "debit", currency, line)[1]
        if not credit and not debit:
            raise refusal(errors.FIELD_MISSING, line=line, field="credit, debit")
        return "credit", 0

    def _signed(self, written: str, field: str, currency: str, line: int) -> tuple[Direction, int]:
        bare = re.sub("[\\s\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]", "", written)
        bare = bare.replace("\N{MINUS SIGN}", "-").removesuffix(currency).removesuffix("€")
        if self.mapping.thousands.strip():
            bare = bare.replace(self.mapping.thousands, "")
        decimal = self.mapping.decimal
        if not self.mapping.date and bare.count(",") + bare.count(".") == 1:
            decimal = "," if "," in bare else "."
        sign, digits = (bare[0], bare[1:]) if bare[:1] in ("-", "+") else ("+", bare)
        places = minor_digits(currency)
        if not re.fullmatch(rf"\d+(?:[{decimal}]\d{{1,{max(places, 1)}}})?", digits):
            raise refusal(errors.FIELD_UNUSABLE, line=line, field=field, given=written[:40] or "?")
        plain = digits.replace(decimal, ".")
        minor = amount_of(plain, currency, line=line, field=field)
        return "debit" if sign == "-" else "credit", minor

    def _day(self, written: str, field: str, line: int) -> date:
        form = self.mapping.date or next(
            (form for shape, form in _DAYS if shape.match(written)), ""
        )
        words = written[:19] if self.mapping.date else written.split()[0] if written else ""
        try:
            if not form:
                raise ValueError
            return datetime.strptime(words.partition("T")[0], form).date()  # noqa: DTZ007 - a day
        except ValueError:
            raise refusal(
                errors.FIELD_UNUSABLE, line=line, field=field, given=written[:40] or "?"
            ) from None
