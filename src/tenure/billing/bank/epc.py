"""The EPC QR code (EPC069-12): what a banking app fills a transfer in euros from."""

from __future__ import annotations

from tenure.base.money import Money

_MOST_CENTS = 99_999_999_999
_MOST_NAME = 70


def epc_payload(*, holder: str, iban: str, bic: str, amount: Money, reference: str) -> str | None:
    """The text of the code; None for what it cannot carry, such as other currencies (R15)."""
    if amount.currency != "EUR" or not 0 < amount.amount <= _MOST_CENTS:
        return None
    whole, cents = divmod(amount.amount, 100)
    lines = (
        "BCD",
        "002",
        "1",
        "SCT",
        bic,
        " ".join(holder.split())[:_MOST_NAME],
        iban,
        f"EUR{whole}.{cents:02d}",
        "",
        reference,
    )
    return "\n".join(lines)
