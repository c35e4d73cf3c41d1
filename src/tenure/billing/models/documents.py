"""The papers: each a frozen text with its hash, numbered, chained, never changed (R46)."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from tenure.base.ids import new_id
from tenure.billing.documents.content import DocumentKind
from tenure.orders.models import Order, Quote
from tenure.organisations.models import Organisation

_KINDS = [kind.value for kind in DocumentKind]


class DocumentFormat(models.TextChoices):
    """The two forms in which a document is handed out."""

    PDF = "pdf"
    XML = "xml"


class DocumentSeries(models.Model):
    """How far one series has come in one year, with the hash of its last document.

    The row is locked by whoever issues, in the order of series and years, until commit, when all
    else that a transaction writes was sent: so numbers have no gap, whatever is killed.
    """

    pk = models.CompositePrimaryKey("series", "year")
    series = models.CharField(max_length=10)
    year = models.SmallIntegerField()
    last = models.BigIntegerField(default=0)
    last_sha256 = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.series}-{self.year} at {self.last}"


class Document(models.Model):
    """One issued document. ``content`` is its canonical text, of which ``sha256`` is the hash.

    ``sequence`` counts from 1 in its series and year, in issuing order; ``previous_sha256`` is
    the hash of the one before, for the first of a year that of the last of an earlier year, empty
    for the first of all. ``issued_on`` is a day of the vendor's zone, ``issued_at`` the UTC
    instant by the organisation's clock. Amounts are minor units, positive for credit notes too;
    ``corrects`` is the invoice that a credit note takes back.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="documents", db_index=False
    )
    order = models.ForeignKey(
        Order, models.PROTECT, null=True, related_name="documents", db_index=False
    )
    quote = models.ForeignKey(
        Quote, models.PROTECT, null=True, related_name="documents", db_index=False
    )
    kind = models.CharField(max_length=11)
    series = models.CharField(max_length=10)
    year = models.SmallIntegerField()
    sequence = models.BigIntegerField()
    number = models.CharField(max_length=40, unique=True)
    issued_on = models.DateField()
    issued_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    total_net = models.BigIntegerField()
    total_tax = models.BigIntegerField()
    total = models.BigIntegerField()
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="corrections", db_index=False
    )
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    previous_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["series", "year", "sequence"], name="document_sequence_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=_KINDS), name="document_kind_known"),
            models.CheckConstraint(
                condition=Q(total=F("total_net") + F("total_tax"), total_net__gte=0),
                name="document_total_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(kind="credit_note", corrects__isnull=False)
                | Q(~Q(kind="credit_note"), corrects__isnull=True),
                name="document_credit_note_corrects",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "id"], name="document_list"),
            models.Index(fields=["order", "kind", "id"], name="document_by_order"),
            models.Index(
                fields=["quote"], condition=Q(quote__isnull=False), name="document_of_quote"
            ),
            models.Index(
                fields=["corrects"],
                condition=Q(corrects__isnull=False),
                name="document_correction",
            ),
            BrinIndex(fields=["issued_on"], name="document_by_day"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number


class DocumentFile(models.Model):
    """A document as a file, made when first asked for and never again; ``sha256`` of its bytes.

    ``made_at`` is the machine's instant.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    document = models.ForeignKey(Document, models.PROTECT, related_name="files", db_index=False)
    format = models.CharField(max_length=3, choices=DocumentFormat)
    data = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "format"], name="document_file_once"),
            models.CheckConstraint(
                condition=Q(format__in=DocumentFormat.values), name="document_file_format_known"
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} as {self.format}"
