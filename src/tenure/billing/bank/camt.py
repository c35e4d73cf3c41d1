"""camt.053, all its versions and the dialects of banks, entry by entry in constant memory.

Nothing outside of the file is read, no entity is resolved, a document type is refused. Only what
is booked counts. A batch that the bank booked as one is read as the transfers that it lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO, Final

from lxml import etree

from tenure.billing.bank import errors
from tenure.billing.bank.lines import (
    MOST_BYTES,
    Accounts,
    Direction,
    StatementLine,
    amount_of,
    check_currency,
    checked_account,
    day_of,
    one_text,
    reference_or_nothing,
    refusal,
    too_large,
)

_MOST_AT_ONCE: Final = 8_000_000
"""So many bytes may stand between the ends of two entries."""

_TAGS: Final = tuple(f"{{*}}{name}" for name in ("Document", "Stmt", "Acct", "Ntry", "TxDtls"))
_ENDS_EARLY: Final = frozenset({5, 74, 77})
"""libxml2's words for a document that stops before it is complete."""

_WRONG_BYTES: Final = frozenset({9, 31, 32, 81, 6003})
_BOOKED: Final = frozenset({"BOOK", ""})
_CHARGES: Final = "Charges of the bank / Frais de la banque"


def read_camt(source: BinaryIO, accounts: Accounts) -> Iterator[StatementLine]:
    """The booked lines of a file; raises ``StatementRefused`` where it cannot be used."""
    counted = _Counted(source)
    events = etree.iterparse(
        counted,
        events=("start", "end"),
        tag=_TAGS,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    reader = _Reader(accounts, counted)
    try:
        for event, element in events:
            yield from reader.take(event, element)
    except etree.XMLSyntaxError as error:
        raise _unreadable(error, counted) from error
    if not reader.statement:
        raise refusal(errors.FORMAT_UNKNOWN, line=1)


def _unreadable(error: etree.XMLSyntaxError, counted: _Counted) -> Exception:
    line = max(error.lineno or 1, 1)
    if error.code in _WRONG_BYTES:
        return refusal(errors.WRONG_ENCODING, line=line, encoding="UTF-8")
    if error.code in _ENDS_EARLY or counted.ends_at(*error.position):
        return refusal(errors.FILE_TRUNCATED, line=line)
    detail = str(error.msg).partition(", line ")[0].rstrip(".")
    return refusal(errors.NOT_WELL_FORMED, line=line, detail=detail)


class _Counted:
    """The file, whose length and whose distance between entries are bounded."""

    def __init__(self, source: BinaryIO) -> None:
        self.line = 1
        self._lines = 0
        self._last = 0
        self._source = source
        self._bytes = 0
        self._since = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        chunk = self._source.read(size)
        self._lines += chunk.count(b"\n")
        self._last = len(chunk) - chunk.rfind(b"\n") - 1 + (self._last if b"\n" not in chunk else 0)
        self._bytes += len(chunk)
        self._since += len(chunk)
        if self._bytes > MOST_BYTES:
            raise too_large(self.line)
        if self._since > _MOST_AT_ONCE:
            raise refusal(errors.TOO_MUCH_AT_ONCE, line=self.line)
        return chunk

    def ends_at(self, line: int, column: int) -> bool:
        """Whether nothing but a character or two stood behind a place."""
        return line > self._lines and column >= self._last - 1

    def entry_ended(self, line: int) -> None:
        """What is counted towards one entry begins anew."""
        self.line, self._since = line, 0


class _Reader:
    """What is known while a file goes by: its statement, and the entry that is open."""

    def __init__(self, accounts: Accounts, counted: _Counted) -> None:
        self.statement = 0
        self._accounts = accounts
        self._counted = counted
        self._account = ""
        self._entry: _Entry | None = None

    def take(self, event: str, element: etree._Element) -> Iterator[StatementLine]:
        """What an event adds; elements that were read are let go of."""
        name = etree.QName(element).localname
        if event == "start":
            self._start(name, element)
        elif name == "Acct" and _is_of_statement(element):
            self._account = _account(element, self._accounts)
        elif name == "TxDtls":
            yield from self._details(element)
        elif name == "Ntry":
            if self._entry is None:
                self._entry = self._opened(element)
            yield from self._entry.end(element)
            self._entry = None
            self._let_go(element)

    def _start(self, name: str, element: etree._Element) -> None:
        if name == "Document":
            if element.getroottree().docinfo.internalDTD is not None:
                raise refusal(errors.HAS_DOCTYPE, line=1)
            if "camt.053" not in (etree.QName(element).namespace or "camt.053"):
                raise refusal(errors.FORMAT_UNKNOWN, line=element.sourceline or 1)
        elif name == "Stmt":
            self.statement += 1
            self._account = ""

    def _details(self, element: etree._Element) -> Iterator[StatementLine]:
        if self._entry is None:
            around = element.getparent()
            while around is not None and etree.QName(around).localname != "Ntry":
                around = around.getparent()
            if around is None:
                return
            self._entry = self._opened(around)
        yield from self._entry.add(element)
        self._let_go(element)

    def _opened(self, element: etree._Element) -> _Entry:
        line = element.sourceline or 1
        if not self._account:
            raise refusal(errors.FIELD_MISSING, line=line, field="Stmt/Acct/Id/IBAN")
        return _Entry(element, self._account, self.statement, self._accounts)

    def _let_go(self, element: etree._Element) -> None:
        self._counted.entry_ended(element.sourceline or 1)
        element.clear()
        parent = element.getparent()
        while parent is not None and element.getprevious() is not None:
            del parent[0]


class _Entry:
    """One entry: its head, and the transfers that it lists, of which one is held at a time."""

    def __init__(
        self, element: etree._Element, account: str, statement: int, accounts: Accounts
    ) -> None:
        self._ns = _namespace(element)
        self.line = element.sourceline or 1
        self._account, self._statement = account, statement
        self._booked = self._found(element, "Sts/Cd", "Sts").strip() in _BOOKED
        if not self._booked:
            return
        amount = element.find(f"{self._ns}Amt")
        if amount is None:
            raise refusal(errors.FIELD_MISSING, line=self.line, field="Ntry/Amt")
        self._currency = amount.get("Ccy", "")
        check_currency(self._currency, account, accounts, line=self.line)
        self._amount = self._minor(amount.text or "", "Ntry/Amt")
        self._direction = self._direction_of(element, "Ntry/CdtDbtInd")
        self._reversal = self._found(element, "RvslInd").strip() in ("true", "1")
        day = self._found(element, "BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm")
        if not day:
            raise refusal(errors.FIELD_MISSING, line=self.line, field="Ntry/BookgDt")
        self._booked_on = day_of(day, line=self.line, field="Ntry/BookgDt")
        valued = self._found(element, "ValDt/Dt", "ValDt/DtTm")
        self._valued_on = day_of(valued, line=self.line, field="Ntry/ValDt") if valued else None
        self._reference = reference_or_nothing(self._found(element, "AcctSvcrRef"))
        self._first: StatementLine | None = None
        self._first_amount: int | None = None
        self._count = 0
        self._signed = 0

    def add(self, element: etree._Element) -> Iterator[StatementLine]:
        """One of the transfers of which the entry consists."""
        if not self._booked:
            return
        self._count += 1
        amount = self._own_amount(element)
        made = self._line(element, amount)
        if self._count == 1:
            self._first, self._first_amount = made, amount
            return
        if self._count == 2 and self._first is not None:
            yield from self._listed(self._first, self._first_amount)
        yield from self._listed(made, amount)

    def end(self, element: etree._Element) -> Iterator[StatementLine]:
        """The entry is complete: what it alone says, or what is left beside its transfers."""
        if not self._booked:
            return
        told = self._found(element, "AddtlNtryInf")
        if self._count > 1:
            yield from self._rest()
        elif self._amount:
            made = self._first or self._line(element, None)
            yield self._with(made, self._amount, self._direction, more=told)

    def _listed(self, made: StatementLine, amount: int | None) -> Iterator[StatementLine]:
        if amount is None:
            raise refusal(errors.FIELD_MISSING, line=made.number, field="TxDtls/Amt")
        if not amount:
            return
        self._signed += amount if made.direction == "credit" else -amount
        yield self._with(made, amount, made.direction)

    def _rest(self) -> Iterator[StatementLine]:
        """What the bank kept of a batch is a charge; more than it lists came without a word."""
        booked = self._amount if self._direction == "credit" else -self._amount
        rest = booked - self._signed
        if rest:
            yield StatementLine(
                number=self.line,
                statement=self._statement,
                account=self._account,
                currency=self._currency,
                direction="credit" if rest > 0 else "debit",
                amount=abs(rest),
                booked_on=self._booked_on,
                valued_on=self._valued_on,
                bank_reference=self._reference and f"{self._reference}/rest",
                text=_CHARGES if rest < 0 else "",
            )

    def _line(self, element: etree._Element, amount: int | None) -> StatementLine:
        ns = self._ns
        direction = self._direction
        if amount is not None and element.find(f"{ns}CdtDbtInd") is not None:
            direction = self._direction_of(element, "TxDtls/CdtDbtInd")
        party, account = ("Dbtr", "DbtrAcct")
        if (direction == "debit") != self._reversal:
            party, account = ("Cdtr", "CdtrAcct")
        parties = f"RltdPties/{party}"
        own = self._found(element, "Refs/AcctSvcrRef", "Refs/TxId", "Refs/UETR")
        texts = element.iterfind(f"{ns}RmtInf/{ns}Ustrd")
        return StatementLine(
            number=element.sourceline or self.line,
            statement=self._statement,
            account=self._account,
            currency=self._currency,
            direction=direction,
            amount=self._amount,
            booked_on=self._booked_on,
            valued_on=self._valued_on,
            reversal=self._reversal,
            bank_reference=reference_or_nothing(own),
            end_to_end=reference_or_nothing(self._found(element, "Refs/EndToEndId")),
            batch=self._batch(element),
            name=one_text(iter([self._found(element, f"{parties}/Nm", f"{parties}/Pty/Nm")]))[:140],
            iban=self._found(element, f"RltdPties/{account}/Id/IBAN").replace(" ", "")[:34],
            text=one_text(
                (
                    *(each.text for each in texts),
                    self._found(element, "RmtInf/Strd/AddtlRmtInf"),
                    self._found(element, "AddtlTxInf"),
                ).__iter__()
            ),
            structured="\n".join(
                each.text or ""
                for each in element.iterfind(f"{ns}RmtInf/{ns}Strd/{ns}CdtrRefInf/{ns}Ref")
            )[:500],
        )

    def _with(
        self, made: StatementLine, amount: int, direction: Direction, *, more: str = ""
    ) -> StatementLine:
        """The line with its amount; in a batch the bank's reference is the batch's and its own."""
        reference = made.bank_reference or self._reference
        if self._reference and made.bank_reference not in ("", self._reference):
            reference = f"{self._reference}/{made.bank_reference}"[:140]
        return replace(
            made,
            direction=direction,
            amount=amount,
            bank_reference=reference,
            text=one_text(iter((made.text, more))),
        )

    def _batch(self, element: etree._Element) -> str:
        """What names the file of which a transfer, or the whole entry, was a part."""
        paths = ("Refs/MsgId", "Refs/PmtInfId", "NtryDtls/Btch/MsgId", "NtryDtls/Btch/PmtInfId")
        return " ".join(self._found(element, path) for path in paths).strip()

    def _own_amount(self, element: etree._Element) -> int | None:
        """What a transfer of a batch says of itself, in the account's currency."""
        ns = self._ns
        for path in (
            f"{ns}Amt",
            f"{ns}AmtDtls/{ns}TxAmt/{ns}Amt",
            f"{ns}AmtDtls/{ns}InstdAmt/{ns}Amt",
        ):
            found = element.find(path)
            if found is not None and found.get("Ccy") == self._currency:
                return self._minor(found.text or "", "TxDtls/Amt")
        return None

    def _direction_of(self, element: etree._Element, field: str) -> Direction:
        written = self._found(element, "CdtDbtInd").strip()
        if written not in ("CRDT", "DBIT"):
            raise refusal(
                errors.FIELD_UNUSABLE, line=self.line, field=field, given=written[:40] or "?"
            )
        return "credit" if written == "CRDT" else "debit"

    def _minor(self, written: str, field: str) -> int:
        return amount_of(written, self._currency, line=self.line, field=field)

    def _found(self, element: etree._Element, *paths: str) -> str:
        """The text at the first of ``paths`` that has one."""
        for path in paths:
            whole = "/".join(f"{self._ns}{step}" for step in path.split("/"))
            text = element.findtext(whole)
            if text and text.strip():
                return text.strip()
        return ""


def _namespace(element: etree._Element) -> str:
    """The prefix of the names around ``element``, as lxml writes it."""
    namespace = etree.QName(element).namespace
    return f"{{{namespace}}}" if namespace else ""


def _is_of_statement(element: etree._Element) -> bool:
    parent = element.getparent()
    return parent is not None and etree.QName(parent).localname == "Stmt"


def _account(element: etree._Element, accounts: Accounts) -> str:
    ns = _namespace(element)
    iban = element.findtext(f"{ns}Id/{ns}IBAN") or element.findtext(f"{ns}Id/{ns}Othr/{ns}Id")
    line = element.sourceline or 1
    account = checked_account(iban or "", accounts, line=line)
    currency = element.findtext(f"{ns}Ccy")
    if currency:
        check_currency(currency.strip(), account, accounts, line=line)
    return account
