"""``tenure settings``: what this installation was told, and by whom."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from tenure.cli.output import figures, result
from tenure.cli.wording import language, say
from tenure.host.settings import Found, find_settings, read_settings

_HIDDEN = "********"


def settings(
    as_json: Annotated[bool, typer.Option("--json", help=say("As JSON.", "En JSON."))] = False,
) -> None:
    """Print every setting with its value, its meaning and where it came from."""
    read_settings(os.environ)  # a value that cannot be used is named before all others
    rows = [_row(found) for found in find_settings(os.environ)]
    if as_json:
        figures(rows)
        return
    source = say("from:", "origine\u00a0:")
    for row in rows:
        result(f"{row['name']}={row['value']}")
        result(f"    {row['meaning']}")
        result(f"    {source} {row['source']}")


def _row(found: Found) -> dict[str, str]:
    setting = found.setting
    french = language() == "fr"
    if found.text is None:
        value = f"({setting.without[1] if french else setting.without[0]})"
    else:
        value = _HIDDEN if setting.secret else found.text
    return {
        "name": setting.name,
        "value": value,
        "meaning": setting.fr if french else setting.en,
        "source": found.source or say("default", "valeur par défaut"),
    }
