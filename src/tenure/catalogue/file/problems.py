"""What is wrong with a catalogue file: where, by which code, with which figures."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tenure.base.errors import FieldError, Invalid
from tenure.base.verdicts import NO_FIGURES, Code, Figures
from tenure.base.wording import sentence
from tenure.catalogue.errors import FILE_REFUSED

SHOWN_PROBLEMS: Final = 100
"""So many errors are listed; of the others only the number is told."""

Path = tuple[str | int, ...]

_PLAIN_KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")


def field_of(path: Path) -> str:
    """A path as people read it: ``offers[12].prices[0].amount``."""
    parts: list[str] = []
    for step in path:
        if isinstance(step, int):
            parts.append(f"[{step}]")
        elif _PLAIN_KEY.fullmatch(step):
            parts.append(f".{step}" if parts else step)
        else:
            shown = step if len(step) <= 40 else step[:39] + "…"
            parts.append(f"[{shown!a}]" if not shown.isprintable() else f'["{shown}"]')
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class Problem:
    """One error of a file: the line (from 1) and the field at which to change something."""

    line: int
    field: str
    code: Code
    figures: Figures = dataclasses.field(default_factory=lambda: NO_FIGURES)

    def text(self, language: str) -> str:
        """What to change, in ``language`` (``en`` or ``fr``)."""
        return sentence(self.code, self.figures, language)


class CatalogueFileRefused(Invalid):
    """A catalogue file with errors. ``problems`` are the first of them, by line.

    ``more`` is how many others there are.
    """

    def __init__(self, file: str, problems: Iterable[Problem]) -> None:
        found = sorted(problems, key=lambda problem: problem.line)
        super().__init__(
            [
                FieldError(each.field, each.code, {**each.figures, "line": each.line})
                for each in found[:SHOWN_PROBLEMS]
            ]
        )
        self.code = FILE_REFUSED
        self.figures = {"count": len(found)}
        self.file = file
        self.problems = tuple(found[:SHOWN_PROBLEMS])
        self.more = len(found) - len(self.problems)

    def __str__(self) -> str:
        return "\n".join(self.lines("en"))

    def lines(self, language: str) -> list[str]:
        """Each problem as ``file:line: field: text``."""
        return [
            ": ".join(
                part
                for part in (
                    f"{self.file}:{problem.line}",
                    problem.field,
                    problem.text(language),
                )
                if part
            )
            for problem in self.problems
        ]
