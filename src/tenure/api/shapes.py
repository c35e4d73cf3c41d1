"""Shapes that many answers share. Answers are plain dicts; these say what is in them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Generic, TypeVar

from pydantic import WithJsonSchema
from typing_extensions import TypedDict

from tenure.api.documents import moment

Item = TypeVar("Item")

Day = Annotated[str, WithJsonSchema({"type": "string", "format": "date"})]
"""A date in the organisation's zone."""

Instant = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
"""A moment: RFC 3339, UTC."""


class MoneyOut(TypedDict):
    """An amount in minor units, with its currency."""

    amount: int
    currency: str


class Page(TypedDict, Generic[Item]):
    """Some of a list, and the cursor of what comes next; null at its end."""

    data: list[Item]
    next_cursor: str | None


def money_out(amount: int, currency: str) -> MoneyOut:
    """An amount as it goes out."""
    return {"amount": amount, "currency": currency}


def instant(at: datetime) -> str:
    """A UTC instant as it goes out."""
    return moment(at)
