"""Booking: entries are written with the journal, in the transaction that made them true."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

import msgspec
from django.db.models import Q, QuerySet

from tenure.base.calendar import first_instant, zone_named
from tenure.base.ids import new_id
from tenure.base.money import divide_half_up
from tenure.billing.ledger.rules.accounts import Cause
from tenure.billing.ledger.rules.exchange import Rate
from tenure.billing.ledger.rules.posting import Move, moves_of_recognition
from tenure.billing.ledger.rules.recognition import earned_before, next_posting
from tenure.billing.models.ledger import Entry, Recognition
from tenure.events.journal import Journal
from tenure.events.rows import new_row


class Booking(NamedTuple):
    """What is booked for one reason, on the vendor's local day ``on``.

    ``source`` is the row that it is about: a payment, a refund, a statement line, a recognition.
    """

    cause: Cause
    moves: Sequence[Move]
    rate: Rate
    on: date
    organisation: UUID | None = None
    order: UUID | None = None
    document: UUID | None = None
    source: UUID | None = None


class Stretch(NamedTuple):
    """The net of one invoiced line, in minor units, over its days ``[starts_on, ends_on)``.

    What was earned before the invoice is posted with the month of ``issued_on``: no month that is
    over, and that an accountant may have closed, changes.
    """

    organisation: UUID
    order: UUID | None
    document: UUID
    position: int
    offer: str
    net: int
    starts_on: date
    ends_on: date
    issued_on: date
    rate: Rate


def book(*, bookings: Sequence[Booking], journal: Journal) -> None:
    """Entries for each booking, written with the journal (R48)."""
    journal.insert([entry for booking in bookings for entry in _entries(booking, journal)])


def _entries(booking: Booking, journal: Journal) -> Iterator[Entry]:
    posting = new_id()
    for move in booking.moves:
        yield new_row(
            Entry,
            id=new_id(),
            posting=posting,
            cause=booking.cause,
            organisation_id=booking.organisation,
            order_id=booking.order,
            document_id=booking.document,
            source=booking.source,
            debit=move.debit,
            credit=move.credit,
            amount=move.amount,
            currency=booking.rate.currency,
            accounting_amount=booking.rate.convert(move.amount),
            accounting_currency=booking.rate.accounting,
            rate=booking.rate.value,
            rate_on=booking.rate.on,
            on=booking.on,
            at=journal.at,
        )


def spread(*, stretches: Sequence[Stretch], zone: str, journal: Journal) -> None:
    """Remember what is still to be earned; ``zone`` is the vendor's, whose months count."""
    journal.insert([_recognition(stretch, zone) for stretch in stretches if stretch.net])


def _recognition(stretch: Stretch, zone: str) -> Recognition:
    next_on = next_posting(max(stretch.starts_on, stretch.issued_on))
    return new_row(
        Recognition,
        id=new_id(),
        organisation_id=stretch.organisation,
        order_id=stretch.order,
        document_id=stretch.document,
        position=stretch.position,
        offer=stretch.offer,
        currency=stretch.rate.currency,
        net=stretch.net,
        accounting_net=stretch.rate.convert(stretch.net),
        accounting_currency=stretch.rate.accounting,
        rate=stretch.rate.value,
        rate_on=stretch.rate.on,
        starts_on=stretch.starts_on,
        ends_on=stretch.ends_on,
        next_on=next_on,
        next_at=first_instant(next_on, zone_named(zone)),
    )


def recognise(*, due: Sequence[Recognition], zone: str, journal: Journal) -> None:
    """Post the months of the locked ``due`` that are over at the journal's instant (R48)."""
    vendors = zone_named(zone)
    entries: list[Entry] = []
    for row in due:
        while (day := row.next_on) and row.next_at and row.next_at <= journal.at:
            entries += _month(row, day, journal)
            row.next_on = None if day >= row.ends_on else next_posting(day)
            row.next_at = row.next_on and first_instant(row.next_on, vendors)
    journal.insert(entries)
    journal.change(_POSTED, [_told(due)])


def _month(row: Recognition, day: date, journal: Journal) -> Iterator[Entry]:
    """What one more month earned, up to the day before ``day``."""
    earned = earned_before(row.net, row.starts_on, row.ends_on, day)
    accounting = earned_before(row.accounting_net, row.starts_on, row.ends_on, day)
    more = accounting - row.accounting_earned
    yield from _recognised(row, earned - row.earned, more, day - timedelta(days=1), journal)
    row.earned, row.accounting_earned = earned, accounting


def _recognised(
    row: Recognition, amount: int, accounting: int, on: date, journal: Journal
) -> Iterator[Entry]:
    posting = new_id()
    for move in moves_of_recognition(amount):
        yield new_row(
            Entry,
            id=new_id(),
            posting=posting,
            cause=Cause.RECOGNITION,
            organisation_id=row.organisation_id,
            order_id=row.order_id,
            document_id=row.document_id,
            source=row.id,
            debit=move.debit,
            credit=move.credit,
            amount=move.amount,
            currency=row.currency,
            accounting_amount=abs(accounting),
            accounting_currency=row.accounting_currency,
            rate=row.rate,
            rate_on=row.rate_on,
            on=on,
            at=journal.at,
        )


def due_recognitions(scope: Q, until: datetime) -> QuerySet[Recognition]:
    """Rows with a month to post, the oldest first, claimed until commit."""
    rows = Recognition.objects.select_for_update(skip_locked=True, of=("self",))
    return rows.filter(scope, next_at__lte=until).order_by("next_at", "id")


def take_back(*, credited: dict[tuple[UUID, int], int], on: date, journal: Journal) -> None:
    """Shrink what is to be earned by what was credited, in minor units net (R30).

    ``credited`` are amounts by invoice and line. What of them was posted as earned goes back
    among what is still to be earned, in proportion, on the vendor's local day ``on``.
    """
    documents = {document for document, _ in credited}
    rows = Recognition.objects.select_for_update().filter(document_id__in=documents)
    changed: list[Recognition] = []
    entries: list[Entry] = []
    for row in rows.order_by("id"):
        amount = min(credited.get((row.document_id, row.position), 0), row.net)
        if amount:
            entries += _taken_back(row, amount, on, journal)
            changed.append(row)
    if changed:
        journal.insert(entries)
        journal.change(_POSTED, [_told(changed)])


def _taken_back(row: Recognition, amount: int, on: date, journal: Journal) -> Iterator[Entry]:
    earned = divide_half_up(row.earned * amount, row.net)
    accounting = divide_half_up(row.accounting_earned * amount, row.net)
    yield from _recognised(row, -earned, accounting, on, journal)
    row.accounting_net -= divide_half_up(row.accounting_net * amount, row.net)
    row.accounting_earned -= accounting
    row.net, row.earned = row.net - amount, row.earned - earned
    if not row.net:
        row.next_on = row.next_at = None


_POSTED: Final = """
    UPDATE billing_recognition AS recognition
    SET net = given.net, earned = given.earned, accounting_net = given.accounting_net,
        accounting_earned = given.accounting_earned, next_on = given.next_on,
        next_at = given.next_at
    FROM json_to_recordset(%s::json) AS given
        (id uuid, net bigint, earned bigint, accounting_net bigint, accounting_earned bigint,
         next_on date, next_at timestamptz)
    WHERE recognition.id = given.id
"""


def _told(rows: Sequence[Recognition]) -> str:
    told = [
        {
            "id": row.id,
            "net": row.net,
            "earned": row.earned,
            "accounting_net": row.accounting_net,
            "accounting_earned": row.accounting_earned,
            "next_on": row.next_on,
            "next_at": row.next_at,
        }
        for row in rows
    ]
    return msgspec.json.encode(told).decode()
