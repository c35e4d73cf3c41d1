"""What the components show on the page of the design system."""

from __future__ import annotations

from datetime import date
from typing import Any

from tenure.base.money import Money


def samples() -> dict[str, Any]:
    """The context of the page."""
    return {
        "today": date(2027, 11, 6),
        "deadline": date(2027, 11, 18),
        "ends_on": date(2027, 11, 23),
        "total": Money(123456, "EUR"),
        "whole": Money(120000, "EUR"),
    }
