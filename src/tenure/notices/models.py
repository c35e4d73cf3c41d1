"""Mails, and up to where each organisation's journal was turned into them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tenure.base.ids import new_id
from tenure.notices.rules import MailStatus
from tenure.organisations.models import Organisation

_STATUSES = [status.value for status in MailStatus]


class Cursor(models.Model):
    """The number of the last event of a stream that was turned into mails.

    A row of its own beside the stream's, since that one is written by every checkout.
    """

    organisation_id = models.UUIDField(primary_key=True)
    sequence = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.organisation_id} up to {self.sequence}"


class Mail(models.Model):
    """One mail to one address: what it says is written when it is made, never again.

    ``key`` says what it is about and to whom, and makes it one. ``happened_at`` is a UTC instant
    by the organisation's clock; all others are the machine's. ``due_at`` is when it may be sent
    next, and while somebody sends it, until when that one alone may (``claim`` says who).
    ``useless_after`` is when nobody needs it any more. ``letter`` is what it says; the look is
    given to it when it is sent or shown. A live installation forgets it once it is sent.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=400, unique=True)
    kind = models.CharField(max_length=64)
    to = models.EmailField(max_length=254)
    to_name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=2)
    subject = models.CharField(max_length=300)
    letter = models.JSONField(null=True)
    happened_at = models.DateTimeField()
    created_at = models.DateTimeField()
    useless_after = models.DateTimeField(null=True)
    status = models.CharField(max_length=8, default=MailStatus.WAITING.value)
    due_at = models.DateTimeField()
    claim = models.UUIDField(null=True)
    attempts = models.SmallIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=_STATUSES), name="mail_status_known"),
            models.CheckConstraint(
                condition=Q(status="waiting") ^ Q(settled_at__isnull=False),
                name="mail_waits_or_is_settled",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(status="waiting"), name="mail_due"),
            models.Index(fields=["to", "id"], name="mail_of_address"),
            models.Index(
                fields=["settled_at"],
                condition=Q(status__in=["refused", "given_up"]),
                name="mail_undelivered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to} ({self.status})"
