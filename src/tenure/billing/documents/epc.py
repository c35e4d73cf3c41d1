"""The EPC QR code: a SEPA transfer that a banking app fills in by itself (EPC069-12)."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Final

import segno

from tenure.billing.documents.content import Content, PaymentMeans
from tenure.billing.documents.figures import plain

MOST: Final = 99_999_999_999
"""The greatest amount that such a code may name, in cents."""
_LONGEST_NAME: Final = 70


def epc_payload(content: Content) -> str | None:
    """What the code says; None where it may not be used.

    That is for anything but a transfer of what is due, in euros, to an IBAN (R15).
    """
    payment = content.payment
    if payment is None or payment.means is not PaymentMeans.BANK_TRANSFER or not payment.iban:
        return None
    if content.currency != "EUR" or not 0 < content.due <= MOST:
        return None
    return "\n".join(
        (
            "BCD",
            "002",
            "1",
            "SCT",
            payment.bic,
            (payment.account_holder or content.seller.name)[:_LONGEST_NAME],
            payment.iban.replace(" ", ""),
            f"EUR{plain(content.due, 'EUR')}",
            "",
            payment.reference.replace(" ", ""),
            "" if payment.reference else content.number,
        )
    )


def epc_qr(content: Content) -> str | None:
    """The code as an SVG picture, medium error correction as the EPC asks; None without one."""
    payload = epc_payload(content)
    return None if payload is None else _drawn(payload)


@lru_cache(maxsize=256)
def _drawn(payload: str) -> str:
    out = io.BytesIO()
    code = segno.make_qr(payload, error="m", encoding="utf-8", boost_error=False)
    code.save(out, kind="svg", border=0, xmldecl=False, svgns=True, nl=False)
    return out.getvalue().decode()
