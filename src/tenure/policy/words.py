"""The few words in which a policy speaks."""

from __future__ import annotations

from enum import StrEnum


class Audience(StrEnum):
    """Whom a vendor sells to: companies, makers, students (R3)."""

    BUSINESS = "business"
    CREATOR = "creator"
    STUDENT = "student"

    @property
    def is_consumer(self) -> bool:
        """Whether prices are shown and held with tax (R7) and consumer law applies (R33)."""
        return self is not Audience.BUSINESS


class PaymentMethod(StrEnum):
    """How an order is paid (R14)."""

    CARD = "card"
    BANK_TRANSFER = "bank_transfer"
