"""A CSV file of people to invite: what it says, and what is wrong with each line (R36).

The first line names the columns, in English or French: ``email`` and, if wanted, ``name``,
``standing`` and ``roles``. Values are parted by commas, semicolons or tabs, whichever the first
line has; the roles of one person by blanks or by ``|``.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tenure.base.verdicts import NO_FIGURES, Code, Figure, Figures
from tenure.organisations.errors import (
    FILE_COLUMN_UNKNOWN,
    FILE_NOT_TEXT,
    FILE_WITHOUT_ADDRESSES,
    FILE_WITHOUT_LINES,
    LINE_NAME_UNUSABLE,
    LINE_NO_ADDRESS,
    LINE_ROLE_UNKNOWN,
    LINE_STANDING_UNKNOWN,
    LINE_TOO_LONG,
    LINE_TWICE,
)
from tenure.organisations.rules.people import Standing

LONGEST_NAME: Final = 200
LONGEST_ADDRESS: Final = 254

_ADDRESS: Final = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,64})*@"
    r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+"
)
_COLUMNS: Final[Mapping[str, str]] = {
    "email": "email",
    "e-mail": "email",
    "courriel": "email",
    "adresse": "email",
    "name": "name",
    "nom": "name",
    "standing": "standing",
    "qualité": "standing",
    "qualite": "standing",
    "roles": "roles",
    "role": "roles",
    "rôles": "roles",
    "rôle": "roles",
}
_STANDINGS: Final[Mapping[str, Standing]] = {
    "": Standing.MEMBER,
    "member": Standing.MEMBER,
    "membre": Standing.MEMBER,
    "external": Standing.EXTERNAL,
    "externe": Standing.EXTERNAL,
    "billing": Standing.BILLING,
    "facturation": Standing.BILLING,
    "administrator": Standing.ADMINISTRATOR,
    "administrateur": Standing.ADMINISTRATOR,
}
"""Nobody becomes an owner by a file: ownership is offered (R34)."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a line asks to invite; ``email`` is in lower case, ``line`` counts from 1."""

    line: int
    email: str
    name: str = ""
    standing: Standing = Standing.MEMBER
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LineError:
    """What is wrong with a line, and with the file as a whole where ``line`` is 1."""

    line: int
    code: Code
    figures: Figures = field(default_factory=lambda: NO_FIGURES)


@dataclass(frozen=True, slots=True)
class InvitationFile:
    """What a file says: the people it could make out, and every error, both by line."""

    people: tuple[Person, ...]
    errors: tuple[LineError, ...]


def is_address(text: str) -> bool:
    """Whether a text in lower case is an e-mail address."""
    return len(text) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None


def read_invitation_file(source: bytes, known_roles: Collection[str]) -> InvitationFile:
    """Read a file of people; with errors nothing of it is to be used. Blank lines are skipped."""
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _refused(FILE_NOT_TEXT)
    if "\0" in text:
        return _refused(FILE_NOT_TEXT)
    rows = _rows(text)
    if not rows:
        return _refused(FILE_WITHOUT_LINES)
    columns = [_COLUMNS.get(cell.strip().lower()) for cell in rows[0][1]]
    for cell, column in zip(rows[0][1], columns, strict=True):
        if column is None:
            return _refused(FILE_COLUMN_UNKNOWN, column=cell.strip()[:40])
    if "email" not in columns:
        return _refused(FILE_WITHOUT_ADDRESSES)
    if len(rows) == 1:
        return _refused(FILE_WITHOUT_LINES)
    return _people([str(column) for column in columns], rows[1:], frozenset(known_roles))


def _refused(code: Code, **figures: Figure) -> InvitationFile:
    return InvitationFile((), (LineError(1, code, figures),))


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """The lines that say something, each with its number; parted as the first one is."""
    first = text.lstrip("\r\n").partition("\n")[0]
    parted_by = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=parted_by)
    try:
        return [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error:
        return []


def _people(
    columns: Sequence[str], rows: Sequence[tuple[int, list[str]]], roles: frozenset[str]
) -> InvitationFile:
    people: list[Person] = []
    errors: list[LineError] = []
    first_lines: dict[str, int] = {}
    for line, row in rows:
        if len(row) > len(columns):
            errors.append(LineError(line, LINE_TOO_LONG))
            continue
        cells = dict(zip(columns, (" ".join(cell.split()) for cell in row), strict=False))
        person, wrong = _person(line, cells, roles)
        before = first_lines.setdefault(person.email, line)
        if before != line:
            wrong.append(LineError(line, LINE_TWICE, {"address": person.email, "line": before}))
        people.append(person)
        errors += wrong
    return InvitationFile(tuple(people), tuple(errors))


def _person(
    line: int, cells: Mapping[str, str], known_roles: frozenset[str]
) -> tuple[Person, list[LineError]]:
    """One line as a person, and all that is wrong with it."""
    email = cells.get("email", "").lower()
    name, called = cells.get("name", ""), cells.get("standing", "")
    words = re.split(r"[\s|]+", cells.get("roles", ""))
    roles = tuple(dict.fromkeys(word for word in words if word))
    standing = _STANDINGS.get(called.lower())
    wrong = []
    if not is_address(email):
        wrong.append(LineError(line, LINE_NO_ADDRESS, {"address": email[:100] or "—"}))
    if len(name) > LONGEST_NAME or not name.isprintable():
        wrong.append(LineError(line, LINE_NAME_UNUSABLE, {"most": LONGEST_NAME}))
    if standing is None:
        wrong.append(LineError(line, LINE_STANDING_UNKNOWN, {"standing": called[:40]}))
    wrong += [
        LineError(line, LINE_ROLE_UNKNOWN, {"role": role[:100]})
        for role in roles
        if role not in known_roles
    ]
    return Person(line, email, name, standing or Standing.MEMBER, roles), wrong
