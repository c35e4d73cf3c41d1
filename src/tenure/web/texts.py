"""What pages and mails say, collected for translation: ``python -m tenure.web.texts``.

The English text is the key. Each area of the pages has a file of its own with the French,
``web/locale/<area>/fr/LC_MESSAGES/django.po``; ``shared`` is what all of them say, and the mails
have ``notices/locale``. Collecting keeps what is translated, drops what nobody says any more, and
compiles. Names of areas limit it to these. ``--compile`` only compiles, which is what set-up does:
compiled files are not kept.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import tenure

PACKAGE: Final = Path(tenure.__file__).parent
WEB: Final = PACKAGE / "web"
NOTICES: Final = PACKAGE / "notices"
SHARED: Final = "shared"
OF_LOGINS: Final = frozenset({"account", "mfa", "usersessions"})
"""Where the library that the accounts rest on looks for its templates."""
LANGUAGE: Final = "fr"

_KEYWORDS: Final = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_HEAD: Final = r"""msgid ""
msgstr ""
"Language: fr\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\n"

"""
_PLACEHOLDER: Final = re.compile(r"%\(\w+\)[a-z]|%[a-z%]|\{\w*\}")
_TWICE: Final = re.compile(r"(.{15,})\1")

Texts = tuple[str, ...]
Key = tuple[Texts, str | None]


@dataclass(frozen=True, slots=True)
class Area:
    """What is translated together: a name, its sources, its file."""

    name: str
    root: Path
    sources: tuple[Path, ...]
    po: Path

    @property
    def mo(self) -> Path:
        """The compiled file, beside the other."""
        return self.po.with_suffix(".mo")


def areas() -> list[Area]:
    """Every area that says something: a folder of the pages or of the templates; the mails."""
    by_name: dict[str, list[Path]] = {}
    templates = WEB / "templates"
    for path in sorted(templates.rglob("*.html")) + sorted(templates.rglob("*.txt")):
        by_name.setdefault(_area(path.relative_to(templates)), []).append(path)
    for path in sorted(WEB.rglob("*.py")):
        by_name.setdefault(_area(path.relative_to(WEB)), []).append(path)
    mails = [*sorted(NOTICES.rglob("*.html")), *sorted(NOTICES.rglob("*.txt"))]
    mails += sorted(NOTICES.rglob("*.py"))
    found = [
        Area(name, PACKAGE, tuple(by_name[name]), _po(WEB / "locale" / name)) for name in by_name
    ]
    of_mails = Area("notices", PACKAGE, tuple(mails), _po(NOTICES / "locale"))
    return [*sorted(found, key=lambda area: area.name), of_mails]


def _area(inside: Path) -> str:
    first = inside.parts[0]
    if len(inside.parts) == 1 or first in {"cotton", "edge"}:
        return SHARED
    return "accounts" if first in OF_LOGINS else first


def _po(locale: Path) -> Path:
    return locale / LANGUAGE / "LC_MESSAGES" / "django.po"


def said(area: Area) -> Catalog:
    """All that an area says, without translations."""
    catalog = Catalog(locale=LANGUAGE, fuzzy=False)
    for source in area.sources:
        for _, texts, comments, context in _extracted(source):
            place = (source.relative_to(area.root).as_posix(), 0)
            catalog.add(texts, None, [place], auto_comments=comments, context=context)
    return catalog


def _extracted(source: Path) -> Iterable[tuple[int, str | Texts, list[str], str | None]]:
    text = source.read_text(encoding="utf-8")
    if source.suffix != ".py":
        text = _as_python(text)
    found = extract("python", BytesIO(text.encode()), _KEYWORDS, ["Translators:"])
    yield from found


def _as_python(template: str) -> str:
    """The texts of a template as calls of gettext, unindented: what Django makes of it."""
    from django.utils.translation.template import templatize

    return re.sub(r"^[ \t]+", "", templatize(template), flags=re.MULTILINE)


def kept(po: Path) -> Catalog:
    """What a file of translations holds; nothing if there is none."""
    if not po.exists():
        return Catalog(locale=LANGUAGE, fuzzy=False)
    with po.open("rb") as file:
        return read_po(file, locale=LANGUAGE)


def merged(area: Area, elsewhere: dict[Key, Message]) -> Catalog:
    """What the area says, with the French that it, or failing that another area, has."""
    catalog = said(area)
    own = translations(kept(area.po))
    for message in entries(catalog):
        known = own.get(key_of(message)) or elsewhere.get(key_of(message))
        if known is not None:
            message.string = known.string
            message.user_comments = known.user_comments
    return catalog


def entries(catalog: Catalog) -> Iterator[Message]:
    """The messages without the head."""
    return (message for message in catalog if message.id)


def key_of(message: Message) -> Key:
    """By what a message is found: its English texts and its context."""
    return _texts(message.id), message.context


def translations(catalog: Catalog) -> dict[Key, Message]:
    """What is translated, by its key."""
    return {key_of(m): m for m in entries(catalog) if all(_texts(m.string)) and not m.fuzzy}


def _texts(value: str | Iterable[str] | None) -> Texts:
    return (value or "",) if isinstance(value, str | None) else tuple(value)


def rendered(catalog: Catalog) -> str:
    """A file of translations as it is kept: sorted, without dates and line numbers."""
    file = BytesIO()
    write_po(file, catalog, width=100, omit_header=True, sort_output=True, include_lineno=False)
    return _HEAD + file.getvalue().decode().strip("\n") + "\n"


def complaints(area: Area, expected: str) -> Iterator[str]:
    """What is wrong with an area's file: out of date, untranslated, fuzzy, other placeholders,
    or the same said twice in a row."""
    if not area.po.exists() or area.po.read_text(encoding="utf-8") != expected:
        yield f"{area.name}: out of date; run make texts"
    for message in entries(kept(area.po)):
        if message.fuzzy or not all(_texts(message.string)):
            yield f"{area.name}: not translated: {_texts(message.id)[0]!r}"
        elif not _same_placeholders(message):
            yield f"{area.name}: other placeholders: {_texts(message.id)[0]!r}"
        elif any(map(_TWICE.search, _texts(message.string))):
            yield f"{area.name}: said twice: {_texts(message.id)[0]!r}"


def _same_placeholders(message: Message) -> bool:
    """Whether each French text shows what its English one does; a singular may leave some out."""
    english = [set(_PLACEHOLDER.findall(text)) for text in _texts(message.id)]
    french = [set(_PLACEHOLDER.findall(text)) for text in _texts(message.string)]
    if len(english) == 1:
        return english == french
    return french[-1] == english[-1] and french[0] <= english[-1]


def everything() -> dict[Area, Catalog]:
    """Each area with what its file should hold, unless nobody says anything there."""
    found = areas()
    elsewhere: dict[Key, Message] = {}
    for area in found:
        elsewhere |= translations(kept(area.po))
    catalogs = {area: merged(area, elsewhere) for area in found}
    return {area: catalog for area, catalog in catalogs.items() if any(entries(catalog))}


def collect(names: Collection[str] = ()) -> None:
    """Bring the files of translations up to date, all of them or those of the areas named.

    The file of an area that says nothing any more goes away when all are.
    """
    speaking = everything()
    for area, catalog in speaking.items():
        text = rendered(catalog)
        if names and area.name not in names:
            continue
        area.po.parent.mkdir(parents=True, exist_ok=True)
        if not area.po.exists() or area.po.read_text(encoding="utf-8") != text:
            area.po.write_text(text, encoding="utf-8")
    for po in () if names else po_files():
        if po not in {area.po for area in speaking}:
            po.unlink()
            po.with_suffix(".mo").unlink(missing_ok=True)


def po_files() -> list[Path]:
    """Every file of translations that there is."""
    return sorted([*(WEB / "locale").rglob("*.po"), *(NOTICES / "locale").rglob("*.po")])


def compile_all() -> None:
    """Make what Django reads of every file of translations that is newer than it."""
    for po in po_files():
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime_ns >= po.stat().st_mtime_ns:
            continue
        aside = mo.with_suffix(".new")
        with aside.open("wb") as file:
            write_mo(file, kept(po))
        aside.replace(mo)


def main(arguments: list[str]) -> None:
    """Collect and compile, or with ``--compile`` compile alone; say what lacks its French."""
    if "--compile" not in arguments:
        collect(arguments)
        for area, catalog in everything().items():
            if not arguments or area.name in arguments:
                for complaint in complaints(area, rendered(catalog)):
                    sys.stderr.write(complaint + "\n")
    compile_all()


if __name__ == "__main__":
    main(sys.argv[1:])
