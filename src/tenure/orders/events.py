"""What happened to carts, orders and the policy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from tenure.base.money import Money


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    """A cart became an order; ``total`` is with tax."""

    type: ClassVar[str] = "order.placed"
    order: UUID
    total: Money
    policy_version: int


@dataclass(frozen=True, slots=True)
class OrderPaid:
    """The whole amount is there (R13), or nothing was to pay."""

    type: ClassVar[str] = "order.paid"
    order: UUID
    total: Money


@dataclass(frozen=True, slots=True)
class OrderDeclined:
    """An attempt to pay failed; the order can be paid again."""

    type: ClassVar[str] = "order.declined"
    order: UUID


@dataclass(frozen=True, slots=True)
class OrderAuthenticationRequired:
    """The customer's bank asks for a step by the customer."""

    type: ClassVar[str] = "order.authentication_required"
    order: UUID


@dataclass(frozen=True, slots=True)
class OrderPaymentUnknown:
    """The gateway's answer is missing; nothing else is tried until it has come (R17)."""

    type: ClassVar[str] = "order.payment_unknown"
    order: UUID


@dataclass(frozen=True, slots=True)
class OrderWithdrawn:
    """An unpaid order was withdrawn (R16)."""

    type: ClassVar[str] = "order.withdrawn"
    order: UUID


@dataclass(frozen=True, slots=True)
class OrderAwaitingTransfer:
    """The order waits for a bank transfer, which may be booked up to a local day (R15)."""

    type: ClassVar[str] = "order.awaiting_transfer"
    order: UUID
    amount: Money
    expires_on: date


@dataclass(frozen=True, slots=True)
class OrderTransferReminded:
    """The last day for the transfer comes near; ``missing`` is what has not come yet (R15)."""

    type: ClassVar[str] = "order.transfer_reminded"
    order: UUID
    missing: Money
    expires_on: date


@dataclass(frozen=True, slots=True)
class OrderTaxCorrected:
    """The buyer's VAT number was validated later: invoiced anew, ``tax`` is given back (R45)."""

    type: ClassVar[str] = "order.tax_corrected"
    order: UUID
    tax: Money


@dataclass(frozen=True, slots=True)
class OrderCountryAccepted:
    """Staff accepted the country of an order for which too little spoke (R45)."""

    type: ClassVar[str] = "order.country_accepted"
    order: UUID


@dataclass(frozen=True, slots=True)
class OrderCancelled:
    """A paid order was taken back; ``refund``, with tax, goes back by the way it came (R30)."""

    type: ClassVar[str] = "order.cancelled"
    order: UUID
    refund: Money


@dataclass(frozen=True, slots=True)
class OrderExpired:
    """An order waited in vain for its proof or its money (R8, R15)."""

    type: ClassVar[str] = "order.expired"
    order: UUID


@dataclass(frozen=True, slots=True)
class QuoteSent:
    """A quote can be accepted, up to and including a local day (R12)."""

    type: ClassVar[str] = "quote.sent"
    quote: UUID
    total: Money
    valid_until: date


@dataclass(frozen=True, slots=True)
class QuoteAccepted:
    """A quote became its one order (R12)."""

    type: ClassVar[str] = "quote.accepted"
    quote: UUID
    order: UUID


@dataclass(frozen=True, slots=True)
class QuoteDeclined:
    """The customer does not want it, or not so (R12)."""

    type: ClassVar[str] = "quote.declined"
    quote: UUID


@dataclass(frozen=True, slots=True)
class QuoteExpired:
    """Nobody accepted it in time (R12)."""

    type: ClassVar[str] = "quote.expired"
    quote: UUID


@dataclass(frozen=True, slots=True)
class PolicyApplied:
    """A version of the policy is in force for what is bought from now on (R32)."""

    type: ClassVar[str] = "policy.applied"
    policy_version: int
