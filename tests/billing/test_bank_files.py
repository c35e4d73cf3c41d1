"""Files of banks, in the shapes that banks write, and those that no bank would (R15)."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import mt940
import pytest

from tenure.base.money import Money
from tenure.billing.bank.camt import read_camt
from tenure.billing.bank.epc import epc_payload
from tenure.billing.bank.lines import MOST_BYTES, StatementLine, StatementRefused
from tenure.billing.bank.mapping import parse_mapping
from tenure.billing.bank.reading import format_of, read_statement
from tenure.billing.bank.reference import in_groups, reference_of, references_in
from tests.billing.statements import IBAN, PAYER, Movement, camt, camt_parts, entry

REFERENCE = reference_of(uuid4())
GERMAN = "DE89370400440532013000"
ACCOUNTS = {IBAN: "EUR", GERMAN: "EUR", "GB33BUKB20201555555555": "USD"}
DAY = date(2027, 3, 5)


def read(content: bytes, **more: Any) -> list[StatementLine]:
    """The lines of a file."""
    return list(read_statement(io.BytesIO(content), ACCOUNTS, **more))


def refused(content: bytes, **more: Any) -> tuple[str, Any]:
    """The code of a refusal, and the line at which it stands."""
    with pytest.raises(StatementRefused) as refusal:
        read(content, **more)
    return refusal.value.code.code, refusal.value.figures.get("line")


@pytest.mark.parametrize("version", ["02", "04", "08"])
def test_every_camt_says_the_same(version: str) -> None:
    (line,) = read(camt([Movement(144000, structured=REFERENCE, bank="B1")], version=version))
    assert replace(line, number=0) == StatementLine(
        number=0,
        statement=1,
        account=IBAN,
        currency="EUR",
        direction="credit",
        amount=144000,
        booked_on=DAY,
        valued_on=DAY,
        bank_reference="B1",
        name="ACME SARL",
        iban=PAYER,
        structured=REFERENCE,
    )
    assert line.references == (REFERENCE,)
    assert 3 <= line.number <= 8


def batch(inside: str, amount: str = "30.00", sign: str = "CRDT", more: str = "") -> bytes:
    """One entry with several transfers, as banks book them in one sum."""
    return camt([]).replace(
        b"</Stmt>",
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Sts>BOOK</Sts>'
        f"<BookgDt><DtTm>2027-03-05T10:00:00+01:00</DtTm></BookgDt><AcctSvcrRef>G1</AcctSvcrRef>"
        f"<NtryDtls>{inside}</NtryDtls>{more}</Ntry></Stmt>".encode(),
    )


def part(amount: str, text: str, path: str = "TxAmt", own: str = "") -> str:
    """One transfer of a batch."""
    told = f'<AmtDtls><{path}><Amt Ccy="EUR">{amount}</Amt></{path}></AmtDtls>' if amount else ""
    refs = f"<Refs><AcctSvcrRef>{own}</AcctSvcrRef></Refs>" if own else ""
    return f"<TxDtls>{refs}{told}<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls>"


def test_a_batch_is_the_transfers_that_it_lists() -> None:
    first, second = read(batch(part("10.00", "A", own="X") + part("20.00", "B", "InstdAmt")))
    assert [(line.amount, line.text) for line in (first, second)] == [(1000, "A"), (2000, "B")]
    assert [line.bank_reference for line in (first, second)] == ["G1/X", "G1"]
    assert first.booked_on == DAY
    lines = read(batch(part("10.00", "A") + part("20.50", "B")))
    assert [(each.direction, each.amount) for each in lines] == [
        ("credit", 1000),
        ("credit", 2050),
        ("debit", 50),
    ]
    code, _ = refused(batch(part("10.00", "A") + part("", "B")))
    assert code == "bank_field_missing"
    (alone,) = read(batch(part("31.00", "net of charges"), more="<AddtlNtryInf>VIR</AddtlNtryInf>"))
    assert (alone.amount, alone.text) == (3000, "net of charges VIR")
    (bare,) = read(batch("", sign="DBIT"))
    assert (bare.direction, bare.amount) == ("debit", 3000)


def test_what_is_not_booked_or_moves_nothing_is_left_out() -> None:
    pending = Movement(100, status="PDNG")
    assert read(camt([pending, Movement(0), Movement(-100, reversal=True)]))[0].reversal
    older = camt([pending], version="02")
    assert read(older) == []


def test_several_statements_in_a_file_keep_apart() -> None:
    whole = camt([Movement(100, bank="B1")])
    inside = whole[whole.index(b"<Stmt>") : whole.index(b"</BkToCstmrStmt>")]
    lines = read(whole.replace(b"</BkToCstmrStmt>", inside + b"</BkToCstmrStmt>"))
    assert [line.statement for line in lines] == [1, 2]
    assert lines[0].key == lines[1].key


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ((b"</Stmt></BkToCstmrStmt></Document>", b""), "bank_file_truncated"),
        ((b"</RmtInf></TxDtls>", b"</RmtInf></Tx"), "bank_not_well_formed"),
        ((b"ACME", b"\xe9\xe8"), "bank_wrong_encoding"),
        ((b"<Document", b'<!DOCTYPE d [<!ENTITY e "x">]><Document'), "bank_has_doctype"),
        ((b">ACME", b">&e;ACME"), "bank_not_well_formed"),
        ((IBAN.encode(), GERMAN.encode()[:-1] + b"1"), "bank_wrong_account"),
        ((b"<IBAN>" + IBAN.encode(), b"<IBAN>"), "bank_wrong_account"),
        ((b'Ccy="EUR"', b'Ccy="USD"'), "bank_wrong_currency"),
        ((b"<Ccy>EUR", b"<Ccy>USD"), "bank_wrong_currency"),
        ((b"camt.053.001", b"pain.001.001"), "bank_format_unknown"),
        ((b">1440.00<", b">1440.001<"), "bank_field_unusable"),
        ((b">1440.00<", b">-1440.00<"), "bank_field_unusable"),
        ((b">1440.00<", b">many<"), "bank_field_unusable"),
        ((b">1440.00<", b">1e3<"), "bank_field_unusable"),
        ((b">1440.00<", b">1_440<"), "bank_field_unusable"),
        ((b">1440.00<", ">١٤<".encode()), "bank_field_unusable"),
        ((b">1440.00<", b">.<"), "bank_field_unusable"),
        ((b"CRDT", b"XXXX"), "bank_field_unusable"),
        ((b"<Dt>2027-03-05</Dt>", b"<Dt>2027-13-05</Dt>"), "bank_field_unusable"),
        ((b"<Dt>2027-03-05</Dt>", b""), "bank_field_missing"),
        ((b'<Amt Ccy="EUR">1440.00</Amt>', b""), "bank_field_missing"),
    ],
)
def test_a_camt_that_cannot_be_right_is_refused_whole(
    change: tuple[bytes, bytes], code: str
) -> None:
    found, line = refused(camt([Movement(144000)]).replace(*change))
    assert found == code
    assert line


def test_no_statement_in_it_and_no_account_before_it() -> None:
    assert refused(b"<Document/>") == ("bank_format_unknown", 1)
    assert refused(b"<a><b/></a>") == ("bank_format_unknown", 1)
    no_account = (
        camt([Movement(1)]).replace(b"<Acct>", b"<Nothing>").replace(b"</Acct>", b"</Nothing>")
    )
    assert refused(no_account)[0] == "bank_field_missing"
    with pytest.raises(StatementRefused):
        list(read_statement(io.BytesIO(b"x"), {}))


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff\xfe<\x00"])
def test_what_is_no_file_at_all(content: bytes) -> None:
    assert refused(content)[0] in ("bank_file_empty", "bank_wrong_encoding")


HEAD = camt([]).partition(b"</Stmt>")[0]


class Endless(io.RawIOBase):
    """A file that goes on and on, without being anywhere."""

    def __init__(self, start: bytes, again: bytes) -> None:
        self._start, self._again = start, again
        self._given = 0
        self.most = 0

    def seek(self, _place: int, _whence: int = 0) -> int:
        self._given = 0
        return 0

    def read(self, _size: int = -1) -> bytes:
        first = self._given == 0
        self._given += 1
        chunk = self._start if first else self._again * max(1, 30_000 // len(self._again))
        self.most += len(chunk)
        return chunk

    def readline(self, _limit: int | None = -1) -> bytes:
        line = self._start if self._given == 0 else self._again
        self._given += 1
        self.most += len(line)
        return line


@pytest.mark.parametrize(
    ("start", "again", "code"),
    [
        (
            HEAD,
            b"<!--" + b" " * 50_000 + b"-->" + entry(Movement(100)).encode(),
            "bank_file_too_large",
        ),
        (HEAD + b"<Ntry>", b"<x>1</x>", "bank_too_much_at_once"),
        (b":20:A\r\n", b":28C:1\r\n" * 1000, "bank_file_too_large"),
        (b":20:A\r\n", b"more\r\n" * 1000, "bank_too_much_at_once"),
        (b"Date;Montant\n", b"05/03/2027;1,00\n" * 40_000, "bank_too_much_at_once"),
    ],
)
def test_a_file_without_end_is_given_up(start: bytes, again: bytes, code: str) -> None:
    endless: Any = Endless(start, again)
    with pytest.raises(StatementRefused) as refusal:
        for _ in read_statement(endless, ACCOUNTS):
            pass
    assert refusal.value.code.code == code
    assert endless.most < 2 * MOST_BYTES


def test_memory_does_not_grow_with_the_file() -> None:
    class Parts(io.RawIOBase):
        """A file that is made as it is read."""

        def __init__(self, parts: Iterable[bytes]) -> None:
            self._parts, self._held = iter(parts), b""

        def seek(self, _place: int, _whence: int = 0) -> int:
            return 0

        def read(self, size: int = -1) -> bytes:
            while len(self._held) < size and (more := next(self._parts, b"")):
                self._held += more
            chunk, self._held = self._held[:size], self._held[size:]
            return chunk

    def peak(count: int) -> int:
        made: Any = Parts(camt_parts(Movement(100 + n) for n in range(count)))
        tracemalloc.start()
        for _ in read_camt(made, ACCOUNTS):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(4000) < 2 * peak(1000) + 200_000


MT940 = """{{1:F01BNPAFRPPXXX0000000000}}{{2:I940X}}{{4:
:20:STARTUMSE
:25:{account}
:28C:00001/001
:60F:C270304EUR1000,00
:61:2703050305CR1440,00NTRFNONREF//{bank}
:86:{explained}
:61:270305D5,00NCHGFRAIS
:86:FRAIS DE TENUE DE COMPTE
:62F:C270305EUR2435,00
-}}
"""


def mt(explained: str, account: str = IBAN, bank: str = "BK1") -> bytes:
    """An MT940 of one transfer and one charge."""
    return MT940.format(account=account, explained=explained, bank=bank).encode()


CUT = f"SVWZ+Rechnung {REFERENCE}"
DIALECTS = {
    "german": (
        "166?00GUTSCHRIFT?109310?20EREF+E2E-1?21"
        + CUT[:27]
        + "\n?22"
        + CUT[27:]
        + f"?30AGRIFRPP?31{PAYER}?32ACME ?33SARL",
        "E2E-1",
    ),
    "slashed": (f"/EREF/E2E-1/IBAN/{PAYER}/NAME/ACME SARL/REMI/{in_groups(REFERENCE)}/", "E2E-1"),
    "french": (f"/ORDP/ACME SARL/REF/{REFERENCE}/IBAN/{PAYER}", ""),
    "plus": (f"EREF+E2E-1 SVWZ+{REFERENCE} ABWA+ACME SARL IBAN+{PAYER}", "E2E-1"),
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_dialects_of_mt940(dialect: str) -> None:
    explained, end_to_end = DIALECTS[dialect]
    line, charge = read(mt(explained))
    assert line.references == (REFERENCE,)
    assert (line.amount, line.direction, line.booked_on) == (144000, "credit", DAY)
    assert (line.bank_reference, line.end_to_end) == ("BK1", end_to_end)
    assert (line.name, line.iban) == ("ACME SARL", PAYER)
    assert (charge.amount, charge.direction, charge.text) == (
        500,
        "debit",
        "FRAIS DE TENUE DE COMPTE",
    )
    told = mt940.parse(mt(explained).decode())
    assert [abs(int(each.data["amount"].amount * 100)) for each in told] == [144000, 500]


def test_mt940_as_plain_text_and_across_years() -> None:
    content = mt(f"VIR DE ACME\nMOTIF {REFERENCE[:9]}\n{REFERENCE[9:]}")
    assert read(content)[0].references == (REFERENCE,)
    turned = content.replace(b":61:2703050305CR", b":61:2701021231RD")
    line = read(turned)[0]
    assert (line.booked_on, line.reversal) == (date(2026, 12, 31), True)
    assert read(mt("x", account="37040044/532013000"))[0].account == GERMAN
    assert read(mt("x", account=f"{IBAN}EUR"))[0].account == IBAN
    assert format_of(content) == "mt940"
    latin = mt("VIR SOCIÉTÉ").decode().encode("cp1252")
    assert refused(latin) == ("bank_wrong_encoding", 7)
    assert read(latin, encoding="cp1252")[0].text == "VIR SOCIÉTÉ"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ((b":62F:C270305EUR2435,00\n", b""), "bank_file_truncated"),
        ((b":62F:C270305EUR2435,00\n-}", b":20:NEXT"), "bank_file_truncated"),
        ((b"CR1440,00NTRF", b"CR14"), "bank_field_unusable"),
        ((b":61:270305D5", b":61:279905D5"), "bank_field_unusable"),
        ((b":61:2703050305CR", b":61:2703059999CR"), "bank_field_unusable"),
        ((b":60F:C270304EUR", b":60F:C270304USD"), "bank_wrong_currency"),
        ((b":60F:C270304EUR1000,00", b":60F:nothing"), "bank_field_unusable"),
        ((IBAN.encode(), b"FR7600000000000000000000096"), "bank_wrong_account"),
        ((IBAN.encode(), b"12345678/999"), "bank_wrong_account"),
        ((f":25:{IBAN}\n".encode(), b""), "bank_field_missing"),
        ((b":60F:C270304EUR1000,00\n", b""), None),
    ],
)
def test_an_mt940_that_cannot_be_right(change: tuple[bytes, bytes], code: str | None) -> None:
    content = mt("x").replace(*change)
    if code is None:
        assert len(read(content)) == 2
        return
    found, line = refused(content)
    assert found == code
    assert line


def test_lines_before_any_tag_and_without_a_statement() -> None:
    assert refused(b"hello\n:20:A\n")[0] == "bank_format_unknown"
    assert refused(b":20:A\n:25:" + IBAN.encode() + b"\n")[0] == "bank_file_truncated"


REVOLUT = f"""Date completed (UTC),Payer,Reference,Amount,Payment currency,State,ID
2027-03-05,ACME SARL,{REFERENCE},1440.00,EUR,COMPLETED,T1
2027-03-05,Fee,,-0.50,EUR,COMPLETED,T2
2027-03-06,Pending,,10.00,EUR,PENDING,T3
"""
QONTO = f"""Date d'opération;Montant;Devise;Libellé;Contrepartie;IBAN de la contrepartie
05/03/2027;1 440,00;EUR;"VIR; {REFERENCE}";ACME SARL;{PAYER}
"""
AGRICOLE = f"""Relevé du compte
Téléchargé le 06/03/2027

Date;Libellé;Débit euros;Crédit euros
05/03/2027;VIREMENT {in_groups(REFERENCE)};;1.440,00
05/03/2027;FRAIS;0,50;
05/03/2027;RIEN;;0,00
"""
AGRICOLE_MAPPING = """
skip = 3
thousands = "."
encoding = "cp1252"
[columns]
booked_on = "Date"
credit = "Crédit euros"
debit = "Débit euros"
text = ["Libellé"]
"""


def test_csv_as_fintechs_write_it() -> None:
    first, fee = read(REVOLUT.encode())
    assert (first.amount, first.name, first.bank_reference) == (144000, "ACME SARL", "T1")
    assert first.references == (REFERENCE,)
    assert (fee.direction, fee.amount) == ("debit", 50)
    (line,) = read("\N{ZERO WIDTH NO-BREAK SPACE}".encode() + QONTO.encode())
    assert (line.amount, line.iban, line.booked_on) == (144000, PAYER, DAY)
    assert line.references == (REFERENCE,)


def test_csv_by_a_mapping() -> None:
    mapping = parse_mapping(AGRICOLE_MAPPING)
    credit, fee = read(AGRICOLE.encode("cp1252"), mapping=mapping)
    assert (credit.amount, credit.references) == (144000, (REFERENCE,))
    assert (fee.direction, fee.amount) == ("debit", 50)
    assert credit.account == IBAN


@pytest.mark.parametrize(
    ("change", "code", "line"),
    [
        (("1440.00,EUR,COMPLETED,T1", "1440.00,EUR"), "bank_columns_differ", 2),
        (("1440.00", "1.440.00"), "bank_field_unusable", 2),
        (("1440.00", "?"), "bank_field_unusable", 2),
        (("2027-03-05,ACME", "05-2027,ACME"), "bank_field_unusable", 2),
        (("2027-03-05,ACME", "2027-99-05,ACME"), "bank_field_unusable", 2),
        (("1440.00,EUR", "1440.00,USD"), "bank_wrong_currency", 2),
        (("Amount", "Sum"), "bank_format_unknown", 1),
        (("ACME SARL", '"ACME'), "bank_file_truncated", 2),
        (("ACME SARL", '"AC"ME"'), "bank_too_much_at_once", 2),
        (("ACME SARL", "AC\0ME"), "bank_wrong_encoding", 2),
    ],
)
def test_a_csv_that_cannot_be_right(change: tuple[str, str], code: str, line: int) -> None:
    assert refused(REVOLUT.replace(*change).encode()) == (code, line)


def test_mappings_that_cannot_be_used() -> None:
    for source in (
        "=",
        "[columns]\nbooked_on = 'D'",
        "x = 1\n[columns]\nbooked_on='D'\namount='A'",
    ):
        with pytest.raises(StatementRefused) as refusal:
            parse_mapping(source)
        assert refusal.value.code.code == "bank_mapping_unusable"
    mapping = parse_mapping("[columns]\nbooked_on='D'\namount='A'\naccount='C'")
    assert refused(b"D;B\n", mapping=mapping) == ("bank_column_unknown", 1)
    other = f"D;A;C\n05/03/2027;1,00;{PAYER}\n".encode()
    assert refused(other, mapping=mapping) == ("bank_wrong_account", 2)
    both = parse_mapping("[columns]\nbooked_on='D'\ncredit='A'\ndebit='C'")
    assert refused(b"D;A;C\n05/03/2027;;\n", mapping=both) == ("bank_field_missing", 2)
    assert refused(REVOLUT.encode(), encoding="utf-9")[0] == "bank_wrong_encoding"


def test_references_are_found_however_they_are_written() -> None:
    grouped = in_groups(REFERENCE)
    for text in (REFERENCE, grouped.lower(), grouped.replace(" ", "-"), f"x{REFERENCE}y"):
        assert references_in(text) == (REFERENCE,)
    assert references_in(REFERENCE[:-1]) == ()
    assert references_in("R F 1 2") == ()


def test_a_code_for_banking_apps_is_for_euros() -> None:
    said = epc_payload(
        holder="Atelier  SAS", iban=IBAN, bic="X", amount=Money(144005, "EUR"), reference="RF1"
    )
    assert said == f"BCD\n002\n1\nSCT\nX\nAtelier SAS\n{IBAN}\nEUR1440.05\n\nRF1"
    for amount in (Money(1, "USD"), Money(0, "EUR"), Money(10**12, "EUR")):
        assert epc_payload(holder="A", iban=IBAN, bic="", amount=amount, reference="R") is None
