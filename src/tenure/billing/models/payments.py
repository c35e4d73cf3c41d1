"""Payments: attempts to pay an order."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tenure.base.ids import new_id
from tenure.orders.models import Order
from tenure.organisations.models import Organisation


class PaymentStatus(models.TextChoices):
    """Where a payment stands.

    ``intended`` is the word to call the gateway, committed before each call; ``promised`` a card
    that will be charged once something else has been proved (R8). ``awaiting_transfer`` is money
    that the customer sends: nobody is called for it, a bank statement shows it (R15).
    """

    PROMISED = "promised"
    INTENDED = "intended"
    UNKNOWN = "unknown"
    AUTHENTICATION_REQUIRED = "authentication_required"
    AWAITING_TRANSFER = "awaiting_transfer"
    CAPTURED = "captured"
    DECLINED = "declined"


IN_FLIGHT = (PaymentStatus.INTENDED, PaymentStatus.UNKNOWN)
"""Payments whose outcome only the gateway knows: no other attempt until it has answered (R17)."""


class Payment(models.Model):
    """One attempt to pay one order. Its id is the key under which the gateway is called (R17).

    ``token`` is the gateway's word for the card, never a card number, or the reference of a
    transfer. ``amount`` is in minor units. Times are UTC instants by the organisation's clock, but
    ``called_at`` is the machine's: it tells how long an answer has been missing.

    Without a ``token`` the customer gives the card on the gateway's own page. ``saves_card``: it
    can be charged again for renewals, which confirming the order agreed to (R18); ``off_session``:
    nobody is there (R24). ``gateway_reference`` and ``gateway_customer`` are the gateway's names
    for the charge and for who pays, ``action_url`` where the customer takes a step.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="payments")
    order = models.ForeignKey(Order, models.PROTECT, related_name="payments", db_index=False)
    method = models.CharField(max_length=13)
    gateway = models.CharField(max_length=20)
    token = models.CharField(max_length=100)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=23, choices=PaymentStatus)
    decline_code = models.CharField(max_length=60, blank=True)
    gateway_reference = models.CharField(max_length=255, blank=True)
    gateway_customer = models.CharField(max_length=100, blank=True)
    action_url = models.TextField(blank=True)
    saves_card = models.BooleanField(default=True)
    off_session = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    called_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount"),
            models.CheckConstraint(
                condition=Q(status__in=PaymentStatus.values), name="payment_status_known"
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(
                    status__in=[
                        "promised",
                        "intended",
                        "unknown",
                        "authentication_required",
                        "awaiting_transfer",
                        "captured",
                    ]
                ),
                name="payment_one_open_or_captured_per_order",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["called_at"],
                condition=Q(status__in=["intended", "unknown"]),
                name="payment_in_flight",
            ),
            models.Index(
                fields=["called_at"],
                condition=Q(status="authentication_required"),
                name="payment_at_a_step",
            ),
            models.Index(fields=["order", "id"], name="payment_of_order"),
        ]

    def __str__(self) -> str:
        return f"payment {self.id} ({self.status})"
