"""What happened to money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from tenure.base.money import Money


@dataclass(frozen=True, slots=True)
class PaymentCaptured:
    """The gateway has the money."""

    type: ClassVar[str] = "payment.captured"
    payment: UUID
    order: UUID
    amount: Money


@dataclass(frozen=True, slots=True)
class PaymentDeclined:
    """The gateway refused, or was found never to have charged."""

    type: ClassVar[str] = "payment.declined"
    payment: UUID
    order: UUID
    reason: str
