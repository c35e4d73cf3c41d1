"""The journal, its streams, and the idempotency keys."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models

from tenure.base.ids import new_id
from tenure.events import streams

CATALOGUE_STREAM = streams.CATALOGUE_STREAM
KEYS_STREAM = streams.KEYS_STREAM
VENDOR_STREAM = streams.VENDOR_STREAM


class Stream(models.Model):
    """The numbering of one organisation's journal, and the revision of what is known of it.

    The row is locked last in a transaction, in the order of ids, until commit; so reading after
    a number never skips one. ``revision`` rises with every change (R42).

    ``written_by`` is the number of the transaction that wrote the row, which PostgreSQL puts there
    whoever writes. By it is found what a snapshot has not seen; so no row is deleted by itself.
    What puts it there is a trigger of our own (migration 0003): those of pgtrigger ask each time
    whether they are to be ignored, at the cost of a subtransaction.
    """

    organisation_id = models.UUIDField(primary_key=True)
    sequence = models.BigIntegerField(default=0)
    revision = models.BigIntegerField(default=0)
    written_by = models.BigIntegerField(db_default=0, editable=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["written_by"], name="stream_written_by")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} at {self.revision}"


class Event(models.Model):
    """One past fact. Holds ids, never names or addresses, so that it can stay when a person goes.

    ``at`` is a UTC instant by the organisation's clock; ``by`` names who acted: ``key:…``,
    ``member:…``, ``staff:…``, ``worker`` or ``command``.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation_id = models.UUIDField()
    sequence = models.BigIntegerField()
    type = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    data = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation_id", "sequence"], name="event_sequence_once"
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.type} #{self.sequence}"


class IdempotencyKey(models.Model):
    """A caller's key with the hash of what it asked, what that made, and the answer it got.

    ``made`` is the identifier of what the first transaction made, so that a repeat after a crash
    takes the flow up where it stands. Unique per ``scope``: the API key that sent it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    scope = models.UUIDField()
    key = models.CharField(max_length=255)
    call = models.CharField(max_length=300)
    body_hash = models.BinaryField(max_length=32)
    made = models.UUIDField(null=True)
    status = models.SmallIntegerField(null=True)
    answer = models.BinaryField(null=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scope", "key"], name="idempotency_key_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["created_at"])]

    def __str__(self) -> str:
        return self.key
