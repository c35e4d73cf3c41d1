"""The table in docs/policy.md, made from the policy's own words.

To write it anew: ``python -m tests.structure.policy_table``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from pydantic import BaseModel

from tenure.policy.loading import default_policy
from tests.structure.tree import ROOT

PAPER: Final = ROOT / "docs" / "policy.md"
TABLE: Final = re.compile(r"(?<=<!-- table -->\n).*?(?=<!-- end -->)", re.DOTALL)


def rows(section: BaseModel, path: str = "") -> Iterator[str]:
    """A row for each key below ``section``: its name, default, rule and meaning."""
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        if isinstance(value, BaseModel):
            about = (type(value).__doc__ or "").partition("\n")[0]
            yield f"| **`{path}{name}`** | | | **{about}** |"
            yield from rows(value, f"{path}{name}.")
        else:
            rule, _, meaning = (field.description or "").partition(": ")
            yield f"| `{path}{name}` | `{written(value)}` | {rule} | {meaning} |"


def written(value: Any) -> str:
    """A value as TOML has it."""
    return json.dumps(list(value) if isinstance(value, tuple) else value)


def table() -> str:
    """All keys of the policy with their defaults."""
    head = ["| key | default | rule | meaning |", "|---|---|---|---|"]
    return "\n".join([*head, *rows(default_policy()), ""])


def main() -> None:
    """Put the table in its place."""
    paper = PAPER.read_text(encoding="utf-8")
    PAPER.write_text(TABLE.sub(lambda _: table(), paper), encoding="utf-8")


if __name__ == "__main__":
    main()
