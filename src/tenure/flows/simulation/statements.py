"""What banks write: transfers of a day or two in one camt.053, with what goes wrong in them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from tenure.billing.bank.reference import reference_of
from tenure.flows.bank_import import import_statement, vendor_accounts
from tenure.flows.simulation.deeds.deed import BY, order_id, pick
from tenure.flows.simulation.rulebook.bank import credited
from tenure.flows.simulation.rulebook.customer import Credit, Customer, Order
from tenure.flows.simulation.story import Op

_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
    "<GrpHdr><MsgId>M</MsgId></GrpHdr><Stmt><Id>S</Id>"
    "<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
)
_ENTRY: Final = (
    '<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
    "<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt>"
    "<AcctSvcrRef>{reference}</AcctSvcrRef><NtryDtls><TxDtls>"
    "<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n"
)
_TAIL: Final = "</Stmt></BkToCstmrStmt></Document>\n"


@dataclass(frozen=True)
class Transfer:
    """Somebody sends money for an order; ``misspelt``: under a reference that names nothing."""

    customer: Customer
    order: Order
    amount: int
    booked_on: date
    misspelt: bool = False


def transfers(customer: Customer, op: Op) -> list[Transfer]:
    """What a customer sends: the whole, a part, too much, twice, late, or who knows for what."""
    waits = [each for each in customer.orders if each.status == "awaiting_transfer"]
    by_transfer = [each for each in customer.orders if each.method == "bank_transfer"]
    order = pick(waits if waits and op.picks[0] % 6 else by_transfer, op.picks[1])
    if order is None:
        return []
    booked_on = customer.today(op.at)
    missing = max(order.total - order.received, 100)
    amounts = {
        0: [missing // 2],
        1: [missing // 3, missing - missing // 3],
        2: [missing + 700],
        3: [missing, missing],
        4: [max(missing - 100, 1)],
    }.get(op.picks[2] % 12, [missing])
    misspelt = op.picks[3] % 15 == 0
    return [Transfer(customer, order, amount, booked_on, misspelt) for amount in amounts]


@dataclass
class Bank:
    """Collects transfers until a statement is read, and keeps the last one to be read twice."""

    waiting: list[Transfer] = field(default_factory=list)
    lines: int = 0
    _last: bytes = b""

    def read(self, at: datetime, clocks: dict[int, datetime], *, twice: bool) -> set[UUID]:
        """The statement is imported; ``twice``: the one before comes once more with it.

        Returns whose money it brought.
        """
        if twice and self._last:
            _import(self._last, at)
        if not self.waiting:
            return set()
        fresh_ones = [self._credit(each) for each in self.waiting]
        pairs = list(zip(self.waiting, fresh_ones, strict=True))
        self._last = _written([(each, credit.number) for each, credit in pairs])
        _import(self._last, at)
        named = [(each, credit) for each, credit in pairs if not each.misspelt]
        for order in dict.fromkeys(each.order for each, _ in named):
            fresh = [credit for each, credit in named if each.order is order]
            (customer,) = {each.customer for each, _ in named if each.order is order}
            credited(customer, order, fresh, clocks[customer.index] if customer.own_clock else at)
        stirred = {each.customer.id for each in self.waiting}
        self.waiting.clear()
        return stirred

    def _credit(self, each: Transfer) -> Credit:
        self.lines += 1
        return Credit(each.booked_on, each.amount, self.lines)


def _written(lines: Sequence[tuple[Transfer, int]]) -> bytes:
    iban = next(iban for iban, currency in vendor_accounts().items() if currency == "EUR")
    entries = [
        _ENTRY.format(
            amount=f"{each.amount // 100}.{each.amount % 100:02d}",
            day=each.booked_on,
            reference=f"B{number}",
            text="with thanks" if each.misspelt else _reference(each),
        )
        for each, number in lines
    ]
    return (_HEAD.format(iban=iban) + "".join(entries) + _TAIL).encode()


def _reference(each: Transfer) -> str:
    return reference_of(order_id(each.customer, each.order))


def _import(content: bytes, at: datetime) -> None:
    import_statement(source=io.BytesIO(content), name="statement.xml", now=at, by=BY)
