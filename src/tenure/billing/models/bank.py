"""What bank statements say, and to which orders the money on them was given (R15)."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from tenure.base.ids import new_id
from tenure.billing.models.payments import Payment
from tenure.orders.models import Order
from tenure.organisations.models import Organisation


class BankImport(models.Model):
    """One file that was read. ``done_at`` is empty while its lines are only put aside.

    ``imported_at`` and ``done_at`` are the machine's instants; ``found`` is how many lines the
    file has, ``new`` how many of them had not been read before.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    format = models.CharField(max_length=10)
    by = models.CharField(max_length=80)
    imported_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    found = models.IntegerField(default=0)
    new = models.IntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class BankLineFacts(models.Model):
    """What a line says: the columns that it has from its file on.

    ``amount`` is in minor units of ``currency``, above zero, whatever the direction; ``booked_on``
    is the bank's booking date; ``name`` and ``iban`` are the other party's; ``references`` those
    found that may name orders. ``key`` tells it from lines that say something else.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    statement = models.ForeignKey(BankImport, models.PROTECT, related_name="+")
    number = models.IntegerField()
    account = models.CharField(max_length=34)
    currency = models.CharField(max_length=3)
    direction = models.CharField(max_length=6)
    amount = models.BigIntegerField()
    booked_on = models.DateField()
    valued_on = models.DateField(null=True)
    reversal = models.BooleanField()
    bank_reference = models.CharField(max_length=140, blank=True)
    end_to_end = models.CharField(max_length=140, blank=True)
    name = models.CharField(max_length=140, blank=True)
    iban = models.CharField(max_length=34, blank=True)
    text = models.TextField(blank=True)
    references = ArrayField(models.CharField(max_length=35))
    key = models.BinaryField(max_length=32)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.direction} {self.amount} {self.currency} on {self.booked_on}"


class BankStagedLine(BankLineFacts):
    """A line of a file that is still being read; ``part`` is the how-manieth statement in it."""

    part = models.IntegerField()


class BankOutcome(models.TextChoices):
    """What became of a line when it was matched.

    ``matched`` paid its order or orders, ``partial`` a part of one; ``surplus`` has something left.
    The others wait for staff with all of their money, up to ``not_waited_for``. ``noted`` is a
    movement that asks for nothing, ``payout`` our own transfer out.
    """

    MATCHED = "matched"
    PARTIAL = "partial"
    SURPLUS = "surplus"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"
    LATE = "late"
    DUPLICATE = "duplicate"
    WRONG_CURRENCY = "wrong_currency"
    ORDER_CLOSED = "order_closed"
    NOT_WAITED_FOR = "not_waited_for"
    TAKEN_BACK = "taken_back"
    RETURNED = "returned"
    NOTED = "noted"
    PAYOUT = "payout"


class BankLine(BankLineFacts):
    """A line that counts, once: ``fingerprint`` is its key with its place among equal ones.

    ``open`` is what of its amount has found no place yet, in minor units: it is in the queue until
    that is nothing. ``matched_at`` is empty until matching has looked at it.
    """

    fingerprint = models.BinaryField(max_length=32, unique=True)
    open = models.BigIntegerField()
    outcome = models.CharField(max_length=14, choices=BankOutcome, blank=True)
    matched_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="bank_line_amount"),
            models.CheckConstraint(
                condition=Q(open__gte=0, open__lte=F("amount")), name="bank_line_open"
            ),
            models.CheckConstraint(
                condition=Q(direction__in=["credit", "debit"]), name="bank_line_direction"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["id"], condition=Q(matched_at__isnull=True), name="bank_line_to_match"
            ),
            models.Index(fields=["id"], condition=Q(open__gt=0), name="bank_line_queue"),
            models.Index(fields=["statement", "id"], name="bank_line_of_file"),
        ]


class NotACustomers(models.TextChoices):
    """What money is that is no customer's; the books know the first two (R48)."""

    FEE = "fee"
    PAYOUT = "payout"
    OTHER = "other"


class BankResolution(models.Model):
    """What staff decided about a line's money that is for no order: it is no customer's.

    ``amount`` is in minor units; ``at`` is the machine's instant.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    line = models.ForeignKey(BankLine, models.PROTECT, related_name="resolutions")
    amount = models.BigIntegerField()
    kind = models.CharField(
        max_length=6,
        choices=NotACustomers,
        default=NotACustomers.OTHER,
        db_default=NotACustomers.OTHER.value,
    )
    note = models.CharField(max_length=500)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=80, blank=True)

    def __str__(self) -> str:
        return f"{self.amount} of {self.line_id}"


class BankAllocation(models.Model):
    """So much of a line's money is for an order: matched by reference, or by staff on record.

    ``at`` is by the organisation's clock; ``undone_at`` is set where it was taken away again.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    line = models.ForeignKey(BankLine, models.PROTECT, related_name="allocations")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, models.PROTECT, related_name="allocations")
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="allocations")
    amount = models.BigIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="bank_allocation_amount"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["order"],
                condition=Q(undone_at__isnull=True),
                name="bank_allocation_of_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} of {self.line_id} for {self.order_id}"
