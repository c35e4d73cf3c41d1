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
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="subscriptions", db_index=False
    )
    order_line = models.OneToOneField(
        OrderLine, models.PROTECT, null=True, related_name="subscription"
    )
    offer = models.ForeignKey("catalogue.Offer", models.PROTECT, related_name="+", db_index=False)
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

    ``quantity`` is how many seats it was paid for. ``remind_at`` is the instant of its next
    reminder (R25), ``renew_at`` that at which the period after it is charged or, by transfer,
    invoiced (R24); each is null where nothing of the kind is left to do. ``begin_noted_at`` is
    when the subscription took its quantity over (R26), null until then; that of a first period is
    its start.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT)
    subscription = models.ForeignKey(
        Subscription, models.PROTECT, related_name="periods", db_index=False
    )
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="+")
    number = models.IntegerField()
    quantity = models.IntegerField()
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
    remind_at = models.DateTimeField(null=True)
    renew_at = models.DateTimeField(null=True)
    begin_noted_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subscription", "number"], name="period_number_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="period_quantity"),
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
            models.Index(
                fields=["remind_at"],
                condition=Q(remind_at__isnull=False),
                name="period_reminder_due",
            ),
            models.Index(
                fields=["renew_at", "organisation"],
                condition=Q(renew_at__isnull=False),
                name="period_renewal_due",
            ),
            models.Index(
                fields=["starts_at"],
                condition=Q(begin_noted_at__isnull=True),
                name="period_begin_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on}"


class Renewal(models.Model):
    """The obligation to renew a subscription for its period ``number``: there is one at the most.

    The row is there from the first reminder on, or from the deadline if none went out.
    ``unit_amount`` per seat, in minor units, is the price that the reminder named, fixed on the
    local day ``priced_on`` (R25); null until then. ``withdrawn``: the offer could no longer be
    had when its price was to be fixed, so that it is not renewed (R5). ``quantity`` is null until
    it was ordered, as are ``order`` and ``order_line``.

    ``due_at`` is the UTC instant of the next attempt or, when none is left, of the end of the
    retention, when it is given up; null when there is nothing left to do. ``attempts`` counts the
    charges that were tried by themselves, ``closed_at`` is when it was given up or paid.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    subscription = models.ForeignKey(
        Subscription, models.PROTECT, related_name="renewals", db_index=False
    )
    number = models.IntegerField()
    unit_amount = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    priced_on = models.DateField(null=True)
    quantity = models.IntegerField(null=True)
    withdrawn = models.BooleanField(default=False)
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="+")
    order_line = models.OneToOneField(OrderLine, models.PROTECT, null=True, related_name="renewal")
    due_at = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subscription", "number"], name="renewal_once"),
            models.CheckConstraint(
                condition=Q(order__isnull=True, order_line__isnull=True)
                | Q(
                    order__isnull=False,
                    order_line__isnull=False,
                    quantity__isnull=False,
                    unit_amount__isnull=False,
                ),
                name="renewal_ordered_whole",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(due_at__isnull=True),
                name="renewal_closed_is_not_due",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at", "organisation"],
                condition=Q(due_at__isnull=False),
                name="renewal_due",
            ),
        ]

    def __str__(self) -> str:
        return f"renewal {self.number} of {self.subscription_id}"


class SeatChange(models.Model):
    """Seats that a line of an order adds to a subscription in mid-period (R27).

    ``number`` is that of the period in which they are paid for: the one that ran when they were
    ordered, or, ``for_next``, the one after it, which was ordered already. The line costs the
    price of a seat × ``quantity`` × the days of the half-open ``[priced_from, ends_on)`` ÷
    ``period_days``. ``seats_before`` is how many seats there were and were on their way when they
    were ordered. ``starts_on`` is the first local day of the seats, null until they are paid;
    ``undone_at`` is when they went again, or when their money, which came too late, went back.
    ``released_at``, of what was paid for the next period: when its order came to nothing or was
    made anew, so that the line is to be credited and paid back.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="seat_changes")
    order = models.ForeignKey(Order, models.PROTECT, related_name="+")
    order_line = models.OneToOneField(OrderLine, models.PROTECT, related_name="seat_change")
    number = models.IntegerField()
    for_next = models.BooleanField(default=False)
    quantity = models.IntegerField()
    seats_before = models.IntegerField()
    priced_from = models.DateField()
    ends_on = models.DateField()
    period_days = models.IntegerField()
    starts_on = models.DateField(null=True)
    undone_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "for_next"], name="seat_change_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="seat_change_quantity"),
            models.CheckConstraint(
                condition=Q(priced_from__lt=F("ends_on"), period_days__gt=0),
                name="seat_change_has_days",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["released_at"],
                condition=Q(released_at__isnull=False, undone_at__isnull=True),
                name="seat_change_to_pay_back",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} more seats of {self.subscription_id}"
