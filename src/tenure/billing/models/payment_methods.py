"""Saved cards, and the names that gateways have for customers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tenure.base.ids import new_id
from tenure.organisations.models import Organisation


class PaymentMethodStatus(models.TextChoices):
    """Where a saved card stands.

    ``intended`` is the word to call the gateway, committed before it is called;
    ``authentication_required`` waits for a step of the customer's; only ``active`` ones can be
    charged.
    """

    INTENDED = "intended"
    AUTHENTICATION_REQUIRED = "authentication_required"
    ACTIVE = "active"
    DECLINED = "declined"
    REMOVED = "removed"


class PaymentMethod(models.Model):
    """A card that an organisation is charged by when nobody is there (R24). Its id is the key under
    which the gateway is asked to save it.

    No card number: ``reference`` is the gateway's word for the card, ``fingerprint`` the same for
    the same card; ``last4`` and the expiry are for people to tell it by. ``token`` is what it was
    made of. Times are UTC instants by the organisation's clock, ``called_at`` is the machine's.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="payment_methods")
    gateway = models.CharField(max_length=20)
    token = models.CharField(max_length=100, blank=True)
    reference = models.CharField(max_length=100, blank=True)
    fingerprint = models.CharField(max_length=100, blank=True)
    brand = models.CharField(max_length=20, blank=True)
    last4 = models.CharField(max_length=4, blank=True)
    exp_month = models.SmallIntegerField(default=0)
    exp_year = models.SmallIntegerField(default=0)
    is_default = models.BooleanField(default=False)
    status = models.CharField(max_length=23, choices=PaymentMethodStatus)
    failure = models.CharField(max_length=60, blank=True)
    gateway_reference = models.CharField(max_length=255, blank=True)
    gateway_customer = models.CharField(max_length=100, blank=True)
    action_url = models.TextField(blank=True)
    created_at = models.DateTimeField()
    called_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=PaymentMethodStatus.values), name="payment_method_status"
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(status="active"),
                name="payment_method_default_active",
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(is_default=True),
                name="payment_method_one_default",
            ),
            models.UniqueConstraint(
                fields=["organisation", "gateway", "fingerprint"],
                condition=Q(status="active"),
                name="payment_method_card_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["called_at"],
                condition=Q(status__in=["intended", "authentication_required"]),
                name="payment_method_in_flight",
            ),
            models.Index(fields=["organisation", "id"], name="payment_method_of"),
        ]

    def __str__(self) -> str:
        return f"{self.brand} {self.last4} ({self.status})"


class GatewayCustomer(models.Model):
    """What a gateway calls an organisation, whose cards it keeps."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    gateway = models.CharField(max_length=20)
    reference = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "gateway"], name="gateway_customer_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} at {self.gateway}"
