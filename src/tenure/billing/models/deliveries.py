"""What was handed over to the vendor's approved platform, and what it said (R47)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tenure.billing.models.documents import Document
from tenure.organisations.models import Organisation


class DeliveryStatus(models.TextChoices):
    """Where something for the platform stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class _Delivery(models.Model):
    """``code`` is the platform's last word (200 to 213), ``answered_at`` its instant.

    ``delivered_at`` is the machine's instant.
    """

    status = models.CharField(max_length=9, default=DeliveryStatus.WAITING)
    platform = models.CharField(max_length=20, blank=True)
    delivered_at = models.DateTimeField(null=True)
    code = models.SmallIntegerField(null=True)
    reason = models.CharField(max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class DocumentDelivery(_Delivery):
    """One document on its way to the platform; its number is the parcel's name."""

    document = models.OneToOneField(
        Document, models.PROTECT, primary_key=True, related_name="delivery"
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=DeliveryStatus.values), name="document_delivery_status_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["document"],
                condition=Q(status="waiting"),
                name="document_delivery_waiting",
            ),
            models.Index(
                fields=["document"],
                condition=Q(status="rejected"),
                name="document_delivery_rejected",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} ({self.status})"


class SalesReport(_Delivery):
    """The e-reporting data of one day of the vendor's zone, frozen when the day was over.

    ``content`` is JSON; one report a day, also of a day on which nothing was sold.
    """

    day = models.DateField(primary_key=True)
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=DeliveryStatus.values), name="sales_report_status_known"
            ),
        ]

    def __str__(self) -> str:
        return f"sales of {self.day} ({self.status})"
