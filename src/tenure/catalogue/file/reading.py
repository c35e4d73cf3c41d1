"""From a file's bytes to a ``CatalogueFile``, or to everything that is wrong with it."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tenure.base.verdicts import Code, Figure
from tenure.catalogue import errors
from tenure.catalogue.file.checks import Entries, check_entries
from tenure.catalogue.file.problems import CatalogueFileRefused, Path, Problem, field_of
from tenure.catalogue.file.shape import SECTIONS, CatalogueFile, VendorEntry, known_keys
from tenure.catalogue.file.source import Marks, SourceReader

LARGEST_MEGABYTES: Final = 64

_SIMPLE: Final[dict[str, Code]] = {
    "missing": errors.KEY_MISSING,
    "string_type": errors.NOT_TEXT,
    "string_unicode": errors.NOT_TEXT,
    "int_type": errors.NOT_WHOLE_NUMBER,
    "int_from_float": errors.NOT_WHOLE_NUMBER,
    "int_parsing": errors.NOT_WHOLE_NUMBER,
    "int_parsing_size": errors.NOT_WHOLE_NUMBER,
    "tuple_type": errors.NOT_LIST,
    "mapping_type": errors.NOT_MAPPING,
    "dict_type": errors.NOT_MAPPING,
    "model_type": errors.NOT_MAPPING,
    "model_attributes_type": errors.NOT_MAPPING,
    "too_short": errors.BLANK,
    "string_too_short": errors.BLANK,
    errors.NOT_A_DATE.code: errors.NOT_A_DATE,
}


def read_catalogue(path: FilePath) -> tuple[CatalogueFile, str]:
    """The catalogue in the file at ``path``, and its text.

    Raises ``CatalogueFileRefused`` with every error, also if there is no such file.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_MEGABYTES * 1_000_000 + 1)
    except OSError as error:
        detail = error.strerror or type(error).__name__
        problem = Problem(1, "", errors.FILE_UNREADABLE, {"detail": detail})
        raise CatalogueFileRefused(str(path), [problem]) from error
    return parse_catalogue(data, file=str(path)), data.decode("utf-8-sig")


def parse_catalogue(source: bytes | str, *, file: str = "catalogue") -> CatalogueFile:
    """The catalogue that ``source`` says; ``file`` is its name in errors.

    Raises ``CatalogueFileRefused`` with every error at its line and field.
    """
    reader = SourceReader(_text(source, file))
    if not reader.read():
        raise CatalogueFileRefused(file, reader.problems)
    problems = list(reader.problems)
    entries = _validated(reader.values, reader.marks, problems)
    check_entries(entries, reader.marks, problems)
    if problems or entries.whole is None:
        raise CatalogueFileRefused(file, _without_echoes(problems))
    return entries.whole


def _text(source: bytes | str, file: str) -> str:
    if len(source) > LARGEST_MEGABYTES * 1_000_000:
        problem = Problem(1, "", errors.FILE_TOO_LARGE, {"limit": LARGEST_MEGABYTES})
        raise CatalogueFileRefused(file, [problem])
    try:
        if isinstance(source, bytes):
            return source.decode("utf-8-sig")
        source.encode()
    except UnicodeError as error:
        line = 1
        if isinstance(error, UnicodeDecodeError):
            line += error.object.count(b"\n", 0, error.start)
        raise CatalogueFileRefused(file, [Problem(line, "", errors.FILE_NOT_UTF8)]) from error
    return source.removeprefix("\ufeff")


def _validated(values: Any, marks: Marks, problems: list[Problem]) -> Entries:
    """What has the right shape, with its index; the rest becomes problems.

    An entry that is wrong must not hide what is wrong with another, so the good ones are kept.
    """
    try:
        whole = CatalogueFile.model_validate(values)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True)
    else:
        return Entries.of(whole)
    bad: set[tuple[str | int, ...]] = set()
    for detail in details:
        bad.add(detail["loc"][:2])
        problems.append(_problem(detail, marks))
    return _good_entries(values, bad)


def _good_entries(values: Any, bad: set[tuple[str | int, ...]]) -> Entries:
    entries = Entries()
    if not isinstance(values, dict):
        return entries
    if not any(path[0] == "vendor" for path in bad):
        entries.vendor = VendorEntry.model_validate(values.get("vendor", {}))
    for section, model in SECTIONS.items():
        listed = values.get(section)
        if not isinstance(listed, tuple):
            continue
        good: list[tuple[int, BaseModel]] = [
            (index, model.model_validate(raw))
            for index, raw in enumerate(listed)
            if (section, index) not in bad
        ]
        entries.keep(section, good)
        key = "code" if section == "currencies" else "id"
        entries.know(section, (raw.get(key) for raw in listed if isinstance(raw, dict)))
    return entries


def _problem(detail: ErrorDetails, marks: Marks) -> Problem:
    path: Path = tuple(step for step in detail["loc"] if step != "[key]")
    kind, context = detail["type"], detail.get("ctx", {})
    code, figures = _SIMPLE.get(kind, errors.UNUSABLE), dict[str, Figure]()
    if kind == "extra_forbidden":
        code, figures = errors.KEY_UNKNOWN, {"known": known_keys(path[:-1])}
    elif kind == "literal_error":
        expected = str(context["expected"]).replace("'", "").replace(" or ", ", ")
        code, figures = errors.NOT_ONE_OF, {"expected": expected}
    elif kind == "string_pattern_mismatch":
        code = errors.NOT_AN_ID if "A-Z" in str(context["pattern"]) else errors.BLANK
    elif kind in {"string_too_long", "too_long"}:
        code, figures = errors.TOO_LONG, {"most": int(context["max_length"])}
    elif kind == "greater_than_equal":
        code, figures = errors.TOO_SMALL, {"least": int(context["ge"])}
    elif kind == "less_than_equal":
        code, figures = errors.TOO_GREAT, {"most": int(context["le"])}
    return Problem(marks.line_of(path), field_of(path), code, figures)


def _without_echoes(problems: list[Problem]) -> list[Problem]:
    """One cause, one error: what the walk said of a field is not said again of its shape."""
    seen: set[str] = set()
    kept = []
    for problem in problems:
        if problem.field and problem.field in seen and problem.code is errors.KEY_MISSING:
            continue
        seen.add(problem.field)
        kept.append(problem)
    return kept
