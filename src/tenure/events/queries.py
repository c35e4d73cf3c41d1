"""Reads of the journal."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from tenure.events.models import Event, Stream


def revision_of(organisation: UUID) -> int:
    """The organisation's revision; 0 before anything happened (R42)."""
    rows = Stream.objects.filter(organisation_id=organisation).values_list("revision", flat=True)
    return rows.first() or 0


def sequence_of(organisation: UUID) -> int:
    """The number of the organisation's last event; 0 before anything happened."""
    rows = Stream.objects.filter(organisation_id=organisation).values_list("sequence", flat=True)
    return rows.first() or 0


def events_after(organisation: UUID, sequence: int, limit: int) -> Sequence[Event]:
    """The organisation's events after number ``sequence``, in order, ``limit`` at the most."""
    rows = Event.objects.filter(organisation_id=organisation, sequence__gt=sequence)
    return list(rows.order_by("sequence")[:limit])


def events_between(organisation: UUID, after: int, until: int) -> Sequence[Event]:
    """The organisation's events after number ``after``, up to and with ``until``, in order."""
    rows = Event.objects.filter(
        organisation_id=organisation, sequence__gt=after, sequence__lte=until
    )
    return list(rows.order_by("sequence"))
