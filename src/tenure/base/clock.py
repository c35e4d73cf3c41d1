"""The one place that reads the machine's clock (R2); only edges call it."""

from __future__ import annotations

from datetime import UTC, datetime


def machine_now() -> datetime:
    """This instant, in UTC."""
    return datetime.now(UTC)
