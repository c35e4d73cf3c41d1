"""Subscriptions and their periods."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tenure.base.ids import new_id
from tenure.orders.models import Order, OrderLine
from tenure.organisations.models import Organisation
from tenure.subscriptions.rules.periods import PeriodKind


class Source(models.TextChoices):
    """Where a subscription was bought: in the store, or elsewhere (R35)."""

    STORE = "store"
    EXTERNAL = "external"


class Subscription(models.Model):
    """An offer, a quantity of seats, and the anchor from which its periods are computed (R1).

    ``anchor_on`` is the first local day, ``zone`` the IANA zone it keeps for life. Its status is
    derived from its periods and an instant, never stored. ``stops_after`` is the number of its
    last period where auto-renewal was switched off after the deadline, from the next one on (R21).
    ``reference`` is staff's word for what was bought elsewhere, such as its contract (R35).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="subscriptions")
    order_line = models.OneToOneField(
        OrderLine, models.PROTECT, null=True, related_name="subscription"
    )
    offer = models.ForeignKey("catalogue.Offer", models.PROTECT, related_name="+")
    term = models.CharField(max_length=7)
    currency = models.CharField(max_length=3)
    quantity = models.IntegerField()
    next_quantity = models.IntegerField()
    auto_renew = models.BooleanField()
    stops_after = models.IntegerField(null=True)
    source = models.CharField(max_length=8, choices=Source, default=Source.STORE)
    reference = models.CharField(max_length=100, blank=True, default="", db_default="")
    anchor_on = models.DateField()
    zone = models.CharField(max_length=64)
    trial_days = models.SmallIntegerField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="subscription_quantity"),
            models.CheckConstraint(
                condition=Q(next_quantity__gt=0), name="subscription_next_quantity"
            ),
            models.CheckConstraint(
                condition=~Q(term="trial") | Q(auto_renew=False, trial_days__isnull=False),
                name="subscription_trial_never_renews",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "id"], name="subscription_list"),
            models.Index(fields=["offer"], name="subscription_offer"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.offer_id} per {self.term}"


class Period(models.Model):
    """One paid stretch, half-open ``[starts_on, ends_on)`` in ``zone``.

    ``starts_at`` and ``ends_at`` are the UTC instants of the two midnights, computed in Python.
    What the policy of the order that paid it says of it is fixed here (R32): ``opt_out_on`` is
    the last local day of R21 and ``opt_out_until`` the instant it is over; ``data_until_on`` is
    the last local day of R31 and ``data_until`` the instant it is over. ``deadline_noted_at`` and
    ``end_noted_at`` are when the journal told of them.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT)
    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="periods")
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="+")
    number = models.IntegerField()
    kind = models.CharField(max_length=9)
    starts_on = models.DateField()
    ends_on = models.DateField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    opt_out_on = models.DateField(null=True)
    opt_out_until = models.DateTimeField(null=True)
    data_until_on = models.DateField()
    data_until = models.DateTimeField()
    deadline_noted_at = models.DateTimeField(null=True)
    end_noted_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subscription", "number"], name="period_number_once"),
            models.CheckConstraint(
                condition=Q(starts_on__lt=F("ends_on"), starts_at__lt=F("ends_at")),
                name="period_runs_forward",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in PeriodKind]), name="period_kind_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["ends_at"], condition=Q(end_noted_at__isnull=True), name="period_end_due"
            ),
            models.Index(
                fields=["opt_out_until"],
                condition=Q(deadline_noted_at__isnull=True, opt_out_until__isnull=False),
                name="period_deadline_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on}"
