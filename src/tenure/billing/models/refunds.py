"""Refunds: money on its way back to whoever paid."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tenure.base.ids import new_id
from tenure.billing.models.payments import Payment
from tenure.billing.models.payouts import PayoutFile
from tenure.orders.models import Order
from tenure.organisations.models import Organisation


class RefundStatus(models.TextChoices):
    """Where a refund stands; all but ``failed`` count against what was paid.

    By card: ``intended`` is the word to call the gateway, committed before each call; ``called``
    one that the gateway has taken and is still carrying out; ``unknown`` one whose answer is
    missing. By transfer: ``awaiting_iban`` waits for the account to pay to, ``to_send`` for the
    next file to the bank, ``sent`` for the statement that shows it.
    """

    INTENDED = "intended"
    CALLED = "called"
    UNKNOWN = "unknown"
    AWAITING_IBAN = "awaiting_iban"
    TO_SEND = "to_send"
    SENT = "sent"
    DONE = "done"
    FAILED = "failed"


REFUNDS_IN_FLIGHT = (RefundStatus.INTENDED, RefundStatus.CALLED, RefundStatus.UNKNOWN)
"""Refunds of which only the gateway knows what became."""


class Refund(models.Model):
    """Some or all of a payment given back (R30). Its id is the key under which the gateway is
    called.

    ``amount`` is in minor units; ``iban`` is where a transfer goes, in ``file`` once it is in one;
    ``reason`` is a word for staff, ``failure`` the gateway's for a refusal. Times are UTC instants
    by the organisation's clock, but ``called_at`` is the machine's: it tells how long an answer
    has been missing.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="refunds")
    order = models.ForeignKey(Order, models.PROTECT, related_name="refunds")
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    method = models.CharField(max_length=13)
    status = models.CharField(max_length=13, choices=RefundStatus)
    iban = models.CharField(max_length=34, blank=True)
    file = models.ForeignKey(PayoutFile, models.PROTECT, null=True, related_name="refunds")
    gateway_reference = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    failure = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField()
    called_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount"),
            models.CheckConstraint(
                condition=Q(status__in=RefundStatus.values), name="refund_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["done", "failed"], settled_at__isnull=False)
                | (~Q(status__in=["done", "failed"]) & Q(settled_at__isnull=True)),
                name="refund_settled_at_its_end",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["called_at"],
                condition=Q(status__in=["intended", "called", "unknown"]),
                name="refund_in_flight",
            ),
        ]

    def __str__(self) -> str:
        return f"refund {self.id} ({self.status})"
