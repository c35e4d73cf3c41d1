"""The table of all codes, made from their declarations: ``python -m tenure.cli.codes``.

``docs/codes.md`` is what this writes; a test keeps it true.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import tenure
from tenure.base.verdicts import Code, declared_codes
from tenure.cli.output import result
from tenure.host.errors import Complaint

_HEAD: Final = """# Codes

Every code that Tenure answers with: the rule of the rulebook that it serves, and its text in both
languages, with the names of its figures in braces. Made by `python -m tenure.cli.codes`.

| Code | Rule | English | Français |
|---|---|---|---|"""


def errors_modules() -> Iterator[str]:
    """The names of all modules of this installation that declare codes."""
    root = Path(tenure.__path__[0])
    for file in sorted(root.rglob("errors.py")):
        yield ".".join((tenure.__name__, *file.relative_to(root).with_suffix("").parts))


def all_codes() -> tuple[Code, ...]:
    """Every code of every area, and what a machine can complain of, in alphabetical order."""
    complaints = []
    for name in errors_modules():
        declared = vars(importlib.import_module(name)).values()
        complaints += [value for value in declared if isinstance(value, Complaint)]
    of_the_machine = (Code(said.code, None, said.en, said.fr) for said in complaints)
    return tuple(sorted((*declared_codes(), *of_the_machine), key=lambda code: code.code))


def render_code_table() -> str:
    """The whole table, in Markdown."""
    rows = (
        f"| `{code.code}` | {code.rule or ''} | {_cell(code.en)} | {_cell(code.fr)} |"
        for code in all_codes()
    )
    return "\n".join([_HEAD, *rows]) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", "<br>")


if __name__ == "__main__":
    result(render_code_table().rstrip("\n"))
