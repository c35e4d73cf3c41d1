"""The sandbox gateway's own memory: it is another party, with books of its own."""

from __future__ import annotations

from django.db import models


class SandboxCharge(models.Model):
    """What the sandbox gateway was asked to charge.

    One row per key, whatever was sent; ``status`` is ``captured``, ``declined``,
    ``authentication_required`` or ``cancelled``. ``refunded`` is what it has given back of it, in
    minor units, never more than it took.
    """

    key = models.UUIDField(primary_key=True)
    token = models.CharField(max_length=100)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=23)
    decline_code = models.CharField(max_length=40, blank=True)
    refunded = models.BigIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return f"{self.token} ({self.status})"


class SandboxRefund(models.Model):
    """What the sandbox gateway was asked to give back: one row per key, ``done`` or ``failed``."""

    key = models.UUIDField(primary_key=True)
    charge = models.UUIDField()
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=6)

    def __str__(self) -> str:
        return f"refund of {self.charge} ({self.status})"
