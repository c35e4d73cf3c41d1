"""Money that comes in and goes back, its papers and books, and the sandbox gateway's memory."""

from __future__ import annotations

from tenure.billing.models.bank import (
    BankAllocation,
    BankImport,
    BankLine,
    BankOutcome,
    BankResolution,
    BankStagedLine,
    NotACustomers,
)
from tenure.billing.models.deliveries import DeliveryStatus, DocumentDelivery, SalesReport
from tenure.billing.models.documents import (
    Document,
    DocumentFile,
    DocumentFormat,
    DocumentSeries,
)
from tenure.billing.models.ledger import Entry, ExchangeRate, Recognition
from tenure.billing.models.payment_methods import (
    GatewayCustomer,
    PaymentMethod,
    PaymentMethodStatus,
)
from tenure.billing.models.payments import IN_FLIGHT, Payment, PaymentStatus
from tenure.billing.models.payouts import BankPayout, PayoutFile
from tenure.billing.models.refunds import REFUNDS_IN_FLIGHT, Refund, RefundStatus
from tenure.billing.models.sandbox import SandboxCharge, SandboxRefund
from tenure.billing.models.transfers import TransferReference

__all__ = [
    "IN_FLIGHT",
    "REFUNDS_IN_FLIGHT",
    "BankAllocation",
    "BankImport",
    "BankLine",
    "BankOutcome",
    "BankPayout",
    "BankResolution",
    "BankStagedLine",
    "DeliveryStatus",
    "Document",
    "DocumentDelivery",
    "DocumentFile",
    "DocumentFormat",
    "DocumentSeries",
    "Entry",
    "ExchangeRate",
    "GatewayCustomer",
    "NotACustomers",
    "Payment",
    "PaymentMethod",
    "PaymentMethodStatus",
    "PaymentStatus",
    "PayoutFile",
    "Recognition",
    "Refund",
    "RefundStatus",
    "SalesReport",
    "SandboxCharge",
    "SandboxRefund",
    "TransferReference",
]
