"""A letter: what a mail says, without how it looks; and the one look, as HTML and as text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec
from django.template import Context, Engine
from django.utils import translation

_WIDTH: Final = 72
"""Lines of the text form are broken there, except addresses of pages."""

_TEMPLATES: Final = Engine(
    dirs=[str(Path(__file__).parents[1] / "templates")],
    libraries={"i18n": "django.templatetags.i18n"},
)
"""Mails have their templates to themselves: no page's context or loader reaches them."""


@dataclass(frozen=True, slots=True)
class Button:
    """The one next step."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: what, how often, how much."""

    what: str
    detail: str
    amount: str


@dataclass(frozen=True, slots=True)
class Table:
    """Lines with amounts, and their sums; the last sum is the one that counts."""

    rows: tuple[Row, ...]
    sums: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says, in its reader's language.

    ``preheader`` is what lists of mails show beside the subject. ``facts`` are labels with
    values, ``links`` lesser steps than the button, ``after`` what stands below them, ``why`` why
    the reader has this mail.
    """

    subject: str
    preheader: str
    heading: str
    lead: tuple[str, ...]
    why: str
    greeting: str = ""
    code: str = ""
    quote: str = ""
    table: Table | None = None
    facts: tuple[tuple[str, str], ...] = ()
    button: Button | None = None
    links: tuple[Button, ...] = ()
    after: tuple[str, ...] = ()


def kept(letter: Letter) -> dict[str, Any]:
    """A letter as it is kept: JSON."""
    content: dict[str, Any] = msgspec.to_builtins(letter)
    return content


def read_letter(content: dict[str, Any]) -> Letter:
    """The letter that was kept as ``content``."""
    return msgspec.convert(content, Letter)


@dataclass(frozen=True, slots=True)
class Sender:
    """In whose name mails are written: the vendor."""

    name: str
    address: str
    url: str


@dataclass(frozen=True, slots=True)
class Written:
    """A letter as it is sent."""

    subject: str
    text: str
    html: str


def write(letter: Letter, *, sender: Sender, language: str) -> Written:
    """A letter in the one look, as text and as HTML; both say the same."""
    context = {"letter": letter, "sender": sender, "language": language}
    with translation.override(language):
        html = _TEMPLATES.get_template("notices/mail.html").render(Context(context))
        text = _TEMPLATES.get_template("notices/mail.txt").render(Context(context))
    return Written(one_line(letter.subject), _tidy(text), html)


def one_line(text: str) -> str:
    """Text without line breaks: a subject is one header."""
    return re.sub(r"[\r\n\t ]+", " ", text).strip(" ")[:300]


def _tidy(text: str) -> str:
    """Text with lines of a width that can be read, and never two empty ones together."""
    lines: list[str] = []
    for line in text.split("\n"):
        wrapped = list(_wrapped(line.rstrip()))
        if wrapped != [""] or (lines and lines[-1]):
            lines.extend(wrapped)
    return "\n".join(lines).strip() + "\n"


def _wrapped(line: str) -> Iterable[str]:
    """A line broken between words; what is set in columns, and what has no blank, stays whole."""
    if len(line) <= _WIDTH or "  " in line:
        return [line]
    lines, current = [], ""
    for word in line.split(" "):
        if current and len(current) + 1 + len(word) > _WIDTH:
            lines.append(current)
            current = word
        else:
            current = f"{current} {word}" if current else word
    return [*lines, current]
