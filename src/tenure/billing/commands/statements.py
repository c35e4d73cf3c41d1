"""Lines of a statement are put aside while its file is read, and count from one commit on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from tenure.base.ids import new_id
from tenure.billing.bank.lines import StatementLine
from tenure.billing.models import BankImport, BankStagedLine

_COPY: Final = """
    COPY billing_bankstagedline (
        id, statement_id, part, number, account, currency, direction, amount, booked_on, valued_on,
        reversal, bank_reference, end_to_end, name, iban, text, "references", key
    ) FROM STDIN
"""

_FACTS: Final = """
    id, statement_id, number, account, currency, direction, amount, booked_on, valued_on,
    reversal, bank_reference, end_to_end, name, iban, text, "references", key
"""

_TAKE_OVER: Final = f"""
    INSERT INTO billing_bankline ({_FACTS}, fingerprint, open, outcome)
    SELECT {_FACTS},
           sha256(key || int8send(row_number() OVER (
               PARTITION BY key, CASE WHEN bank_reference = '' THEN 0 ELSE part END ORDER BY id
           ))),
           amount, ''
    FROM billing_bankstagedline WHERE statement_id = %s
    ORDER BY key, id
    ON CONFLICT (fingerprint) DO NOTHING
"""  # noqa: S608 - constants
"""Equal lines are counted within a day, those with a reference of the bank's within a statement:
so the same statement, or one that overlaps it, says nothing new. Two imports at once insert in one
order, and the second waits for the first."""


def begin_import(*, name: str, format_: str, by: str, at: datetime) -> BankImport:
    """A file begins to be read at the machine's instant ``at``."""
    return BankImport.objects.create(
        id=new_id(), name=name[:200], format=format_, by=by, imported_at=at
    )


def put_aside(*, statement: UUID, lines: Sequence[StatementLine]) -> None:
    """Keep lines that count for nothing before ``take_over``."""
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for line in lines:
            copy.write_row(_row(statement, line))


def _row(statement: UUID, line: StatementLine) -> tuple[Any, ...]:
    return (
        new_id(),
        statement,
        line.statement,
        line.number,
        line.account,
        line.currency,
        line.direction,
        line.amount,
        line.booked_on,
        line.valued_on,
        line.reversal,
        line.bank_reference,
        line.end_to_end,
        line.name,
        line.iban,
        line.text,
        list(line.references),
        line.key,
    )


def take_over(*, statement: BankImport, at: datetime) -> BankImport:
    """What was put aside counts from now on, but for lines that were read before."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_OVER, [statement.id])
        statement.new = cursor.rowcount
        cursor.execute("DELETE FROM billing_bankstagedline WHERE statement_id = %s", [statement.id])
        statement.found = cursor.rowcount
    statement.done_at = at
    statement.save(update_fields=["new", "found", "done_at"])
    return statement


def discard(*, statements: Iterable[UUID]) -> None:
    """Files that could not be read, or whose reading was cut short, leave nothing behind."""
    ids = list(statements)
    BankStagedLine.objects.filter(statement_id__in=ids).delete()
    BankImport.objects.filter(id__in=ids, done_at__isnull=True).delete()
