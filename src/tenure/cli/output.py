"""Where the command writes: results on stdout, everything else on stderr."""

from __future__ import annotations

import json
import sys
from typing import Any


def result(text: str) -> None:
    """One line of what was asked for."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def figures(values: Any) -> None:
    """What was asked for as JSON, for ``--json``."""
    result(json.dumps(values, ensure_ascii=False, indent=2, default=str))


def remark(text: str) -> None:
    """A word beside the result: progress, warnings, what went wrong."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
