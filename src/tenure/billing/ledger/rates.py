"""Reference rates of the European Central Bank: read from its files, known by day."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files
from typing import Final
from uuid import UUID

from lxml import etree

from tenure.base.errors import FieldError, Invalid, Refused
from tenure.base.money import currencies
from tenure.billing.documents.content import Accounting, Content
from tenure.billing.ledger.errors import RATE_UNKNOWN, RATES_UNREADABLE
from tenure.billing.ledger.rules.accounts import Cause
from tenure.billing.ledger.rules.exchange import Rate, cross_rate, itself
from tenure.billing.models.ledger import Entry, ExchangeRate


@dataclass(frozen=True, slots=True)
class Fixing:
    """One euro bought ``per_euro`` of ``currency`` on the day ``on``."""

    currency: str
    on: date
    per_euro: Decimal


_EURO: Final = "EUR"


@cache
def bundled() -> tuple[Fixing, ...]:
    """Some fixings that come with Tenure, so that a document never lacks a rate.

    They stand in only for days before any that was read; a document names its rate's day.
    """
    text = files(__package__).joinpath("exchange_rates.csv").read_text(encoding="utf-8")
    return tuple(
        Fixing(row["currency"], date.fromisoformat(row["on"]), Decimal(row["per_euro"]))
        for row in csv.DictReader(text.splitlines())
    )


@cache
def always_fixed() -> frozenset[str]:
    """The currencies of which some rate is known for any day: the euro, and what is bundled."""
    return frozenset({_EURO, *(fixing.currency for fixing in bundled())})


def parse_fixings(content: bytes) -> list[Fixing]:
    """Fixings out of the bank's XML (a day, or its whole history) or its CSV.

    Raises ``Invalid`` with ``rates_unreadable`` for anything else.
    """
    try:
        found = list(_from_xml(content) if content.lstrip()[:1] == b"<" else _from_csv(content))
    except (etree.XMLSyntaxError, ValueError, InvalidOperation, KeyError) as problem:
        raise Invalid([FieldError("file", RATES_UNREADABLE, {})]) from problem
    if not found:
        raise Invalid([FieldError("file", RATES_UNREADABLE, {})])
    return found


def _from_xml(content: bytes) -> Iterator[Fixing]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    for day in etree.fromstring(content, parser).iterfind(".//{*}Cube[@time]"):
        on = date.fromisoformat(str(day.get("time")))
        for cube in day.iterfind("{*}Cube"):
            yield from _known(str(cube.get("currency")), on, str(cube.get("rate")))


def _from_csv(content: bytes) -> Iterator[Fixing]:
    header, *rows = csv.reader(content.decode("utf-8-sig").splitlines(), skipinitialspace=True)
    if header[0] != "Date":
        raise ValueError
    for row in rows:
        on = _day(row[0])
        for currency, value in zip(header[1:], row[1:], strict=False):
            yield from _known(currency.strip(), on, value.strip())


def _day(text: str) -> date:
    """``2027-03-01`` as in the history, or ``1 March 2027`` as in the file of one day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        number, month, year = text.split()
        return date(int(year), _MONTHS.index(month) + 1, int(number))


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _known(currency: str, on: date, value: str) -> Iterator[Fixing]:
    """Nothing where the bank says ``N/A``, or names money that is no longer in use."""
    if value not in ("", "N/A") and currency in currencies():
        per_euro = Decimal(value)
        if not per_euro.is_finite() or per_euro <= 0:
            raise ValueError
        yield Fixing(currency, on, per_euro)


def keep_fixings(fixings: Iterable[Fixing]) -> int:
    """Keep what was read; a day that is known stays as it is. Returns how many are new."""
    before = ExchangeRate.objects.count()
    ExchangeRate.objects.bulk_create(
        [ExchangeRate(currency=f.currency, on=f.on, per_euro=f.per_euro) for f in fixings],
        ignore_conflicts=True,
        batch_size=5000,
    )
    return ExchangeRate.objects.count() - before


def rates_on(named: Sequence[str], accounting: str, on: date) -> dict[str, Rate]:
    """The rate of each currency to the accounting currency on a day: the last one fixed by then.

    No statement where all is in the accounting currency already. Raises ``Refused`` with
    ``rate_unknown`` for money that the central bank does not fix.
    """
    foreign = {currency for currency in named if currency != accounting}
    rates = {accounting: itself(accounting, on)}
    if not foreign:
        return rates
    known = _fixed(foreign | {accounting}, on)
    for currency in sorted(foreign):
        rate = cross_rate(currency, accounting, known)
        if rate is None:
            raise Refused(RATE_UNKNOWN, currency=currency)
        rates[currency] = rate
    return rates


def _fixed(wanted: set[str], on: date) -> dict[str, tuple[Decimal, date]]:
    rows = (
        ExchangeRate.objects.filter(currency__in=wanted, on__lte=on)
        .order_by("currency", "-on")
        .distinct("currency")
        .values_list("currency", "per_euro", "on")
    )
    known = {currency: (per_euro, day) for currency, per_euro, day in rows}
    for fixing in bundled():
        if fixing.currency in wanted:
            known.setdefault(fixing.currency, (fixing.per_euro, fixing.on))
    return known


def accounting_amounts(currency: str, net: int, tax: int, rate: Rate) -> Accounting | None:
    """A document's sums in the accounting currency (BT-6, BT-111); None if that is its own.

    Net and tax are converted one by one, so that entries and paper say the same.
    """
    if currency == rate.accounting:
        return None
    nets, taxes = rate.convert(net), rate.convert(tax)
    return Accounting(
        currency=rate.accounting,
        net=nets,
        tax=taxes,
        total=nets + taxes,
        rate=format(rate.value.normalize(), "f"),
        rate_on=rate.on,
    )


def rate_of(content: Content) -> Rate:
    """The rate by which a document was booked: the one that it prints."""
    said = content.accounting
    if said is None:
        return itself(content.currency, content.issued_on)
    return Rate(content.currency, said.currency, Decimal(said.rate), said.rate_on)


def rates_of_sources(sources: Sequence[UUID]) -> dict[UUID, Rate]:
    """The rates at which what came by payments was booked, by payment."""
    rows = Entry.objects.filter(source__in=sources, cause=Cause.CARD_PAYMENT.value)
    return {
        source: Rate(currency, accounting, value, on)
        for source, currency, accounting, value, on in rows.values_list(
            "source", "currency", "accounting_currency", "rate", "rate_on"
        )
        if source is not None
    }
