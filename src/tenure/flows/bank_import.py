"""A bank's file is read: whole or not at all, each of its lines once, then matched (R15).

Lines are put aside while the file goes by, batch after batch, so that a file of any length needs
the same memory; one commit makes them count, and only then are they matched. Killed before that
commit, nothing was read; killed after it, the lines are matched by the next import or the worker.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import BinaryIO, Final
from uuid import UUID

from django.conf import settings

from tenure.billing.bank.lines import Accounts, StatementLine
from tenure.billing.bank.mapping import Mapping
from tenure.billing.bank.reading import format_of, read_statement
from tenure.billing.commands.statements import begin_import, discard, put_aside, take_over
from tenure.billing.events import StatementImported
from tenure.billing.models import BankImport
from tenure.billing.queries.statements import Told, told_of
from tenure.catalogue.queries import vendor
from tenure.events.journal import transaction
from tenure.events.streams import VENDOR_STREAM
from tenure.flows.bank_matching import match_lines

_BATCH: Final = 2_000
_HEAD: Final = 4096
_GIVEN_UP_AFTER: Final = timedelta(hours=6)
"""What was put aside so long ago and does not count yet belongs to nobody any more."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A file that was read, and what became of its lines."""

    statement: UUID
    name: str
    format: str
    told: Told


def import_statement(
    *,
    source: BinaryIO,
    name: str,
    now: datetime,
    by: str,
    mapping: Mapping | None = None,
    encoding: str | None = None,
) -> Imported:
    """Read a statement and match its lines; ``source`` can be read again from its beginning.

    ``now`` is the machine's instant: the bank knows no other. Raises ``StatementRefused`` with the
    line and the reason where the file cannot be used; nothing of it counts then.
    """
    head = source.read(_HEAD)
    source.seek(0)
    with transaction(now=now, by=by):
        _forget_abandoned(now)
        statement = begin_import(name=name, format_=format_of(head), by=by, at=now)
    lines = read_statement(source, vendor_accounts(), mapping=mapping, encoding=encoding)
    complete = False
    try:
        _put_all_aside(statement, lines, now=now, by=by)
        complete = True
    finally:
        if not complete:
            with transaction(now=now, by=by):
                discard(statements=[statement.id])
    with transaction(now=now, by=by) as journal:
        take_over(statement=statement, at=now)
        fact = StatementImported(statement=statement.id, found=statement.found, new=statement.new)
        journal.record(VENDOR_STREAM, fact)
    match_lines(now=now, by=by)
    return Imported(statement.id, statement.name, statement.format, told_of(statement))


def vendor_accounts() -> Accounts:
    """The vendor's accounts: the currency of each by its IBAN."""
    found = vendor(sandbox=settings.SANDBOX).accounts
    return {account.iban: account.currency for account in found}


def _put_all_aside(
    statement: BankImport, lines: Iterator[StatementLine], *, now: datetime, by: str
) -> None:
    while batch := list(islice(lines, _BATCH)):
        with transaction(now=now, by=by):
            put_aside(statement=statement.id, lines=batch)


def _forget_abandoned(now: datetime) -> None:
    abandoned = BankImport.objects.filter(
        done_at__isnull=True, imported_at__lt=now - _GIVEN_UP_AFTER
    )
    discard(statements=abandoned.values_list("id", flat=True))
