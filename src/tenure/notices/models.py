"""Mails and webhooks, and up to where each organisation's journal was told by them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tenure.base.ids import new_id
from tenure.notices.rules import MailStatus
from tenure.notices.webhooks.rules import DeliveryStatus, DisabledWhy
from tenure.organisations.models import Organisation

_STATUSES = [status.value for status in MailStatus]
_DELIVERY_STATUSES = [status.value for status in DeliveryStatus]
_WHYS = [why.value for why in DisabledWhy]


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


class Webhook(models.Model):
    """An endpoint that is told what happens: an organisation's, or the vendor's without one.

    ``types`` are the types of event that it wants, all if there are none. ``old_secret`` signs as
    well until ``old_secret_until``. ``failures`` counts in a row how often it could not be
    reached, and ``rests_until`` is how long it is left alone since; ``failing_since`` is when it
    last began to take nothing. All instants are the machine's.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    url = models.CharField(max_length=1000)
    name = models.CharField(max_length=100, blank=True)
    types = ArrayField(models.CharField(max_length=64), default=list)
    secret = models.CharField(max_length=100)
    old_secret = models.CharField(max_length=100, blank=True)
    old_secret_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    disabled_at = models.DateTimeField(null=True)
    disabled_why = models.CharField(max_length=12, blank=True)
    failures = models.IntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(disabled_why__in=_WHYS), name="webhook_why_known"),
            models.CheckConstraint(
                condition=Q(disabled_why="") ^ Q(disabled_at__isnull=False),
                name="webhook_disabled_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.url} ({self.disabled_why or 'enabled'})"


class WebhookFeed(models.Model):
    """Up to where one organisation's journal was told to one endpoint.

    ``sequence`` is the number of the last event that is done with. ``due_at`` is when the next
    one is tried: null if none is known, and while somebody sends, until when that one alone may
    (``claim`` says who). ``attempts`` counts those of the event that comes next.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="feeds")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    sequence = models.BigIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    claim = models.UUIDField(null=True)
    attempts = models.SmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["webhook", "organisation"], name="webhook_feed_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["webhook", "due_at", "id"],
                condition=Q(due_at__isnull=False),
                name="webhook_feed_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.webhook_id} up to {self.sequence}"


class WebhookDelivery(models.Model):
    """What became of one event at one endpoint: the log, and what people ask to be sent again.

    ``code`` is the status of the last answer, null without one, ``answer`` its first words or
    what went wrong. ``again_at`` is when it is sent again because somebody asked; while it is
    being sent, until when the one of ``claim`` alone may. Instants are the machine's.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    event_id = models.UUIDField()
    sequence = models.BigIntegerField()
    type = models.CharField(max_length=64)
    status = models.CharField(max_length=9)
    attempts = models.IntegerField()
    code = models.SmallIntegerField(null=True)
    answer = models.CharField(max_length=300, blank=True)
    milliseconds = models.IntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    again_at = models.DateTimeField(null=True)
    claim = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["webhook", "event_id"], name="webhook_delivery_once"),
            models.CheckConstraint(
                condition=Q(status__in=_DELIVERY_STATUSES), name="webhook_delivery_status_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["webhook", "again_at", "id"],
                condition=Q(again_at__isnull=False),
                name="webhook_again",
            ),
            models.Index(fields=["webhook", "last_at"], name="webhook_log"),
        ]

    def __str__(self) -> str:
        return f"{self.type} #{self.sequence} ({self.status})"


class CalendarFeed(models.Model):
    """The secret address at which an organisation's days can be read by calendar programs."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="+")
    token = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"calendar of {self.organisation_id}"
