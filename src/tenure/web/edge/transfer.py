"""How an order is paid by transfer, as its pages show it (R15)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from tenure.base.money import Money
from tenure.billing.bank.epc import epc_payload
from tenure.billing.bank.reference import in_groups
from tenure.billing.queries.transfers import Awaited, awaited
from tenure.catalogue.queries import known_catalogue


def transfer_shown(order: UUID) -> dict[str, Any]:
    """The account, the reference and what is missing; empty if nothing is waited for."""
    transfer = awaited([order]).get(order)
    if transfer is None:
        return {}
    facts = known_catalogue().vendor(sandbox=settings.SANDBOX).facts
    holder = facts.get("account_holder") or facts.get("name", "")
    missing = Money(transfer.missing, transfer.currency)
    return {
        "holder": holder,
        "iban": in_groups(transfer.iban),
        "bic": transfer.bic,
        "reference": in_groups(transfer.reference),
        "until": transfer.expires_on,
        "missing": missing,
        "received": Money(transfer.amount, transfer.currency) - missing,
        "code": _code(holder, transfer, missing),
    }


def _code(holder: str, transfer: Awaited, missing: Money) -> SafeString | None:
    payload = epc_payload(
        holder=holder,
        iban=transfer.iban,
        bic=transfer.bic,
        amount=missing,
        reference=transfer.reference,
    )
    if payload is None:
        return None
    drawn = segno.make(payload, error="m", micro=False, encoding="utf-8")
    return mark_safe(drawn.svg_inline(scale=4, border=2))  # noqa: S308 - drawn by segno, no text in it
