"""MT940, with the dialects of German, French and other banks, line by line in constant memory.

What stands behind ``:86:`` is read as subfields (``?20`` … ``?33``), as words between slashes
(``/NAME/…/REMI/…``), as words with a plus sign (``EREF+…SVWZ+…``), or as the text that it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from tenure.billing.bank import errors
from tenure.billing.bank.lines import (
    Accounts,
    Lines,
    StatementLine,
    amount_of,
    check_currency,
    checked_account,
    one_text,
    reference_or_nothing,
    refusal,
)

_TAG: Final = re.compile(r":(\d{2}[A-Z]?):(.*)", re.DOTALL)
_MOVEMENT: Final = re.compile(
    r"(?P<valued>\d{6})(?P<booked>\d{4})?(?P<mark>R?[CD]|E[CD])(?P<funds>[A-Z])?"
    r"(?P<amount>\d{1,15}[,.]\d{0,3})(?P<kind>[NFS][A-Z0-9]{3})"
    r"(?P<customer>(?:(?!//)[^\n])*)(?://(?P<bank>[^\n]*))?(?:\n(?P<more>.*))?",
    re.DOTALL,
)
_BALANCE: Final = re.compile(r"[CD]\d{6}(?P<currency>[A-Z]{3})\d{1,15}[,.]\d{0,3}")
_SUBFIELD: Final = re.compile(r"\?(\d{2})")
_SLASHED: Final = re.compile(
    r"/(EREF|REMI|NAME|IBAN|BENM|ORDP|REF|RREF|CREF|TRTP|BIC|MARF|CSID|ADDR|ISDT|RTRN|PREF|INIT|"
    r"ULTD|ULTB|PURP|CNTP|OCMT|CHGS|SVCL)/"
)
_PLUS: Final = re.compile(
    r"(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|PURP|TRNR)\+"
)
_MOST_TEXT: Final = 20_000
_ENDS: Final = frozenset({"62F", "62M"})


def read_mt940(lines: Lines, accounts: Accounts) -> Iterator[StatementLine]:
    """The movements of a file; raises ``StatementRefused`` where it cannot be used."""
    reader = _Reader(accounts)
    for number, tag, text in _fields(lines):
        yield from reader.take(number, tag, text)
    yield from reader.end(lines.number)


def _fields(lines: Lines) -> Iterator[tuple[int, str, str]]:
    """Each field with its tag and the line on which it begins; lines go on until the next tag."""
    number, tag, parts, size = 0, "", list[str](), 0
    for line in lines:
        text = line.rstrip("\r\n")
        if text.startswith(("{", "}")) or text.strip() in ("-", "-}", ""):
            continue
        match = _TAG.fullmatch(text)
        if match is None:
            size += len(text)
            if not tag or size > _MOST_TEXT:
                code = errors.TOO_MUCH_AT_ONCE if tag else errors.FORMAT_UNKNOWN
                raise refusal(code, line=lines.number)
            parts.append(text)
            continue
        if tag:
            yield number, tag, "\n".join(parts)
        number, tag, parts, size = lines.number, match[1], [match[2]], 0
    if tag:
        yield number, tag, "\n".join(parts)


@dataclass
class _Reader:
    """What is known while a file goes by: its statement, and the movement that is open."""

    accounts: Accounts
    statement: int = 0
    account: str = ""
    open: bool = False
    held: StatementLine | None = field(default=None)

    def take(self, number: int, tag: str, text: str) -> Iterator[StatementLine]:
        """What a field adds."""
        if tag == "86":
            if self.held is not None:
                self.held = _explained(self.held, text)
            return
        yield from self._flush()
        if tag == "20":
            if self.open:
                raise refusal(errors.FILE_TRUNCATED, line=number)
            self.statement += 1
            self.open, self.account = True, ""
        elif tag == "25":
            self.account = _account(text, self.accounts, number)
        elif tag in ("60F", "60M", *_ENDS):
            self._balance(number, tag, text)
        elif tag == "61":
            self.held = self._movement(number, text)

    def end(self, number: int) -> Iterator[StatementLine]:
        """The file is over: no statement may be open still."""
        yield from self._flush()
        if not self.statement:
            raise refusal(errors.FORMAT_UNKNOWN, line=1)
        if self.open:
            raise refusal(errors.FILE_TRUNCATED, line=number)

    def _flush(self) -> Iterator[StatementLine]:
        if self.held is not None and self.held.amount:
            yield self.held
        self.held = None

    def _balance(self, number: int, tag: str, text: str) -> None:
        match = _BALANCE.fullmatch(text.strip())
        if match is None:
            raise refusal(errors.FIELD_UNUSABLE, line=number, field=f":{tag}:", given=text[:40])
        if not self.account:
            raise refusal(errors.FIELD_MISSING, line=number, field=":25:")
        check_currency(match["currency"], self.account, self.accounts, line=number)
        if tag in _ENDS:
            self.open = False

    def _movement(self, number: int, text: str) -> StatementLine:
        match = _MOVEMENT.fullmatch(text.strip())
        if match is None:
            raise refusal(errors.FIELD_UNUSABLE, line=number, field=":61:", given=text[:40])
        if not self.account or not self.open:
            raise refusal(errors.FIELD_MISSING, line=number, field=":25:")
        currency = self.accounts[self.account]
        written = match["amount"].replace(",", ".")
        mark = match["mark"].removeprefix("E")
        valued_on = _day(match["valued"], number)
        return StatementLine(
            number=number,
            statement=self.statement,
            account=self.account,
            currency=currency,
            direction="credit" if mark in ("C", "RD") else "debit",
            amount=amount_of(written, currency, line=number, field=":61:"),
            booked_on=_booked(match["booked"], valued_on, number),
            valued_on=valued_on,
            reversal=mark.startswith("R"),
            bank_reference=reference_or_nothing(match["bank"]),
            end_to_end=reference_or_nothing(match["customer"]),
            text=one_text(iter([match["more"]])),
        )


def _account(text: str, accounts: Accounts, line: int) -> str:
    """The account, by its IBAN, with the currency behind it, or as its bank code and number."""
    written = "".join(text.split()).upper()
    for account in accounts:
        if written.removesuffix(accounts[account]) == account:
            return account
    numbers = "".join(re.findall(r"\d+", written.replace("/", "")))
    for account in accounts:
        own = account[4:]
        if "/" in written and len(numbers) >= 8 and _same_account(written, own):
            return account
    return checked_account(written, accounts, line=line)


def _same_account(written: str, own: str) -> bool:
    """``bank code/number`` as German banks write it, where the number lost its leading zeros."""
    bank, _, number = written.partition("/")
    digits = re.match(r"\d+", number)
    rest = own.removeprefix(bank) if own.startswith(bank) else ""
    return bool(digits and rest) and rest.lstrip("0") == digits[0].lstrip("0") if digits else False


def _day(written: str, line: int) -> date:
    year, month, day = (int(written[place : place + 2]) for place in (0, 2, 4))
    try:
        return date((2000 if year < 80 else 1900) + year, month, day)
    except ValueError:
        raise refusal(errors.FIELD_UNUSABLE, line=line, field=":61:", given=written) from None


def _booked(written: str | None, valued_on: date, line: int) -> date:
    """The booking date has no year: it is the one nearest to the value date."""
    if written is None:
        return valued_on
    near = []
    for year in (valued_on.year - 1, valued_on.year, valued_on.year + 1):
        try:
            near.append(date(year, int(written[:2]), int(written[2:])))
        except ValueError:
            continue
    if not near:
        raise refusal(errors.FIELD_UNUSABLE, line=line, field=":61:", given=written)
    return min(near, key=lambda day: abs(day - valued_on))


def _explained(line: StatementLine, text: str) -> StatementLine:
    """The movement with what ``:86:`` tells of it."""
    if len(_SUBFIELD.findall(text)) >= 2:
        return _by_subfields(line, text.replace("\n", ""))
    joined = text.replace("\n", "")
    if _SLASHED.search(joined):
        return _by_words(line, _split(_SLASHED, joined))
    if len(_PLUS.findall(joined)) >= 1:
        return _by_words(line, _split(_PLUS, joined))
    return replace(line, text=one_text(iter([line.text, text])))


def _by_subfields(line: StatementLine, text: str) -> StatementLine:
    pieces = _SUBFIELD.split(text)
    parts = {"00": pieces[0]} | dict(zip(pieces[1::2], pieces[2::2], strict=True))
    purpose = "".join(
        parts.get(number, "") for number in (*map(str, range(20, 30)), "60", "61", "62", "63")
    )
    words = _split(_PLUS, purpose)
    name = f"{parts.get('32', '')}{parts.get('33', '')}"
    found = _by_words(line, words) if len(words) > 1 else line
    iban = parts.get("31", "")
    return replace(
        found,
        name=one_text(iter([name]))[:140] or found.name,
        iban=_iban(iban) or found.iban,
        text=one_text(iter([line.text, parts.get("00"), purpose])),
    )


def _by_words(line: StatementLine, words: dict[str, str]) -> StatementLine:
    """By words such as ``EREF``; all that was said stays in the text, references run together."""
    name = words.get("NAME") or words.get("ORDP") or words.get("BENM") or words.get("ABWA") or ""
    said = [line.text, words.get("", ""), *(words.get(each) for each in ("SVWZ", "REMI", "REF"))]
    return replace(
        line,
        end_to_end=reference_or_nothing(words.get("EREF")) or line.end_to_end,
        name=one_text(iter([name.replace("/", " ")]))[:140] or line.name,
        iban=_iban(words.get("IBAN", "")) or line.iban,
        text=one_text(iter([*said, words.get("KREF"), words.get("CREF")])),
    )


def _split(pattern: re.Pattern[str], text: str) -> dict[str, str]:
    """What stands behind each word; before the first one, behind none. The first of each counts."""
    pieces = pattern.split(text)
    found = {"": pieces[0].strip()}
    for word, said in zip(pieces[1::2], pieces[2::2], strict=True):
        found.setdefault(word, said.strip().strip("/"))
    return found


def _iban(written: str) -> str:
    bare = "".join(written.split()).upper()
    return bare if re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", bare) else ""
