"""Papers about orders: plain steps for use inside others' transactions (R46, R47)."""

from __future__ import annotations

from tenure.flows.documents.correcting import Credit, CreditLine, issue_credit_notes
from tenure.flows.documents.facts import (
    Bought,
    BoughtLine,
    buyer_party,
    read_bought,
    transfer_terms,
    vendor_facts,
)
from tenure.flows.documents.issuing import (
    ProForma,
    QuotePaper,
    Receipt,
    issue_invoices,
    issue_pro_formas,
    issue_quote_papers,
    issue_receipts,
    quote_content,
)

__all__ = [
    "Bought",
    "BoughtLine",
    "Credit",
    "CreditLine",
    "ProForma",
    "QuotePaper",
    "Receipt",
    "buyer_party",
    "issue_credit_notes",
    "issue_invoices",
    "issue_pro_formas",
    "issue_quote_papers",
    "issue_receipts",
    "quote_content",
    "read_bought",
    "transfer_terms",
    "vendor_facts",
]
