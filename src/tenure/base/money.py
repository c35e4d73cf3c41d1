"""Money: an integer amount in minor units, with its ISO 4217 currency (R44)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """``amount`` in minor units (cents; yen have none) of ``currency`` (ISO 4217)."""

    amount: int
    currency: str
