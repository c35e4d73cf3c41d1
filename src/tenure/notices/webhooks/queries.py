"""Reads of webhooks: what moved, what comes next, and what people see of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from tenure.base.errors import NotFound
from tenure.events.rows import read_values
from tenure.notices.models import Webhook, WebhookDelivery, WebhookFeed
from tenure.notices.queries.told import Told, told_by

MOST_WEBHOOKS: Final = 20
"""So many endpoints one organisation, or the vendor, can have."""

_NEXT: Final = """
SELECT feed.id, event.id, event.organisation_id, event.sequence, event.type, event.at, event.by,
       event.data::text
FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[]) AS feed (id, organisation_id, sequence)
CROSS JOIN LATERAL (
    SELECT * FROM events_event AS event
    WHERE event.organisation_id = feed.organisation_id AND event.sequence > feed.sequence
    ORDER BY event.sequence LIMIT %s
) AS event
ORDER BY feed.id, event.sequence
"""
_NAMED: Final = """
SELECT id, organisation_id, sequence, type, at, by, data::text
FROM events_event WHERE id = ANY(%s)
"""


def webhooks_of(organisation: UUID | None) -> QuerySet[Webhook]:
    """The endpoints of an organisation, or the vendor's, in the order of making."""
    rows = Webhook.objects.order_by("id")
    if organisation is None:
        return rows.filter(organisation__isnull=True)
    return rows.filter(organisation_id=organisation)


def webhook_of(organisation: UUID | None, webhook: UUID) -> Webhook:
    """One of them; ``NotFound`` also for somebody else's."""
    row = webhooks_of(organisation).filter(id=webhook).first()
    if row is None:
        raise NotFound
    return row


def is_anybody_told() -> bool:
    """Whether there is an endpoint to which anything is sent. One statement."""
    return Webhook.objects.filter(disabled_at__isnull=True).exists()


def is_any_due(now: datetime) -> bool:
    """Whether anything is to be sent. Two statements at the most."""
    enabled = Q(webhook__disabled_at__isnull=True)
    return (
        WebhookFeed.objects.filter(enabled, due_at__lte=now).exists()
        or WebhookDelivery.objects.filter(enabled, again_at__lte=now).exists()
    )


def next_events(feeds: Sequence[WebhookFeed], most: int) -> Mapping[UUID, Sequence[Told]]:
    """By feed, up to ``most`` events that come next, in order. One statement."""
    ids = [feed.id for feed in feeds]
    found: dict[UUID, list[Told]] = {id_: [] for id_ in ids}
    streams = [feed.organisation_id for feed in feeds]
    given = [ids, streams, [feed.sequence for feed in feeds], most]
    for feed, *event in read_values(_NEXT, given):
        found[feed].append(told_by(tuple(event)))
    return found


def events_named(ids: Collection[UUID]) -> Mapping[UUID, Told]:
    """Events by their ids. One statement."""
    events = [told_by(row) for row in read_values(_NAMED, [list(ids)])]
    return {event.id: event for event in events}


def deliveries_of(webhook: UUID) -> QuerySet[WebhookDelivery]:
    """The log of one endpoint."""
    return WebhookDelivery.objects.filter(webhook_id=webhook)


def last_deliveries(webhook: UUID, limit: int) -> Sequence[WebhookDelivery]:
    """The log of one endpoint, what was tried last first. One statement."""
    return list(deliveries_of(webhook).order_by("-last_at", "-id")[:limit])
