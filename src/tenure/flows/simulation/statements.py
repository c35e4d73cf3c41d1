"""What banks write: transfers of a day or two in one camt.053, with what goes wrong in them."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Final
from uuid import UUID

from tenure.billing.bank.reference import reference_of
from tenure.billing.models import BankPayout, Refund
from tenure.flows.bank_import import import_statement, vendor_accounts
from tenure.flows.payouts import make_payout_file, mark_sent
from tenure.flows.simulation.deeds.deed import BY, DONE, order_id, outcome, pick
from tenure.flows.simulation.rulebook.bank import account_of, confirmed, credited
from tenure.flows.simulation.rulebook.customer import Credit, Customer, Order, Payout
from tenure.flows.simulation.story import Op
from tenure.flows.written import Written

_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
    "<GrpHdr><MsgId>M</MsgId></GrpHdr><Stmt><Id>S</Id>"
    "<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
)
_ENTRY: Final = (
    '<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
    "<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt>"
    "<AcctSvcrRef>{reference}</AcctSvcrRef><NtryDtls><TxDtls>{sender}"
    "<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n"
)
_SENDER: Final = "<RltdPties><DbtrAcct><Id><IBAN>{iban}</IBAN></Id></DbtrAcct></RltdPties>"
_OUT: Final = (
    '<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd>'
    "<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt>"
    "<AcctSvcrRef>{reference}</AcctSvcrRef><NtryDtls><TxDtls>"
    "<Refs><EndToEndId>{named}</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>\n"
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
    iban: str = ""

    @property
    def is_known(self) -> bool:
        """Whether its reference names an order: what costs nothing was never given one."""
        return not self.misspelt and self.order.total > 0


@dataclass(frozen=True)
class Left:
    """A bank says that money went out, under the id of ``payouts`` or of the file they were in;
    ``amount`` may be another than they come to."""

    named: UUID
    amount: int
    booked_on: date
    payouts: Sequence[tuple[Customer, Payout]]

    @property
    def is_right(self) -> bool:
        """Whether it is theirs to the cent."""
        return self.amount == sum(payout.amount for _, payout in self.payouts)


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
    ibans = _accounts(customer, op) if op.kind == "send" else ("", "")
    return [
        Transfer(customer, order, amount, booked_on, misspelt, ibans[number])
        for number, amount in enumerate(amounts)
    ]


def _accounts(customer: Customer, op: Op) -> tuple[str, str]:
    """From which accounts: mostly one, sometimes another or two, or one that nobody is told."""
    first = account_of(customer.index, 1 if op.picks[0] % 7 == 0 else 0)
    if op.picks[1] % 9 == 0:
        first = ""
    return first, account_of(customer.index, 1) if op.picks[1] % 4 == 0 else first


@dataclass
class Bank:
    """Collects transfers until a statement is read, and keeps the last one to be read twice."""

    waiting: list[Transfer] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    lines: int = 0
    _last: bytes = b""

    def read(self, at: datetime, clocks: dict[int, datetime], *, twice: bool) -> set[UUID]:
        """The statement is imported; ``twice``: the one before comes once more with it.

        Returns whose money it brought.
        """
        if twice and self._last:
            _import(self._last, at)
        if not (self.waiting or self.left):
            return set()
        fresh_ones = [self._credit(each) for each in self.waiting]
        pairs = list(zip(self.waiting, fresh_ones, strict=True))
        self._last = _written([(each, credit.number) for each, credit in pairs], self._out())
        _import(self._last, at)
        named = [(each, credit) for each, credit in pairs if each.is_known]
        for order in dict.fromkeys(each.order for each, _ in named):
            fresh = [credit for each, credit in named if each.order is order]
            (customer,) = {each.customer for each, _ in named if each.order is order}
            credited(customer, order, fresh, clocks[customer.index] if customer.own_clock else at)
        for each, credit in pairs:
            if not each.is_known:
                each.customer.strays.append(credit)
        gone = [one for each in self.left if each.is_right for one in each.payouts]
        for customer, payout in gone:
            confirmed(customer, payout)
        stirred = {each.customer.id for each in self.waiting} | {each.id for each, _ in gone}
        self.waiting.clear()
        self.left.clear()
        return stirred

    def pay_out(self, customers: Iterable[Customer], op: Op) -> str:
        """Staff have the bank send all that waits; returns what came of it."""
        payouts = [
            (customer, payout)
            for customer in customers
            for payout in customer.payouts
            if payout.status == "to_send" and not payout.filed
        ]
        came, made = outcome(partial(make_payout_file, now=op.at, by=BY))
        if not isinstance(made, Written):
            return came if not payouts else f"{came} instead of {DONE}"
        (file,) = made.ids
        ids = _ids_in(file)
        named = [ids[_key(*each)].pop() if ids[_key(*each)] else None for each in payouts]
        if None in named or any(ids.values()):
            return "another file"
        for _, payout in payouts:
            payout.filed = True
        if op.picks[0] % 4:
            mark_sent(file=file, now=op.at, by=BY)
            for _, payout in payouts:
                payout.sent = True
        slip, day = op.picks[2] % 12 == 0, op.at.date()
        if op.picks[1] % 2:
            self.left.append(Left(file, sum(p.amount for _, p in payouts) + slip, day, payouts))
        else:
            self.left += [
                Left(id_, each[1].amount + slip, day, [each])
                for id_, each in zip(named, payouts, strict=True)
                if id_ is not None
            ]
        return came

    def _out(self) -> str:
        entries = []
        for each in self.left:
            self.lines += 1
            entries.append(
                _OUT.format(
                    amount=_decimal(each.amount),
                    day=each.booked_on,
                    reference=f"B{self.lines}",
                    named=each.named.hex,
                )
            )
        return "".join(entries)

    def _credit(self, each: Transfer) -> Credit:
        self.lines += 1
        return Credit(each.booked_on, each.amount, self.lines, iban=each.iban)


_Key = tuple[UUID | None, int, str, bool]


def _key(customer: Customer, payout: Payout) -> _Key:
    """What tells one payout from another, as far as it matters."""
    whose = customer.id if payout.whose else None
    return whose, payout.amount, payout.iban, payout.order is not None


def _ids_in(file: UUID) -> defaultdict[_Key, list[UUID]]:
    found: defaultdict[_Key, list[UUID]] = defaultdict(list)
    for refund in Refund.objects.filter(file=file):
        found[refund.organisation_id, refund.amount, refund.iban, True].append(refund.id)
    for other in BankPayout.objects.filter(file=file):
        found[other.organisation_id, other.amount, other.iban, False].append(other.id)
    return found


def _decimal(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02d}"


def _written(lines: Sequence[tuple[Transfer, int]], out: str) -> bytes:
    iban = next(iban for iban, currency in vendor_accounts().items() if currency == "EUR")
    entries = [
        _ENTRY.format(
            amount=_decimal(each.amount),
            day=each.booked_on,
            reference=f"B{number}",
            sender=_SENDER.format(iban=each.iban) if each.iban else "",
            text="with thanks" if each.misspelt else _reference(each),
        )
        for each, number in lines
    ]
    return (_HEAD.format(iban=iban) + "".join(entries) + out + _TAIL).encode()


def _reference(each: Transfer) -> str:
    return reference_of(order_id(each.customer, each.order))


def _import(content: bytes, at: datetime) -> None:
    import_statement(source=io.BytesIO(content), name="statement.xml", now=at, by=BY)
