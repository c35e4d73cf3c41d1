"""Requests to the vendor, and the messages that follow them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tenure.base.ids import new_id
from tenure.billing.models import Document
from tenure.catalogue.models import Offer
from tenure.orders.models import Order
from tenure.organisations.models import Organisation, User
from tenure.support.rules import RequestKind, RequestOutcome, RequestStatus

_KINDS = [kind.value for kind in RequestKind]
_STATUSES = [status.value for status in RequestStatus]
_OUTCOMES = ["", *(outcome.value for outcome in RequestOutcome)]


class Request(models.Model):
    """What somebody asks the vendor: a visitor by ``email``, or an organisation (R4, R29).

    A contact carries along what it came from: the offer, country, quantity and audience; each
    may be missing. ``created_at`` is by the organisation's clock.

    One to cancel its ``order`` has an ``outcome`` once it is decided, at ``decided_at`` (R29): what
    goes back, in minor units of the order's currency, and the credit note. ``iban`` is the account
    that was asked for (R30).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="requests"
    )
    kind = models.CharField(max_length=12)
    status = models.CharField(max_length=8, default=RequestStatus.OPEN.value)
    email = models.EmailField(max_length=254, blank=True)
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=2)
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="requests")
    offer = models.ForeignKey(Offer, models.PROTECT, null=True, related_name="+")
    country = models.CharField(max_length=2, blank=True)
    audience = models.CharField(max_length=8, blank=True)
    quantity = models.IntegerField(null=True)
    message = models.TextField()
    created_at = models.DateTimeField()
    first_answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    iban = models.CharField(max_length=34, blank=True, default="", db_default="")
    outcome = models.CharField(max_length=8, blank=True, default="", db_default="")
    decided_at = models.DateTimeField(null=True)
    refund_amount = models.BigIntegerField(null=True)
    credit_note = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(outcome__in=_OUTCOMES), name="request_outcome_known"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", decided_at__isnull=True)
                | ~Q(outcome="") & Q(decided_at__isnull=False, order__isnull=False),
                name="request_decided_of_an_order",
            ),
            models.CheckConstraint(
                condition=Q(outcome=RequestOutcome.GRANTED.value, refund_amount__isnull=False)
                | ~Q(outcome=RequestOutcome.GRANTED.value)
                & Q(refund_amount__isnull=True, credit_note__isnull=True),
                name="request_granted_has_its_refund",
            ),
            models.CheckConstraint(condition=Q(kind__in=_KINDS), name="request_kind_known"),
            models.CheckConstraint(condition=Q(status__in=_STATUSES), name="request_status_known"),
            models.CheckConstraint(
                condition=Q(organisation__isnull=False) | ~Q(email=""),
                name="request_can_be_answered",
            ),
            models.CheckConstraint(
                condition=Q(quantity__isnull=True) | Q(quantity__gt=0), name="request_quantity"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["id"],
                condition=Q(status=RequestStatus.OPEN.value),
                name="request_open",
            ),
            models.Index(fields=["organisation", "id"], name="request_list"),
            models.Index(
                fields=["order"], condition=Q(order__isnull=False), name="request_of_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.status})"

    @property
    def waits(self) -> bool:
        """Whether it waits for staff."""
        return self.status == RequestStatus.OPEN


class RequestMessage(models.Model):
    """One message after the first: from the vendor, by ``staff`` where it is known who of them,
    or by whoever asked."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    request = models.ForeignKey(Request, models.PROTECT, related_name="messages")
    staff = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    from_vendor = models.BooleanField(default=False, db_default=False)
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["request", "id"], name="request_message_list"),
        ]

    def __str__(self) -> str:
        return f"message of {self.request_id}"
