"""Reference rates of the European Central Bank, read from its files or its address (R48)."""

from __future__ import annotations

import http.client
from typing import Final
from urllib.parse import urlsplit
from urllib.request import urlopen

import structlog

from tenure.base.errors import Invalid
from tenure.billing.ledger.rates import keep_fixings, parse_fixings

_log = structlog.get_logger()

PATIENCE: Final = 20
"""Seconds for each step of reading."""

MOST_READ: Final = 1 << 20
"""A day is some kilobytes; more is none."""


def keep_rates(content: bytes) -> int:
    """Keep what a file of the bank's says; returns how many rates are new. Raises ``Invalid``."""
    return keep_fixings(parse_fixings(content))


def read_rates(*, url: str) -> int | None:
    """Read the rates of the day and keep them; returns how many are new, None if none were had.

    The last known rate stands until the next time: nothing waits for this.
    """
    if urlsplit(url).scheme not in {"http", "https"}:
        raise ValueError(url)
    try:
        with urlopen(url, timeout=PATIENCE) as answer:  # noqa: S310  # its scheme is checked
            return keep_rates(answer.read(MOST_READ))
    except (OSError, http.client.HTTPException, Invalid) as problem:
        _log.warning("rates_unread", url=url, why=type(problem).__name__)
        return None
