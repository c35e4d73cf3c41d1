"""The EPC QR code on a document: a transfer that a banking app fills in by itself (R15)."""

from __future__ import annotations

import io
from functools import lru_cache

import segno

from tenure.base.money import Money
from tenure.billing.bank.epc import epc_payload
from tenure.billing.documents.content import Content, PaymentMeans


def epc_qr(content: Content) -> str | None:
    """The code for what is due as an SVG picture, with the error correction that the EPC asks.

    None for anything but a transfer in euros to a known IBAN.
    """
    payment = content.payment
    if payment is None or payment.means is not PaymentMeans.BANK_TRANSFER or not payment.iban:
        return None
    payload = epc_payload(
        holder=payment.account_holder or content.seller.name,
        iban=payment.iban.replace(" ", ""),
        bic=payment.bic,
        amount=Money(content.due, content.currency),
        reference=payment.reference.replace(" ", ""),
    )
    return None if payload is None else _drawn(payload)


@lru_cache(maxsize=256)
def _drawn(payload: str) -> str:
    out = io.BytesIO()
    code = segno.make_qr(payload, error="m", encoding="utf-8", boost_error=False)
    code.save(out, kind="svg", border=0, xmldecl=False, svgns=True, nl=False)
    return out.getvalue().decode()
