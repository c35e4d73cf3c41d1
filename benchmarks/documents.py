"""How many valid Factur-X documents two cores typeset in a second, beside bare typst pages.

    python -m benchmarks.documents [--documents 2000] [--processes 2] [--sample 1000]

Each document is another one: its number, customer, lines, rate and language differ, so that
nothing but fonts and template is remembered. Every paper of the sample is opened again, and its
data judged by the XSD and by the official Schematron of EN 16931. The limit is a page with one
line of text by the same typst, to the same standards. Exits 1 below what must be reached.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from functools import cache
from multiprocessing import get_context
from time import perf_counter

import typst

MUST_REACH = 200
"""Documents a second on two cores."""

RATES = (2000, 1900, 2100, 550)


def content(number: int) -> object:
    """The ``number``-th document: a company's invoice, now and then a consumer's or a credit."""
    from tenure.billing.documents.content import DocumentKind, Preceding, TaxCategory, TaxLine
    from tenure.orders.rules.tax import TaxKind, TaxSituation, price_document
    from tenure.policy.words import Audience
    from tests.billing import papers

    consumer, credit = number % 4 == 3, number % 10 == 9
    rate, issued_on = RATES[number % 4], date(2026, 1, 1) + timedelta(days=number % 365)
    seats = [(4800 + 7 * number + 1300 * n, 1 + (number + n) % 9) for n in range(1 + number % 5)]
    sums = price_document(
        [price * count for price, count in seats],
        Audience.CREATOR if consumer else Audience.BUSINESS,
        TaxSituation(TaxKind.BUYER_COUNTRY, "FR", rate),
    )
    lines = tuple(
        papers.line(
            name=f"Rôle {number % 97}.{n}",
            net=amounts.net,
            tax=amounts.tax,
            unit_price=price,
            quantity=count,
            rate=rate,
            starts_on=issued_on,
            ends_on=issued_on + timedelta(days=364),
        )
        for n, ((price, count), amounts) in enumerate(zip(seats, sums.lines, strict=True))
    )
    tax = TaxLine(category=TaxCategory.STANDARD, rate=rate, net=sums.total_net, tax=sums.total_tax)
    party = papers.PERSON if consumer else papers.BUYER
    return papers.invoice(
        kind=DocumentKind.CREDIT_NOTE if credit else DocumentKind.INVOICE,
        number=f"INV-2026-{number:06}",
        sequence=number + 1,
        issued_on=issued_on,
        due_on=None if credit else issued_on,
        about=Preceding(number="INV-2025-000001", issued_on=date(2025, 12, 1)) if credit else None,
        language="en" if number % 3 else "fr",
        buyer=papers.changed(party, name=f"{party.name} {number}"),  # type: ignore[arg-type]  # a party
        consumer=consumer,
        prices_include_tax=consumer,
        lines=lines,
        taxes=(tax,),
        net=sums.total_net,
        tax=sums.total_tax,
        total=sums.total,
        paid=0 if credit else sums.total,
        previous_sha256=f"{number:064x}",
    )


def ours(number: int) -> bytes:
    """One of our documents."""
    from tenure.billing.documents.paper import render_pdf

    return render_pdf(content(number))  # type: ignore[arg-type]  # what content() makes


def bare(number: int) -> bytes:
    """A page with one line of text, with the same fonts and standards."""
    from tenure.billing.documents.paper import STANDARDS

    source = (
        '#set document(title: "n", date: datetime(year: 2026, month: 1, day: 1))\n'
        f'#set text(font: "Inter", lang: "en")\nDocument {number}'
    )
    return bytes(
        bare_compiler().compile(source.encode(), format="pdf", pdf_standards=STANDARDS, timestamp=0)
    )


@cache
def bare_compiler() -> typst.Compiler:
    """A compiler without our template."""
    from tenure.billing.documents.paper import TEMPLATE

    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[TEMPLATE / "fonts"]
    )
    return typst.Compiler(b"", font_paths=fonts)


def many(make: Callable[[int], bytes], numbers: range) -> int:
    """How many bytes so many documents have; in a process of its own."""
    return sum(len(make(number)) for number in numbers)


def warm(_number: int) -> None:
    """A process that has read its fonts and its template."""
    ours(0)
    bare(0)


def shares(documents: int, processes: int) -> Iterator[range]:
    """Pieces small enough that no process waits long for the others."""
    piece = max(1, documents // (processes * 10))
    for start in range(0, documents, piece):
        yield range(start, min(start + piece, documents))


def rate(pool: ProcessPoolExecutor, make: Callable[[int], bytes], pieces: Iterable[range]) -> float:
    """Documents a second."""
    pieces, start = list(pieces), perf_counter()
    for done in [pool.submit(many, make, piece) for piece in pieces]:
        done.result()
    return sum(map(len, pieces)) / (perf_counter() - start)


def objections(numbers: range) -> list[str]:
    """What the judges say against a part of the sample."""
    import facturx

    from tests.billing.official import objections as said

    found = []
    for number in numbers:
        _, xml = facturx.get_facturx_xml_from_pdf(ours(number), check_xsd=False)
        found += [f"document {number}: {objection}" for objection in said(xml)]
    return found


def main() -> int:
    """Print the rates, their ratio, and what the judges found."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--sample", type=int, default=1000)
    asked = parser.parse_args()
    os.environ["RAYON_NUM_THREADS"] = "1"
    context = get_context("spawn")
    with ProcessPoolExecutor(asked.processes, mp_context=context) as pool:
        list(pool.map(warm, range(asked.processes * 2)))
        limit = rate(pool, bare, shares(asked.documents, asked.processes))
        reached = rate(pool, ours, shares(asked.documents, asked.processes))
        parts = [pool.submit(objections, part) for part in shares(asked.sample, asked.processes)]
        found = [objection for part in parts for objection in part.result()]
    print(f"ours     {reached:7.1f} documents/s in {asked.processes} processes")
    print(f"limit    {limit:7.1f} bare pages/s, ratio {reached / limit:.2f}")
    print(f"judged   {asked.sample} by XSD and Schematron, {len(found)} objections")
    for objection in found[:20]:
        print(f"  {objection}", file=sys.stderr)
    return int(bool(found) or reached < MUST_REACH)


if __name__ == "__main__":
    sys.exit(main())
