"""Money that leaves by transfer: in files for the bank, each made once (R15, R30)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tenure.base.ids import new_id
from tenure.organisations.models import Organisation


class PayoutFile(models.Model):
    """A file of transfers for the bank (pain.001), kept as it was made; it is never made again.

    ``content`` is empty until it is written down; ``total`` is in minor units of ``currency``.
    Times are the machine's instants.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.CharField(max_length=34)
    currency = models.CharField(max_length=3)
    count = models.IntegerField()
    total = models.BigIntegerField()
    content = models.BinaryField(blank=True, default=b"")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    sent_at = models.DateTimeField(null=True)
    sent_by = models.CharField(max_length=80, blank=True)

    def __str__(self) -> str:
        return f"{self.count} transfers, {self.total} {self.currency}"


class BankPayout(models.Model):
    """Money of a statement's line that goes back to whoever sent it, without an order (R15).

    ``line`` is where it came from; ``status`` is ``to_send``, ``sent``, ``done`` (a statement shows
    it) or ``withdrawn``.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    line = models.ForeignKey("billing.BankLine", models.PROTECT, related_name="payouts")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    name = models.CharField(max_length=140)
    iban = models.CharField(max_length=34)
    reason = models.CharField(max_length=500)
    status = models.CharField(max_length=9)
    file = models.ForeignKey(PayoutFile, models.PROTECT, null=True, related_name="payouts")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=80)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="bank_payout_amount"),
            models.CheckConstraint(
                condition=Q(status__in=["to_send", "sent", "done", "withdrawn"]),
                name="bank_payout_status",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} ({self.status})"
