"""A document as paper: PDF/A-3, tagged, with its EN 16931 data inside (R47)."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

import typst

from tenure.billing.documents.content import Content
from tenure.billing.documents.facturx import render_xml
from tenure.billing.documents.page import page
from tenure.billing.documents.xmp import say_facturx

TEMPLATE: Final = Path(__file__).parent / "template"
STANDARDS: Final[typst.PDFStandards] = ["a-3a", "ua-1"]
"""For archives, with other files inside, and for who reads by ear."""

_NOT_DRAWN: Final = re.compile(r'(?:the text|codepoint) `"(?P<text>.+?)"`')
_NUMBERED: Final = re.compile(r"\\u\{(?P<number>[0-9a-f]+)\}")
_INSTEAD: Final = "?"

_ONE_AT_A_TIME: Final = Lock()
"""A compiler keeps what it was given last, so threads take turns."""


def render_pdf(content: Content) -> bytes:
    """The paper of any kind: the same content gives the same bytes.

    An invoice or a credit note carries its ``factur-x.xml``. Of several processes each renders
    by itself; none may be forked from one that has rendered.
    """
    if not content.kind.is_fiscal:
        return _typeset(content, None)
    return say_facturx(_typeset(content, render_xml(content).decode()))


def _typeset(content: Content, xml: str | None) -> bytes:
    """The pages; a letter that no font of ours has, which PDF/A forbids, becomes a question mark.

    The data inside keep it.
    """
    said = page(content)
    while True:
        try:
            return _compiled(said | {"xml": xml}, content)
        except typst.TypstError as error:
            found = _NOT_DRAWN.search(error.message)
            if found is None or (less := _without(said, _read(found["text"]))) == said:
                raise
            said = less


def _compiled(data: dict[str, Any], content: Content) -> bytes:
    said = json.dumps(data, ensure_ascii=False).replace("\\", r"\\").replace('"', r"\"")
    source = f'#import "page.typ": render\n#render(json(bytes("{said}")))'
    issued_at = datetime.combine(content.issued_on, time(), UTC)
    with _ONE_AT_A_TIME:
        made = compiler().compile(
            source.encode(), format="pdf", pdf_standards=STANDARDS, timestamp=issued_at
        )
    assert isinstance(made, bytes)  # noqa: S101 - a PDF is one file, unlike pictures of pages
    return made


def _read(quoted: str) -> str:
    """Letters as an error message quotes them, some by their number: ``\\u{301}``."""
    return _NUMBERED.sub(lambda found: chr(int(found["number"], 16)), quoted)


def _without(said: Any, letters: str) -> Any:
    """``said`` with each of ``letters`` replaced, wherever it stands."""
    if isinstance(said, str):
        return said.translate(dict.fromkeys(map(ord, letters), _INSTEAD))
    if isinstance(said, dict):
        return {key: _without(value, letters) for key, value in said.items()}
    if isinstance(said, list | tuple):
        return [_without(value, letters) for value in said]
    return said


@cache
def compiler() -> typst.Compiler:
    """Fonts and template are read once a process; nothing of the machine's own is used."""
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[TEMPLATE / "fonts"],
    )
    return typst.Compiler(b"", root=TEMPLATE, font_paths=fonts)
