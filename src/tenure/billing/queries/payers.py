"""Which account paid by transfer."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final
from uuid import UUID

from tenure.events.rows import read_values


def payer_ibans(payments: Collection[UUID]) -> dict[UUID, tuple[str, str]]:
    """The account that paid each of ``payments``, and its holder; none where several did."""
    return {
        payment: (iban, name)
        for payment, count, iban, name in read_values(_PAYERS, [list(payments)])
        if count == 1 and iban
    }


_PAYERS: Final = """
    SELECT share.payment_id, count(DISTINCT line.iban), min(line.iban), min(line.name)
    FROM billing_bankallocation AS share
    JOIN billing_bankline AS line ON line.id = share.line_id
    WHERE share.payment_id = ANY((SELECT %s::uuid[])::uuid[]) AND share.undone_at IS NULL
    GROUP BY share.payment_id
"""
"""By the list of keys as ``AMONG`` finds them."""
