"""The table in docs/retention.md, made from the table of what is held.

To write it anew: ``python -m tests.structure.held_table``.
"""

from __future__ import annotations

import os
import re
from typing import Final

import django

from tenure.flows.retention.held import HELD
from tests.structure.tree import ROOT

PAPER: Final = ROOT / "docs" / "retention.md"
TABLE: Final = re.compile(r"(?<=<!-- table -->\n).*?(?=<!-- end -->)", re.DOTALL)


def table() -> str:
    """A row for each table that holds rows of an organisation."""
    lines = ["| table | exported | at the purge | why |", "|---|---|---|---|"]
    for held in HELD:
        exported = "yes" if held.exported else "no"
        if held.exported and held.hidden:
            exported = "without " + ", ".join(f"`{name}`" for name in held.hidden)
        lines.append(f"| `{held.label}` | {exported} | {held.at_purge.value} | {held.why} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write it anew."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenure.config.settings")
    django.setup()
    text = PAPER.read_text(encoding="utf-8")
    PAPER.write_text(TABLE.sub(lambda _: table(), text), encoding="utf-8")


if __name__ == "__main__":
    main()
