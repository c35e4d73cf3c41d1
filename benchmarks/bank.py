"""How long a statement of 50,000 lines takes to import, and how much memory, beside a bare COPY.

    python -m benchmarks.bank [--lines 50000] [--orders 500]

Runs on a database of its own, on the server of ``DATABASE_URL`` or on an embedded one that lives
as long as this does. One line in a hundred pays an order, one in a hundred an order in part; the
others are unknown, or charges. Prints seconds and the peak of memory for a tenth of the lines and
for all of them, each in a process of its own; the same file again; and the limit, a bare COPY of
as many rows into a table without a constraint.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from uuid import UUID

import psycopg

from benchmarks.catalogue import database, timed

IBAN = "FR7600000000000000000000097"
_ENTRY = (
    '<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\n'
    "<BookgDt><Dt>2027-03-05</Dt></BookgDt><ValDt><Dt>2027-03-05</Dt></ValDt>\n"
    "<AcctSvcrRef>{n:020d}</AcctSvcrRef>\n"
    "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn>"
    "</BkTxCd>\n<NtryDtls><TxDtls><Refs><EndToEndId>E2E-{n}</EndToEndId></Refs>\n"
    '<AmtDtls><TxAmt><Amt Ccy="EUR">{amount}</Amt></TxAmt></AmtDtls>\n'
    "<RltdPties><Dbtr><Pty><Nm>CLIENT NUMERO {n} SARL</Nm></Pty></Dbtr>"
    "<DbtrAcct><Id><IBAN>FR7630006000011234567890189</IBAN></Id></DbtrAcct></RltdPties>\n"
    "<RmtInf><Ustrd>VIREMENT SEPA RECU FACTURE {n}</Ustrd>{reference}</RmtInf></TxDtls>"
    "</NtryDtls></Ntry>\n"
)


def write_statement(place: Path, lines: int, orders: list[UUID], total: int) -> None:
    """A camt.053 of so many lines, some of which pay ``orders`` of ``total`` cents each."""
    from tenure.billing.bank.reference import reference_of

    first = lines * 10  # no two files have a line in common
    with place.open("w", encoding="utf-8") as file:
        file.write(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
            f"<Stmt><Id>1</Id><Acct><Id><IBAN>{IBAN}</IBAN></Id><Ccy>EUR</Ccy></Acct>\n"
        )
        left = iter(orders)
        for n in range(lines):
            order = next(left, None) if n % 50 == 0 else None
            cents = total if n % 100 == 0 else total - 100
            amount = f"{cents // 100}.{cents % 100:02d}" if order else f"{n % 900 + 1}.00"
            reference = (
                f"<Strd><CdtrRefInf><Ref>{reference_of(order)}</Ref></CdtrRefInf></Strd>"
                if order
                else ""
            )
            sign = "DBIT" if n % 10 == 9 else "CRDT"
            file.write(_ENTRY.format(amount=amount, sign=sign, n=first + n, reference=reference))
        file.write("</Stmt></BkToCstmrStmt></Document>\n")


def child(place: Path) -> None:
    """Import one file in a process of its own, and print what that took."""
    import django

    django.setup()
    from tenure.base.clock import machine_now
    from tenure.flows.bank_import import import_statement

    begun = perf_counter()
    with place.open("rb") as source:
        told = import_statement(
            source=source, name=place.name, now=machine_now(), by="benchmark"
        ).told
    seconds = perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{told.lines:>7,} lines, {place.stat().st_size / 1e6:5.1f} MB{seconds:27.2f} s"
        f"{peak:7.0f} MB   matched {told.matched}, partial {told.partial}, "
        f"unknown {told.unknown}, noted {told.noted}, already read {told.already_read}",
        flush=True,
    )


def bare_copy(url: str, lines: int) -> None:
    """The limit: as many rows, by COPY, into a table that holds nothing true."""
    from tenure.base.ids import new_id

    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE l (id uuid, account text, amount bigint, booked_on date,"
            " reference text, name text, iban text, text text, key bytea)"
        )
        with cursor.copy("COPY l FROM STDIN") as copy:
            for n in range(lines):
                copy.write_row(
                    (
                        new_id(),
                        IBAN,
                        n,
                        "2027-03-05",
                        f"{n:020d}",
                        f"CLIENT NUMERO {n} SARL",
                        IBAN,
                        f"VIREMENT SEPA RECU FACTURE {n}",
                        bytes(32),
                    )
                )


def orders_that_wait(count: int) -> tuple[list[UUID], int]:
    """So many orders of companies that wait for their transfer, and what each costs."""
    from tenure.flows.purchase import Purchase, TransferPayment, buy
    from tenure.orders.models import Order
    from tests.shop import customer, fill_cart, open_shop

    open_shop()
    now = datetime(2027, 3, 1, 9, tzinfo=UTC)
    made = []
    for n in range(count):
        if n % 20 == 0:
            company = customer(email=f"c{n}@c.example", clock=None)
        cart = fill_cart(company, ("designer-business", 1), now=now)
        purchase = Purchase(cart.cart.id, cart.cart.version, company.id, TransferPayment())
        made.append(buy(purchase=purchase, now=now, by="benchmark").order)
    return made, Order.objects.get(id=made[0]).total


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=50_000)
    parser.add_argument("--orders", type=int, default=1_000)
    parser.add_argument("--file", type=Path)
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenure.config.settings")
    os.environ.setdefault("TENURE_SANDBOX", "1")
    os.environ.setdefault("TENURE_LOG_LEVEL", "WARNING")
    os.environ.setdefault("TENURE_SECRET_KEY", "for a benchmark alone")
    if given.file:
        child(given.file)
        return
    with database() as url, tempfile.TemporaryDirectory() as directory:
        os.environ["DATABASE_URL"] = url
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        orders, total = orders_that_wait(given.orders)
        few = len(orders) // 10
        small, large = Path(directory, "small.xml"), Path(directory, "large.xml")
        write_statement(small, given.lines // 10, orders[:few], total)
        write_statement(large, given.lines, orders[few:], total)
        print(f"{'':<44}{'seconds':>10}{'peak':>10}")
        for place in (small, large, large):
            subprocess.run(
                [sys.executable, "-m", "benchmarks.bank", "--file", str(place)], check=True
            )
        timed(
            f"the limit: a bare COPY of {given.lines:,} rows", lambda: bare_copy(url, given.lines)
        )


if __name__ == "__main__":
    main()
