"""How long what is held about an organisation lasts, and the archives that are made of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tenure.base.ids import new_id


class Retention(models.Model):
    """What is next for the data of an organisation that has no running subscription (R31).

    ``until_on`` is the last local day on which they are there, in the zone of the subscription
    that ended last, ``until`` the UTC instant at which it is over; null: still to be looked at.
    ``next_at`` is the instant of the next warning, or at which they may go; null once the purge
    is due. There is no row while a subscription runs.
    """

    organisation = models.OneToOneField(
        "organisations.Organisation", models.PROTECT, primary_key=True, related_name="retention"
    )
    until_on = models.DateField(null=True)
    until = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until_on__isnull=True, until__isnull=True)
                | Q(until_on__isnull=False, until__isnull=False),
                name="retention_day_and_instant",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_at"], condition=Q(next_at__isnull=False), name="retention_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} until {self.until_on}"


class ExportStatus(models.TextChoices):
    """Where an archive stands: still to be made, there to be fetched, or dropped again."""

    WAITING = "waiting"
    READY = "ready"
    DROPPED = "dropped"


class Export(models.Model):
    """An archive of everything held about an organisation (R31); its parts are its bytes.

    ``asked_at`` and ``asked_by`` stand in its receipt. Both are by the organisation's clock and
    as the journal names who acts. ``receipt`` is the manifest that lies in the archive, as text,
    ``sha256`` the hash of all of its ``size`` bytes. ``made_at`` and ``dropped_at`` are the
    machine's instants: so long an archive is kept, and no longer.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="exports"
    )
    status = models.CharField(max_length=7, choices=ExportStatus, default=ExportStatus.WAITING)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=80)
    made_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    size = models.BigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    receipt = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=ExportStatus.values), name="export_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status="waiting", made_at__isnull=True)
                | (~Q(status="waiting") & Q(made_at__isnull=False)),
                name="export_made_once",
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(status="waiting"),
                name="export_one_waiting",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "id"], name="export_list"),
            models.Index(fields=["made_at"], condition=Q(status="ready"), name="export_to_drop"),
        ]

    def __str__(self) -> str:
        return f"export {self.id} ({self.status})"


class ExportPart(models.Model):
    """A piece of an archive's bytes; ``number`` counts from 0. Any web process can hand it out."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    export = models.ForeignKey(Export, models.PROTECT, related_name="parts", db_index=False)
    number = models.IntegerField()
    data = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["export", "number"], name="export_part_once"),
        ]

    def __str__(self) -> str:
        return f"part {self.number} of {self.export_id}"
