"""Entries of the ledger, how revenue is spread, and exchange rates."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from tenure.base.ids import new_id
from tenure.billing.ledger.rules.accounts import Account, Cause
from tenure.orders.models import Order
from tenure.organisations.models import Organisation

_ACCOUNTS = [account.value for account in Account]
_CAUSES = [cause.value for cause in Cause]


class Entry(models.Model):
    """A transfer: ``amount`` goes from the account ``credit`` to the account ``debit`` (R48).

    Balanced by construction. ``posting`` groups what was booked for one reason; ``on`` is the
    vendor's local day, ``at`` the UTC instant by the organisation's clock. Amounts are minor
    units; ``accounting_amount`` is the same in the accounting currency by ``rate`` (units of
    ``currency`` for one of it) of the day ``rate_on``. ``organisation`` is null for what the
    bank says before it is known whose it is. Never changed: what was wrong is booked back.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    posting = models.UUIDField()
    cause = models.CharField(max_length=18)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    order = models.ForeignKey(
        Order, models.PROTECT, null=True, related_name="entries", db_index=False
    )
    document = models.ForeignKey(
        "billing.Document", models.PROTECT, null=True, related_name="entries", db_index=False
    )
    source = models.UUIDField(null=True)
    debit = models.CharField(max_length=16)
    credit = models.CharField(max_length=16)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    accounting_amount = models.BigIntegerField()
    accounting_currency = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=18, decimal_places=6)
    rate_on = models.DateField()
    on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="entry_amount"),
            models.CheckConstraint(
                condition=Q(debit__in=_ACCOUNTS, credit__in=_ACCOUNTS), name="entry_accounts_known"
            ),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="entry_moves"),
            models.CheckConstraint(condition=Q(cause__in=_CAUSES), name="entry_cause_known"),
            models.UniqueConstraint(
                fields=["source", "cause", "debit", "credit"],
                condition=Q(cause__in=["card_payment", "card_refund", "statement"]),
                name="entry_once_per_source",
            ),
            models.UniqueConstraint(
                fields=["document", "debit", "credit"],
                condition=Q(cause__in=["invoice", "credit_note"]),
                name="entry_once_per_document",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["on", "posting"], name="entry_by_day"),
            models.Index(fields=["order"], name="entry_of_order"),
            models.Index(
                fields=["document"], condition=Q(document__isnull=False), name="entry_of_document"
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} from {self.credit} to {self.debit}"


class Recognition(models.Model):
    """How the net amount of one invoiced line is earned over its days (R48).

    ``net`` and ``earned`` are minor units of the document's currency, ``earned`` what was posted
    so far; the two with ``accounting_`` the same in the accounting currency. ``next_on`` is the
    local day from which the next month can be posted, null when nothing is left to be earned.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="+")
    document = models.ForeignKey(
        "billing.Document", models.PROTECT, related_name="recognitions", db_index=False
    )
    position = models.SmallIntegerField()
    offer = models.CharField(max_length=100)
    currency = models.CharField(max_length=3)
    net = models.BigIntegerField()
    earned = models.BigIntegerField(default=0)
    accounting_net = models.BigIntegerField()
    accounting_earned = models.BigIntegerField(default=0)
    accounting_currency = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=18, decimal_places=6)
    rate_on = models.DateField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    next_on = models.DateField(null=True)
    next_at = models.DateTimeField(null=True)
    credited_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["document", "position"], name="recognition_once_per_line"
            ),
            models.CheckConstraint(
                condition=Q(starts_on__lt=F("ends_on")), name="recognition_runs_forward"
            ),
            models.CheckConstraint(
                condition=Q(earned__gte=0, earned__lte=F("net")), name="recognition_within_net"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_at"], condition=Q(next_at__isnull=False), name="recognition_due"
            ),
            models.Index(fields=["starts_on", "ends_on"], name="recognition_days"),
        ]

    def __str__(self) -> str:
        return f"{self.earned} of {self.net} {self.currency}"


class ExchangeRate(models.Model):
    """How much of ``currency`` one euro buys, by the European Central Bank's reference rate."""

    id = models.BigAutoField(primary_key=True)
    currency = models.CharField(max_length=3)
    on = models.DateField()
    per_euro = models.DecimalField(max_digits=18, decimal_places=6)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["currency", "on"], name="exchange_rate_once_a_day"),
            models.CheckConstraint(condition=Q(per_euro__gt=0), name="exchange_rate_positive"),
        ]

    def __str__(self) -> str:
        return f"1 EUR = {self.per_euro} {self.currency} on {self.on}"
