"""Bank files as banks write them, made from movements."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

IBAN = "FR7600000000000000000000097"
"""The sandbox's sample account."""

PAYER = "FR7630006000011234567890189"
DAY = date(2027, 3, 5)


@dataclass(frozen=True)
class Movement:
    """A booked movement: an amount in cents, positive for money that came."""

    amount: int
    text: str = ""
    structured: str = ""
    day: date = DAY
    name: str = "ACME SARL"
    iban: str = PAYER
    bank: str = ""
    end_to_end: str = ""
    reversal: bool = False
    status: str = "BOOK"


def camt(
    movements: Iterable[Movement], *, version: str = "08", iban: str = IBAN, currency: str = "EUR"
) -> bytes:
    """A camt.053 of one statement."""
    return b"".join(camt_parts(movements, version=version, iban=iban, currency=currency))


def camt_parts(
    movements: Iterable[Movement], *, version: str = "08", iban: str = IBAN, currency: str = "EUR"
) -> Iterable[bytes]:
    """The same, entry by entry."""
    yield (
        f'<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}">\n'
        f"<BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId></GrpHdr>\n<Stmt><Id>S1</Id>\n"
        f"<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>{currency}</Ccy></Acct>\n"
    ).encode()
    for each in movements:
        yield entry(each, version, currency).encode()
    yield b"</Stmt></BkToCstmrStmt></Document>\n"


def entry(each: Movement, version: str = "08", currency: str = "EUR") -> str:
    """One entry with one transfer."""
    sign = "CRDT" if each.amount > 0 else "DBIT"
    amount = f"{abs(each.amount) // 100}.{abs(each.amount) % 100:02d}"
    status = f"<Cd>{each.status}</Cd>" if version == "08" else each.status
    party = "Dbtr" if each.amount > 0 else "Cdtr"
    name = f"<Nm>{escape(each.name)}</Nm>"
    if version == "08":
        name = f"<Pty>{name}</Pty>"
    refs = f"<EndToEndId>{each.end_to_end or 'NOTPROVIDED'}</EndToEndId>"
    remittance = f"<Ustrd>{escape(each.text)}</Ustrd>" if each.text else ""
    if each.structured:
        remittance += (
            "<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp>"
            f"<Ref>{each.structured}</Ref></CdtrRefInf></Strd>"
        )
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'
        f"{'<RvslInd>true</RvslInd>' if each.reversal else ''}<Sts>{status}</Sts>\n"
        f"<BookgDt><Dt>{each.day}</Dt></BookgDt><ValDt><Dt>{each.day}</Dt></ValDt>"
        f"{f'<AcctSvcrRef>{each.bank}</AcctSvcrRef>' if each.bank else ''}\n"
        f"<NtryDtls><TxDtls><Refs>{refs}</Refs><RltdPties><{party}>{name}</{party}>"
        f"<{party}Acct><Id><IBAN>{each.iban}</IBAN></Id></{party}Acct></RltdPties>\n"
        f"<RmtInf>{remittance}</RmtInf></TxDtls></NtryDtls></Ntry>\n"
    )
