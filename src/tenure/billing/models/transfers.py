"""What a bank transfer is known by."""

from __future__ import annotations

from django.db import models

from tenure.orders.models import Order
from tenure.organisations.models import Organisation


class TransferReference(models.Model):
    """The structured reference (ISO 11649) by which transfers name an order: for good (R15)."""

    reference = models.CharField(primary_key=True, max_length=25)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    order = models.OneToOneField(Order, models.PROTECT, related_name="transfer_reference")

    def __str__(self) -> str:
        return self.reference
