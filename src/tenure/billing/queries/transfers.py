"""Reads of orders that wait for a transfer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings

from tenure.base.calendar import local_date, zone_named
from tenure.billing.models import Payment, PaymentStatus
from tenure.catalogue.queries import known_catalogue
from tenure.events.rows import read_values
from tenure.policy.words import PaymentMethod

_INSTANT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Awaited:
    """What a customer transfers, and where to: amounts in minor units of ``currency``.

    ``expires_on`` is the last local day on which it may be booked (R15).
    """

    order: UUID
    reference: str
    iban: str
    bic: str
    amount: int
    missing: int
    currency: str
    expires_on: date


def awaited(orders: Collection[UUID]) -> dict[UUID, Awaited]:
    """The transfers that those of ``orders`` wait for that wait for one."""
    found = read_values(_AWAITED, [list(orders)])
    if not found:
        return {}
    vendor = known_catalogue().vendor(sandbox=settings.SANDBOX)
    transfers = {}
    for order, reference, amount, received, currency, expires_at, timezone in found:
        account = vendor.account(currency)
        transfers[order] = Awaited(
            order=order,
            reference=reference,
            iban=account.iban if account else "",
            bic=account.bic if account else "",
            amount=amount,
            missing=amount - received,
            currency=currency,
            expires_on=local_date(expires_at - _INSTANT, zone_named(timezone)),
        )
    return transfers


_AWAITED: Final = """
    SELECT placed.id, payment.token, payment.amount,
           coalesce((
               SELECT sum(amount) FROM billing_bankallocation AS share
               WHERE share.order_id = placed.id AND share.undone_at IS NULL
           ), 0)::bigint,
           payment.currency, placed.expires_at, organisation.timezone
    FROM orders_order AS placed
    JOIN billing_payment AS payment
      ON payment.order_id = placed.id AND payment.status = 'awaiting_transfer'
    JOIN organisations_organisation AS organisation ON organisation.id = placed.organisation_id
    WHERE placed.id = ANY((SELECT %s::uuid[])::uuid[]) AND placed.status = 'awaiting_transfer'
    ORDER BY placed.id
"""


def paid_by_transfer(order: UUID) -> bool:
    """Whether the money for an order came by transfer, so that its renewal does (R24)."""
    return Payment.objects.filter(
        order_id=order, status=PaymentStatus.CAPTURED, method=PaymentMethod.BANK_TRANSFER
    ).exists()
