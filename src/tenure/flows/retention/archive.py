"""An archive of everything held about an organisation, written piece by piece (R31).

A ZIP file with each table as JSON and as CSV, the documents as they are handed out, and a receipt
that names every file with its hash. The same rows give the same bytes, and it is never held whole.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db.models import Field, Model

from tenure.base.ids import public_id
from tenure.billing.models import DocumentFile
from tenure.flows.retention.held import HELD, PREFIXES, Held
from tenure.organisations.models import Export

PART: Final = 256 * 1024
"""So many bytes are kept in one piece."""

_CHUNK: Final = 500
_FILES: Final = 10
"""So many documents are read at a time."""

_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
"""With one of these begins what spreadsheets calculate."""

_ABOUT: Final = (
    """\
Everything that is held about an organisation, as it stood at one moment.
data/         each table, as JSON and as CSV; identifiers are those of the API, moments are UTC;
              in CSV an apostrophe stands before words that a spreadsheet would take for a formula
documents/    invoices, credit notes and other papers, as they were issued
receipt.json  every file with its size and its SHA-256; for whom, when asked for and by whom

""",
    """\
Tout ce qui est conservé au sujet d’une organisation, tel qu’à un instant donné.
data/         chaque table, en JSON et en CSV ; identifiants de l’API, instants en UTC ;
              en CSV une apostrophe précède ce qu’un tableur prendrait pour une formule
documents/    factures, avoirs et autres pièces, telles qu’émises
receipt.json  chaque fichier avec sa taille et son SHA-256 ; pour qui, demandé quand et par qui
""",
)


class Sink:
    """Takes bytes as a file does, and hands them on in pieces; ``sha256`` is that of all."""

    def __init__(self, keep: Callable[[int, bytes], None]) -> None:
        self._keep = keep
        self._waiting = bytearray()
        self._hash = sha256()
        self._pieces = 0
        self.size = 0

    def write(self, data: Any) -> int:
        """Take some bytes; whole pieces go on at once."""
        taken = memoryview(data).nbytes
        self._hash.update(data)
        self._waiting += data
        self.size += taken
        while len(self._waiting) >= PART:
            self._hand_on(PART)
        return taken

    def flush(self) -> None:
        """Nothing: pieces go on when they are full."""

    def close(self) -> None:
        """Hand on what is left."""
        if self._waiting:
            self._hand_on(len(self._waiting))

    @property
    def sha256(self) -> str:
        """Of all bytes taken so far."""
        return self._hash.hexdigest()

    def _hand_on(self, count: int) -> None:
        self._keep(self._pieces, bytes(self._waiting[:count]))
        del self._waiting[:count]
        self._pieces += 1


@dataclass
class _Writer:
    """Files of a ZIP, all of one moment, each with its hash."""

    zip: zipfile.ZipFile
    at: datetime
    files: list[dict[str, Any]] = field(default_factory=list)

    def add(self, path: str, pieces: Iterable[bytes], **more: Any) -> None:
        """One file, written as its pieces come."""
        info = zipfile.ZipInfo(path, date_time=self.at.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        info.create_system, info.external_attr = 3, 0o644 << 16
        hashed, size = sha256(), 0
        with self.zip.open(info, "w", force_zip64=True) as file:
            for piece in pieces:
                hashed.update(piece)
                size += len(piece)
                file.write(piece)
        self.files.append({"path": path, "size": size, "sha256": hashed.hexdigest(), **more})


def write_archive(export: Export, sink: Sink) -> str:
    """Write the archive that was asked for into ``sink``; returns its receipt.

    To be called in one snapshot, inside a transaction, so that rows are read as they are needed.
    """
    with zipfile.ZipFile(sink, "w", compresslevel=6) as archive:
        writer = _Writer(
            archive, max(export.asked_at, datetime(1980, 1, 2, tzinfo=export.asked_at.tzinfo))
        )
        writer.add("about.txt", [text.encode() for text in _ABOUT])
        for held in HELD:
            if held.exported:
                _write_table(writer, held, export.organisation_id)
        _write_documents(writer, export.organisation_id)
        receipt = _receipt(export, writer.files)
        writer.add("receipt.json", [receipt.encode()])
    sink.close()
    return receipt


def _receipt(export: Export, files: Sequence[dict[str, Any]]) -> str:
    told = {
        "organisation": public_id("org", export.organisation_id),
        "export": public_id("exp", export.id),
        "asked_at": _plain(export.asked_at),
        "asked_by": export.asked_by,
        "files": files,
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=1).decode() + "\n"


def _write_table(writer: _Writer, held: Held, organisation: UUID) -> None:
    fields = [each for each in held.model._meta.concrete_fields if each.name not in held.hidden]
    name = held.label.lower()
    counted = [0]

    def rows() -> Iterator[dict[str, Any]]:
        counted[0] = 0
        named = [(each.name, _prefix_of(each)) for each in fields]
        values = held.rows(organisation).values_list(*(each.attname for each in fields))
        for row in values.iterator(chunk_size=_CHUNK):
            counted[0] += 1
            yield {
                column: _outside(prefix, value)
                for (column, prefix), value in zip(named, row, strict=True)
            }

    writer.add(f"data/{name}.json", _as_json(rows()))
    writer.add(f"data/{name}.csv", _as_csv([each.name for each in fields], rows()))
    writer.files[-1]["rows"] = writer.files[-2]["rows"] = counted[0]


def _write_documents(writer: _Writer, organisation: UUID) -> None:
    rows = DocumentFile.objects.filter(organisation=organisation).order_by("document_id", "format")
    found = rows.values_list("document__number", "format", "data")
    for number, form, data in found.iterator(chunk_size=_FILES):
        writer.add(f"documents/{number.replace('/', '-')}.{form}", [bytes(data)])


def _as_json(rows: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    """A JSON array, a row a line."""
    before = b"[\n"
    for row in rows:
        yield before + msgspec.json.encode(row)
        before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"


def _as_csv(columns: Sequence[str], rows: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    """A header and a line for each row (RFC 4180)."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(columns)
    for row in rows:
        lines.writerow([_cell(value) for value in row.values()])
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()
    yield text.getvalue().encode()


def _cell(value: Any) -> Any:
    """Lists and objects stand in one cell as JSON; no spreadsheet takes words for a formula."""
    if isinstance(value, str) and value.startswith(_FORMULAS):
        return f"'{value}"
    return msgspec.json.encode(value).decode() if isinstance(value, list | dict) else value


def _prefix_of(column: Field[Any, Any]) -> str:
    """The prefix of the identifiers in a column, if they have any outside."""
    if column.primary_key and not column.is_relation:
        return PREFIXES.get(column.model._meta.label, "")
    target = column.related_model if column.is_relation else None
    if isinstance(target, type) and issubclass(target, Model):
        return PREFIXES.get(target._meta.label, "")
    return "org" if column.name == "organisation_id" else ""


def _outside(prefix: str, value: Any) -> Any:
    if isinstance(value, UUID):
        return public_id(prefix, value) if prefix else str(value)
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat() + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, str | int | bool | list | dict) or value is None:
        return value
    return str(value)
