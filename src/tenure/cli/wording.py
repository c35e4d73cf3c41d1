"""What the command says, in the language of the terminal (English or French)."""

from __future__ import annotations

import os
from collections.abc import Mapping

from tenure.base.errors import Invalid, TenureError
from tenure.base.wording import sentence


def language(environ: Mapping[str, str] = os.environ) -> str:
    """``fr`` or ``en``, by the first that is set of LC_ALL, LC_MESSAGES and LANG."""
    locale = next((environ[n] for n in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(n)), "")
    return "fr" if locale.lower().startswith("fr") else "en"


def say(en: str, fr: str) -> str:
    """One of two texts, by the language of the terminal."""
    return fr if language() == "fr" else en


def lines_of(error: TenureError, language: str) -> list[str]:
    """What went wrong, and for what was malformed a line for each field."""
    lines = [sentence(error.code, error.figures, language)]
    if isinstance(error, Invalid):
        lines += [
            f"  {wrong.field}: {sentence(wrong.code, wrong.figures, language)}"
            for wrong in error.field_errors
        ]
    return lines
