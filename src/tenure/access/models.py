"""Seats, one row for each unit of a subscription's quantity; who is to lose one; requests."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tenure.access.rules.requests import RequestStatus
from tenure.base.ids import new_id
from tenure.catalogue.models import Role
from tenure.organisations.models import Invitation, Member, Organisation
from tenure.subscriptions.models import Subscription

_STATUSES = [status.value for status in RequestStatus]
_WAITING = [RequestStatus.OPEN.value, RequestStatus.AWAITING_SEAT.value]


class Seat(models.Model):
    """One unit of a subscription's quantity: free, reserved by an invitation, or assigned (R38).

    There are as many rows as seats paid for, so more can never be assigned. ``first_used_on`` and
    ``last_used_on`` are local days of granted decisions to the present member;
    ``locked_until`` is the local day from which a seat that its member lost can be given again.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT)
    subscription = models.ForeignKey(
        Subscription, models.PROTECT, related_name="seats", db_index=False
    )
    number = models.IntegerField()
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="seats")
    invitation = models.ForeignKey(Invitation, models.PROTECT, null=True, related_name="seats")
    assigned_at = models.DateTimeField(null=True)
    first_used_on = models.DateField(null=True)
    last_used_on = models.DateField(null=True)
    locked_until = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subscription", "number"], name="seat_number_once"),
            models.UniqueConstraint(
                fields=["subscription", "member"],
                condition=Q(member__isnull=False),
                name="seat_one_per_member",
            ),
            models.CheckConstraint(
                condition=Q(member__isnull=True) | Q(invitation__isnull=True),
                name="seat_assigned_or_reserved",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["subscription", "number"],
                condition=Q(member__isnull=True, invitation__isnull=True),
                name="seat_free",
            ),
            models.Index(
                fields=["organisation"],
                condition=Q(member__isnull=False),
                name="seat_assigned_of_organisation",
            ),
        ]

    def __str__(self) -> str:
        return f"seat {self.number} of {self.subscription_id}"


class SeatLoss(models.Model):
    """Whom an administrator chose to lose a seat if the next period has fewer of them (R26).

    It names the member and not the seat, so that it means nothing for whoever gets that seat
    afterwards. ``position`` is the order in which they were chosen, from 1.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="losses")
    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    position = models.IntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subscription", "member"], name="seat_loss_once_per_member"
            ),
            models.CheckConstraint(condition=Q(position__gt=0), name="seat_loss_position"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} of {self.subscription_id}"


class RoleRequest(models.Model):
    """A member asks for a role with a word; administrators grant or decline it (R40).

    ``awaiting_seat`` is open still: an administrator wants to buy a seat, and whoever has waited
    longest gets it with the purchase. ``answer`` is the word with which it was declined.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    member = models.ForeignKey(Member, models.PROTECT, related_name="role_requests")
    role = models.ForeignKey(Role, models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    status = models.CharField(max_length=13, default=RequestStatus.OPEN.value)
    answer = models.TextField(blank=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "role"],
                condition=Q(status__in=_WAITING),
                name="role_request_one_open",
            ),
            models.CheckConstraint(
                condition=Q(status__in=_STATUSES), name="role_request_status_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "id"],
                condition=Q(status__in=_WAITING),
                name="role_request_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role_id} for {self.member_id} ({self.status})"
