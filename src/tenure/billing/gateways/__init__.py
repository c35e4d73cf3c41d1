"""Gateways: whoever moves card money for the vendor. One module each, one small protocol."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol
from uuid import UUID

from tenure.base.money import Money


class Result(Enum):
    """What a gateway says of a charge."""

    CAPTURED = "captured"
    DECLINED = "declined"
    AUTHENTICATION_REQUIRED = "authentication_required"
    UNKNOWN = "unknown"
    """No answer came: the charge may have happened (R17)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one charge; ``reason`` is the gateway's word for a refusal."""

    payment: UUID
    result: Result
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge to be made once under ``payment``, its key: repeated, it gives the first answer."""

    payment: UUID
    token: str
    amount: Money


class RefundResult(Enum):
    """What a gateway says of a refund."""

    DONE = "done"
    ON_ITS_WAY = "on_its_way"
    """Taken, and still being carried out; asked again later."""
    FAILED = "failed"
    UNKNOWN = "unknown"
    """No answer came: the money may have gone back."""


@dataclass(frozen=True, slots=True)
class RefundOutcome:
    """The result of one refund; ``reference`` is the gateway's name for it."""

    refund: UUID
    result: RefundResult
    reason: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """Money to be given back once under ``refund``, its key, of what ``payment`` charged."""

    refund: UUID
    payment: UUID
    amount: Money


class Gateway(Protocol):
    """What Tenure asks of a gateway. Every call happens outside of any transaction."""

    name: str

    def charge(self, charge: Charge) -> Outcome:
        """Charge a card; a lost answer is ``UNKNOWN``, never an exception."""
        ...

    def ask(self, payment: UUID) -> Outcome:
        """What became of a charge; one that never arrived is closed, so that none can follow."""
        ...

    def cancel(self, payment: UUID) -> Outcome:
        """Give up a charge that waits for the customer; one captured in the meantime stays so."""
        ...

    def refund(self, order: RefundOrder) -> RefundOutcome:
        """Give money back, once per key; a lost answer is ``UNKNOWN``, never an exception."""
        ...

    def ask_refund(self, order: RefundOrder) -> RefundOutcome | None:
        """What became of a refund; None for one that surely never arrived."""
        ...
