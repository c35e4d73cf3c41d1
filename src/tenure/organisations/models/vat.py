"""Look-ups of VAT numbers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tenure.base.ids import new_id


class VatCheck(models.Model):
    """A VAT number looked up in its register, and what came of it: kept as proof (R45).

    While there is no answer, ``ask_at`` is when it is asked again, by the organisation's clock;
    ``called_at`` is when it last was, by the machine's. ``reason`` is why there is none.
    """

    class Outcome(models.TextChoices):
        """Where it stands; dropped, because the number was changed before there was an answer."""

        WAITING = "waiting"
        UNAVAILABLE = "unavailable"
        VALID = "valid"
        INVALID = "invalid"
        DROPPED = "dropped"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="vat_checks"
    )
    number = models.CharField(max_length=20)
    outcome = models.CharField(max_length=11, choices=Outcome, default=Outcome.WAITING)
    reason = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=500, blank=True)
    consultation = models.CharField(max_length=40, blank=True)
    asked = models.IntegerField(default=0)
    ask_at = models.DateTimeField(null=True)
    called_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(ask_at__isnull=False),
                name="vat_check_one_open_per_organisation",
            ),
            models.CheckConstraint(
                condition=Q(ask_at__isnull=False, outcome__in=["waiting", "unavailable"])
                | Q(ask_at__isnull=True, outcome__in=["valid", "invalid", "dropped"]),
                name="vat_check_asked_until_answered",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "id"], name="vat_check_list"),
            models.Index(
                fields=["ask_at"], condition=Q(ask_at__isnull=False), name="vat_check_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} ({self.outcome})"
