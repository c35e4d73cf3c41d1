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


@dataclass(frozen=True, slots=True)
class TransferMatched:
    """Money on a bank statement was found to be for an order; so much is missing still (R15)."""

    type: ClassVar[str] = "transfer.matched"
    allocation: UUID
    order: UUID
    payment: UUID
    amount: Money
    missing: Money


@dataclass(frozen=True, slots=True)
class TransferReleased:
    """Money that was for an order no longer is: the vendor's staff see what becomes of it (R15)."""

    type: ClassVar[str] = "transfer.released"
    allocation: UUID
    order: UUID
    payment: UUID
    amount: Money


@dataclass(frozen=True, slots=True)
class StatementImported:
    """A bank's file was read: so many lines, of which so many had not been read before (R15)."""

    type: ClassVar[str] = "bank.statement_imported"
    statement: UUID
    found: int
    new: int


@dataclass(frozen=True, slots=True)
class TransferResolved:
    """Staff decided about money that is for no order: ``given_back``, ``not_ours`` or ``undone``.

    On the vendor's own stream (R15).
    """

    type: ClassVar[str] = "bank.transfer_resolved"
    line: UUID
    how: str
    amount: Money


@dataclass(frozen=True, slots=True)
class PayoutFileMade:
    """Refunds by transfer are in a file for the bank; ``sent`` once staff handed it over (R30)."""

    type: ClassVar[str] = "bank.payout_file"
    file: UUID
    count: int
    total: Money
    sent: bool


@dataclass(frozen=True, slots=True)
class RefundIntended:
    """Money is to go back by the way it came."""

    type: ClassVar[str] = "refund.intended"
    refund: UUID
    payment: UUID
    order: UUID
    amount: Money


@dataclass(frozen=True, slots=True)
class RefundPaid:
    """The money went back."""

    type: ClassVar[str] = "refund.paid"
    refund: UUID
    payment: UUID
    order: UUID
    amount: Money


@dataclass(frozen=True, slots=True)
class RefundFailed:
    """The money could not go back so; it counts as never given back."""

    type: ClassVar[str] = "refund.failed"
    refund: UUID
    payment: UUID
    order: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class DocumentIssued:
    """A document has its number, and never changes again (R46); ``order`` is what it is about."""

    type: ClassVar[str] = "document.issued"
    document: UUID
    kind: str
    order: UUID | None


@dataclass(frozen=True, slots=True)
class DocumentDelivered:
    """A document was handed over to the vendor's approved platform (R47)."""

    type: ClassVar[str] = "document.delivered"
    document: UUID


@dataclass(frozen=True, slots=True)
class DocumentAcknowledged:
    """The platform told where the document stands; ``code`` is its status (200 to 212)."""

    type: ClassVar[str] = "document.acknowledged"
    document: UUID
    code: int


@dataclass(frozen=True, slots=True)
class DocumentRejected:
    """The platform (213) or the customer (210) would not have the document."""

    type: ClassVar[str] = "document.rejected"
    document: UUID
    code: int


@dataclass(frozen=True, slots=True)
class PaymentMethodAdded:
    """A card was saved, to be charged when nobody is there."""

    type: ClassVar[str] = "payment_method.added"
    payment_method: UUID


@dataclass(frozen=True, slots=True)
class PaymentMethodMadeDefault:
    """That card is charged from now on, where no other is named."""

    type: ClassVar[str] = "payment_method.made_default"
    payment_method: UUID


@dataclass(frozen=True, slots=True)
class PaymentMethodRemoved:
    """A saved card is charged no more."""

    type: ClassVar[str] = "payment_method.removed"
    payment_method: UUID
