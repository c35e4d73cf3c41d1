"""Requests to the vendor, and the messages that follow them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tenure.base.ids import new_id
from tenure.catalogue.models import Offer
from tenure.orders.models import Order
from tenure.organisations.models import Organisation, User
from tenure.support.rules import RequestKind, RequestStatus

_KINDS = [kind.value for kind in RequestKind]
_STATUSES = [status.value for status in RequestStatus]


class Request(models.Model):
    """What somebody asks the vendor: a visitor by ``email``, or an organisation (R4, R29).

    A contact carries along what it came from: the offer, country, quantity and audience; each
    may be missing. ``created_at`` is by the organisation's clock.
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

    class Meta:
        constraints: ClassVar = [
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
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.status})"


class RequestMessage(models.Model):
    """One message after the first: by ``staff`` (who of them), or by whoever asked."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    request = models.ForeignKey(Request, models.PROTECT, related_name="messages")
    staff = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["request", "id"], name="request_message_list"),
        ]

    def __str__(self) -> str:
        return f"message of {self.request_id}"
