"""Any statement: which format it is, and its lines one after another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from tenure.billing.bank import errors
from tenure.billing.bank.camt import read_camt
from tenure.billing.bank.columns import read_csv
from tenure.billing.bank.lines import Accounts, Lines, StatementLine, refusal
from tenure.billing.bank.mapping import Mapping
from tenure.billing.bank.mt940 import read_mt940

_HEAD: Final = 4096
_MT940: Final = re.compile(rb"^:20:", re.MULTILINE)
_DOCTYPE: Final = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_BYTE_ORDER: Final = b"\xef\xbb\xbf"
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff")


def read_statement(
    source: BinaryIO,
    accounts: Accounts,
    *,
    mapping: Mapping | None = None,
    encoding: str | None = None,
) -> Iterator[StatementLine]:
    """The booked lines of a camt.053, MT940 or CSV file, in their order, as they are read.

    ``source`` can be read again from its beginning; ``encoding`` is what a text file is in, UTF-8
    unless told. Raises ``StatementRefused``, in the middle too: keep nothing before the end.
    """
    if not accounts:
        raise refusal(errors.NO_ACCOUNT)
    head = source.read(_HEAD)
    source.seek(0)
    if not head.strip():
        raise refusal(errors.FILE_EMPTY)
    if head.startswith(_WIDE):
        raise refusal(errors.WRONG_ENCODING, line=1, encoding="UTF-8")
    start = head.removeprefix(_BYTE_ORDER).lstrip()
    if start.startswith(b"<"):
        found = _DOCTYPE.search(head)
        if found:
            line = head.count(b"\n", 0, found.start()) + 1
            raise refusal(errors.HAS_DOCTYPE, line=line)
        yield from read_camt(source, accounts)
        return
    if start.startswith((b"{1:", b":20:")) or _MT940.search(head):
        yield from read_mt940(Lines(source, encoding or "utf-8"), accounts)
        return
    given = mapping.encoding if mapping else "utf-8"
    yield from read_csv(Lines(source, encoding or given), accounts, mapping)


def format_of(head: bytes) -> str:
    """The word for the format of a file that begins with ``head``."""
    start = head.removeprefix(_BYTE_ORDER).lstrip()
    if start.startswith(b"<"):
        return "camt.053"
    return "mt940" if start.startswith((b"{1:", b":20:")) or _MT940.search(head) else "csv"
