"""YAML to plain values, with the line of each: our own walk over the events of libyaml.

Scalars are resolved by the core schema of YAML 1.2, so that ``NO`` is Norway and a date stays
text until a field wants one. Going by events keeps no tree, cannot recurse, and is several times
faster than composing nodes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import yaml
from yaml import events

from tenure.base.verdicts import Code, Figure
from tenure.catalogue.errors import (
    ANCHOR_USED,
    CONTROL_CHARACTER,
    FILE_EMPTY,
    FILE_NOT_YAML,
    KEY_NOT_TEXT,
    KEY_TWICE,
    SEVERAL_DOCUMENTS,
    TAG_USED,
    TOO_DEEP,
)
from tenure.catalogue.file.problems import Path, Problem, field_of
from tenure.catalogue.file.shape import Number

DEEPEST: Final = 16
"""A catalogue needs six levels."""

_LONGEST_NUMBER: Final = 20
_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE: Final = frozenset({"true", "True", "TRUE"})
_FALSE: Final = frozenset({"false", "False", "FALSE"})
_INT: Final = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class Marks:
    """Where a collection and what is in it stand: lines counted from 1, by key or index."""

    __slots__ = ("inside", "line")

    def __init__(self, line: int, inside: dict[Any, int | Marks]) -> None:
        self.line = line
        self.inside = inside

    def line_of(self, path: Path) -> int:
        """The line at ``path``, or of the nearest thing around it that exists."""
        here: int | Marks | None = self
        line = self.line
        for step in path:
            if not isinstance(here, Marks):
                break
            here = here.inside.get(step)
            if here is None:
                break
            line = here.line if isinstance(here, Marks) else here
        return line


class _Frame:
    """A collection that is being read."""

    __slots__ = ("key", "line", "marks", "values")

    def __init__(self, line: int, *, mapping: bool) -> None:
        self.values: dict[str, Any] | list[Any] = {} if mapping else []
        self.marks: dict[Any, int | Marks] = {}
        self.key: str | None = None
        self.line = line

    def path_step(self) -> str | int | None:
        return len(self.values) if isinstance(self.values, list) else self.key


class _RestUnreadableError(Exception):
    """The rest of the file cannot be read."""


class SourceReader:
    """Reads one document. After ``read``: ``values``, ``marks``, and ``problems`` on the way."""

    def __init__(self, text: str) -> None:
        self.values: Any = None
        self.marks = Marks(1, {})
        self.problems: list[Problem] = []
        self._stack: list[_Frame] = []
        self._text = text
        self._done = False

    def read(self) -> bool:
        """Whether the document could be read to its end; problems say what was wrong."""
        try:
            for event in self._events():
                self._take(event)
        except _RestUnreadableError:
            return False
        if not self._done:
            self._problem(1, FILE_EMPTY)
            return False
        return True

    def _events(self) -> Iterator[events.Event]:
        try:
            yield from yaml.parse(self._text, Loader=_LOADER)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 1
            self._problem(line, FILE_NOT_YAML, detail=str(error.problem or error.context))
            raise _RestUnreadableError from error
        except yaml.reader.ReaderError as error:
            line = self._text.count("\n", 0, error.position) + 1
            self._problem(line, FILE_NOT_YAML, detail=str(error.reason))
            raise _RestUnreadableError from error

    def _take(self, event: Any) -> None:
        kind = event.__class__
        if kind is events.ScalarEvent:
            self._scalar(event)
        elif kind is events.MappingStartEvent or kind is events.SequenceStartEvent:
            self._open(event)
        elif kind is events.MappingEndEvent or kind is events.SequenceEndEvent:
            self._close()
        elif kind is events.AliasEvent:
            self._alias(event.start_mark.line + 1)
        elif kind is events.DocumentStartEvent and self._done:
            self._problem(event.start_mark.line + 1, SEVERAL_DOCUMENTS)
            raise _RestUnreadableError

    def _alias(self, line: int) -> None:
        self._problem(line, ANCHOR_USED)
        if self._at_key():
            raise _RestUnreadableError
        self._put(None, line, line)

    def _at_key(self) -> bool:
        frame = self._stack[-1] if self._stack else None
        return frame is not None and frame.key is None and isinstance(frame.values, dict)

    def _scalar(self, event: Any) -> None:
        line = event.start_mark.line + 1
        if event.anchor is not None or event.tag is not None:
            self._decorated(event, line)
        text: str = event.value
        if event.style == '"' and _CONTROL.search(text):
            self._problem(line, CONTROL_CHARACTER)
            text = _CONTROL.sub("?", text)
        value = _resolve(text) if event.implicit[0] else text
        if self._at_key():
            self._key(self._stack[-1], text, line, is_text=isinstance(value, str))
        else:
            self._put(value, line, line)

    def _decorated(self, event: Any, line: int) -> None:
        if event.anchor is not None:
            self._problem(line, ANCHOR_USED)
        if event.tag is not None:
            self._problem(line, TAG_USED, tag=event.tag[:100])

    def _key(self, frame: _Frame, text: str, line: int, *, is_text: bool) -> None:
        if not is_text:
            self._problem(line, KEY_NOT_TEXT, key=text[:100])
        elif text in frame.marks:
            first = frame.marks[text]
            first_line = first.line if isinstance(first, Marks) else first
            frame.key = text
            self._problem(line, KEY_TWICE, key=text[:100], first_line=first_line)
        frame.key = text
        frame.marks.setdefault(text, line)

    def _open(self, event: Any) -> None:
        line = event.start_mark.line + 1
        if event.anchor is not None or event.tag is not None:
            self._decorated(event, line)
        if len(self._stack) >= DEEPEST:
            self._problem(line, TOO_DEEP, limit=DEEPEST)
            raise _RestUnreadableError
        if self._at_key():
            self._problem(line, KEY_NOT_TEXT, key="…")
            raise _RestUnreadableError
        self._stack.append(_Frame(line, mapping=event.__class__ is events.MappingStartEvent))

    def _close(self) -> None:
        frame = self._stack.pop()
        values = frame.values
        line = frame.line
        if self._stack and (key := self._stack[-1].key) is not None:
            around = self._stack[-1].marks[key]
            line = around if isinstance(around, int) else around.line
        marks = Marks(line, frame.marks)
        self._put(values if isinstance(values, dict) else tuple(values), line, marks)

    def _put(self, value: Any, line: int, mark: int | Marks) -> None:
        """Store what was read in the collection around it.

        A key without a value is as good as no key, but its line is kept.
        """
        if not self._stack:
            self.values = value
            self.marks = mark if isinstance(mark, Marks) else Marks(line, {})
            self._done = True
            return
        frame = self._stack[-1]
        if isinstance(frame.values, list):
            frame.marks[len(frame.values)] = mark
            frame.values.append(value)
            return
        key = frame.key or ""
        frame.key = None
        if isinstance(mark, Marks):
            frame.marks[key] = mark
        if value is not None:
            frame.values[key] = value

    def _problem(self, line: int, code: Code, **figures: Figure) -> None:
        path = tuple(step for frame in self._stack if (step := frame.path_step()) is not None)
        self.problems.append(Problem(line, field_of(path), code, figures))


def _resolve(text: str) -> object:
    """A plain scalar's value by the core schema of YAML 1.2.

    A number of more digits than any field takes stays text: Python would spend quadratic time.
    """
    first = text[:1]
    if first.isalpha() and first not in "nNtTfF":
        return text
    if text in _NULLS:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if len(text) > _LONGEST_NUMBER or not (first.isdigit() or first in "-+."):
        return text
    if _INT.fullmatch(text):
        value = int(text, 0) if text[:2] in {"0o", "0x"} else int(text)
        return value if str(value) == text else Number(value, text)
    if not _FLOAT.fullmatch(text):
        return text
    return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))


_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
