"""Booking across areas: what is issued, paid and given back becomes entries of the ledger (R48).

Plain steps for use inside the transaction that made it true; months are posted by the worker.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from tenure.base.calendar import local_date, zone_named
from tenure.base.errors import Refused
from tenure.billing.documents.content import Content, DocumentKind, Line
from tenure.billing.ledger.commands import (
    Booking,
    Stretch,
    book,
    due_recognitions,
    recognise,
    spread,
    take_back,
)
from tenure.billing.ledger.errors import NO_SIREN
from tenure.billing.ledger.fec import entry_rows, fec_lines, file_name
from tenure.billing.ledger.rates import (
    always_fixed,
    rate_of,
    rates_of_sources,
    rates_on,
)
from tenure.billing.ledger.rules.accounts import Account, Cause, book_of
from tenure.billing.ledger.rules.exchange import Rate
from tenure.billing.ledger.rules.posting import moves_of, moves_of_credit_note, moves_of_invoice
from tenure.billing.models import Document, Payment, Refund, RefundStatus
from tenure.billing.models.ledger import Recognition
from tenure.catalogue.queries.vendor import VendorFacts, vendor
from tenure.events.journal import Journal
from tenure.orders.queries.policy import policy_in_force
from tenure.policy.words import PaymentMethod

BATCH: Final = 500
"""How many recognitions one transaction takes."""

Issued = tuple[Document, Content]


def accounting_currency(seller: VendorFacts) -> str:
    """The currency in which the vendor keeps its books; the euro unless it says otherwise."""
    return seller.facts.get("currency", "EUR")


def check_currency(currency: str, *, at: datetime) -> None:
    """Whether money in ``currency`` can be invoiced and booked, asked before it moves.

    Raises ``Refused`` (``rate_unknown``). No statement for what the central bank fixes.
    """
    if currency in always_fixed():
        return
    seller = vendor(sandbox=settings.SANDBOX)
    on = local_date(at, zone_named(seller.timezone))
    rates_on([currency], accounting_currency(seller), on)


def book_papers(*, issued: Sequence[Issued], seller: VendorFacts, journal: Journal) -> None:
    """Invoices and credit notes just issued: what is owed, what is still to be earned."""
    fiscal = [(row, said) for row, said in issued if said.kind.is_fiscal]
    invoices = [(row, said) for row, said in fiscal if said.kind is DocumentKind.INVOICE]
    notes = [(row, said) for row, said in fiscal if said.kind is DocumentKind.CREDIT_NOTE]
    stretches = [stretch for row, said in invoices for stretch in _stretches(row, said)]
    spread(stretches=stretches, zone=seller.timezone, journal=journal)
    book(bookings=[_of_invoice(row, said) for row, said in invoices], journal=journal)
    if notes:
        on = notes[0][0].issued_on
        take_back(credited=_credited(notes), on=on, journal=journal)
        book(bookings=[_of_credit_note(row, said) for row, said in notes], journal=journal)


def book_payments(*, payments: Iterable[Payment], seller: VendorFacts, journal: Journal) -> None:
    """Of what was paid, cards that were charged: what the customer owed, the gateway owes us now.

    A transfer is booked when it is found on a statement.
    """
    cards = [p for p in payments if p.method == PaymentMethod.CARD]
    moved = [Moved(p.id, p.amount, p.currency, p.organisation_id, p.order_id) for p in cards]
    book_moved(cause=Cause.CARD_PAYMENT, moved=moved, seller=seller, journal=journal)


def book_refunds(*, refunds: Sequence[Refund], journal: Journal) -> None:
    """Cards to which money went back, by the rate at which it came."""
    done = [each for each in refunds if each.status == RefundStatus.DONE]
    if not done:
        return
    rates = rates_of_sources([each.payment_id for each in done])
    moved = [
        Moved(r.id, r.amount, r.currency, r.organisation_id, r.order_id, rates.get(r.payment_id))
        for r in done
    ]
    seller = vendor(sandbox=settings.SANDBOX)
    book_moved(cause=Cause.CARD_REFUND, moved=moved, seller=seller, journal=journal)


class Moved(NamedTuple):
    """A movement of ``source``, in minor units, at ``rate`` or else at that of the day."""

    source: UUID
    amount: int
    currency: str
    organisation: UUID | None = None
    order: UUID | None = None
    rate: Rate | None = None


def book_moved(
    *, cause: Cause, moved: Sequence[Moved], seller: VendorFacts, journal: Journal
) -> None:
    """Movements of one kind between two accounts; a negative amount goes the other way."""
    if not moved:
        return
    on = local_date(journal.at, zone_named(seller.timezone))
    rates = rates_on([each.currency for each in moved], accounting_currency(seller), on)
    bookings = [
        Booking(
            cause=cause,
            moves=moves_of(cause, each.amount),
            rate=each.rate or rates[each.currency],
            on=on,
            organisation=each.organisation,
            order=each.order,
            source=each.source,
        )
        for each in moved
    ]
    book(bookings=bookings, journal=journal)


def _of_invoice(row: Document, said: Content) -> Booking:
    return Booking(
        cause=Cause.INVOICE,
        moves=moves_of_invoice(said.net, said.tax),
        rate=rate_of(said),
        on=row.issued_on,
        organisation=row.organisation_id,
        order=row.order_id,
        document=row.id,
    )


def _of_credit_note(row: Document, said: Content) -> Booking:
    return Booking(
        cause=Cause.CREDIT_NOTE,
        moves=moves_of_credit_note(said.net, said.tax),
        rate=rate_of(said),
        on=row.issued_on,
        organisation=row.organisation_id,
        order=row.order_id,
        document=row.id,
    )


def _stretches(row: Document, said: Content) -> Iterator[Stretch]:
    for position, line in enumerate(said.lines, start=1):
        starts_on, ends_on = _days(line, row.issued_on)
        yield Stretch(
            organisation=row.organisation_id,
            order=row.order_id,
            document=row.id,
            position=position,
            offer=line.reference,
            net=line.net,
            starts_on=starts_on,
            ends_on=ends_on,
            issued_on=row.issued_on,
            rate=rate_of(said),
        )


def _days(line: Line, issued_on: date) -> tuple[date, date]:
    """Half-open; paper says the last day itself. Without days: earned on the day of sale."""
    starts_on = line.starts_on or issued_on
    return starts_on, (line.ends_on or starts_on) + timedelta(days=1)


def _credited(notes: Sequence[Issued]) -> dict[tuple[UUID, int], int]:
    """What credit notes take back of each invoiced line, found by its offer and its days."""
    invoices = {row.corrects_id for row, _ in notes if row.corrects_id}
    rows = Recognition.objects.filter(document_id__in=invoices).order_by("document", "position")
    left = {(each.document_id, each.position): each for each in rows}
    credited: dict[tuple[UUID, int], int] = {}
    for row, said in notes:
        for line in said.lines:
            rest = line.net
            for key, each in left.items():
                same = key[0] == row.corrects_id and each.offer == line.reference
                starts_on, _ = _days(line, each.starts_on)
                amount = min(rest, each.net - credited.get(key, 0))
                if same and starts_on == each.starts_on and amount > 0:
                    credited[key] = credited.get(key, 0) + amount
                    rest -= amount
    return credited


def recognise_revenue(scope: Q, until: datetime, journal: Journal) -> int:
    """Months that are over: what was earned in them is posted (R48)."""
    due = list(due_recognitions(scope, until)[:BATCH])
    if due:
        seller = vendor(sandbox=settings.SANDBOX)
        recognise(due=due, zone=seller.timezone, journal=journal)
    return len(due)


def fec_file(*, first: date, last: date, sandbox: bool) -> tuple[str, Iterator[str]]:
    """The name and the lines of the file for the French tax office (article A47 A-1, LPF).

    Raises ``Refused`` with ``ledger_needs_siren``.
    """
    siren = vendor(sandbox=sandbox).facts.get("siren", "")
    if not siren:
        raise Refused(NO_SIREN)
    _, policy = policy_in_force()
    numbers = {account: getattr(policy.ledger.accounts, account.value) for account in Account}
    return file_name(siren, last), fec_lines(first=first, last=last, numbers=numbers)


_CSV: Final = (
    "day",
    "posting",
    "cause",
    "journal",
    "piece",
    "organisation",
    "debit",
    "credit",
    "amount",
    "currency",
    "accounting_amount",
    "accounting_currency",
)


def csv_lines(*, first: date, last: date) -> Iterator[str]:
    """Every entry as it stands: amounts in minor units, accounts by their words."""
    yield ",".join(_CSV)
    for row in entry_rows(first, last):
        written = io.StringIO()
        csv.writer(written, lineterminator="").writerow(
            (
                row.on.isoformat(),
                row.posting,
                row.cause.value,
                book_of(row.cause).value,
                row.piece,
                row.organisation or "",
                row.debit.value,
                row.credit.value,
                row.amount,
                row.currency,
                row.accounting_amount,
                row.accounting_currency,
            )
        )
        yield written.getvalue()
