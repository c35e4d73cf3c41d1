"""Webhooks are noticed, claimed, settled: each step a transaction of its own, in batches.

Whoever is killed between claiming and settling leaves what was claimed to the next, once its
lease is over; it is sent again under the same ``webhook-id``, which makes it once for the reader.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from tenure.base.ids import new_id
from tenure.events.journal import Fact, Journal
from tenure.notices.events import WebhookDisabled
from tenure.notices.models import Webhook, WebhookDelivery, WebhookFeed
from tenure.notices.queries.told import Told
from tenure.notices.webhooks.rules import Answered, DeliveryStatus, DisabledWhy, rest_after

LEASE: Final = timedelta(minutes=3)
"""So long what was claimed belongs to whoever claimed it; longer than sending may last."""

_BEGIN: Final = """
INSERT INTO notices_webhookfeed (id, webhook_id, organisation_id, sequence, due_at, attempts)
SELECT gen_random_uuid(), %s, organisation.id, stream.sequence, NULL, 0
FROM organisations_organisation AS organisation
JOIN events_stream AS stream ON stream.organisation_id = organisation.id
WHERE %s::uuid IS NULL OR organisation.id = %s
"""
_NOTICE: Final = """
INSERT INTO notices_webhookfeed AS feed
       (id, webhook_id, organisation_id, sequence, due_at, attempts)
SELECT gen_random_uuid(), webhook.id, stream.organisation_id, 0, %(now)s, 0
FROM events_stream AS stream
JOIN organisations_organisation AS organisation ON organisation.id = stream.organisation_id
JOIN notices_webhook AS webhook
  ON webhook.disabled_at IS NULL
 AND (webhook.organisation_id IS NULL OR webhook.organisation_id = stream.organisation_id)
LEFT JOIN notices_webhookfeed AS known
  ON known.webhook_id = webhook.id AND known.organisation_id = stream.organisation_id
WHERE stream.sequence > COALESCE(known.sequence, 0) AND known.due_at IS NULL
  AND (%(since)s::uuid IS NULL OR stream.organisation_id IN (
      SELECT organisation_id FROM events_event WHERE id > %(since)s::uuid))
ORDER BY webhook.id, stream.organisation_id
ON CONFLICT (webhook_id, organisation_id) DO UPDATE
SET due_at = excluded.due_at WHERE feed.due_at IS NULL
"""
_ENDPOINTS: Final = """
WITH endpoint AS MATERIALIZED (
    SELECT webhook.id
    FROM notices_webhook AS webhook
    CROSS JOIN LATERAL (
        SELECT min(waiting.{due}) AS due_at FROM {table} AS waiting
        WHERE waiting.webhook_id = webhook.id AND waiting.{due} <= %(now)s
    ) AS first
    WHERE webhook.disabled_at IS NULL AND first.due_at IS NOT NULL
      AND (webhook.rests_until IS NULL OR webhook.rests_until <= %(now)s)
      AND webhook.id <> ALL(%(but)s::uuid[])
      AND (%(only)s::uuid[] IS NULL OR webhook.id = ANY(%(only)s::uuid[]))
    ORDER BY first.due_at, webhook.id
    LIMIT %(most)s
), claimed AS MATERIALIZED (
    SELECT row.id
    FROM endpoint
    CROSS JOIN LATERAL (
        SELECT id FROM {table} AS waiting
        WHERE waiting.webhook_id = endpoint.id AND waiting.{due} <= %(now)s
        ORDER BY waiting.{due}, waiting.id
        LIMIT %(each)s FOR UPDATE SKIP LOCKED
    ) AS row
)
UPDATE {table} AS taken SET claim = %(claim)s, {due} = %(lease)s
FROM claimed WHERE taken.id = claimed.id
RETURNING taken.id
"""
_CLAIM: Final = _ENDPOINTS.format(table="notices_webhookfeed", due="due_at")
_CLAIM_AGAIN: Final = _ENDPOINTS.format(table="notices_webhookdelivery", due="again_at")
_MOVE: Final = """
UPDATE notices_webhookfeed AS feed
SET sequence = given.sequence,
    attempts = given.attempts,
    claim = NULL,
    due_at = COALESCE(given.due_at, CASE WHEN stream.sequence > given.sequence THEN %s END)
FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[], %s::int[], %s::timestamptz[])
     AS given (id, claim, sequence, attempts, due_at),
     events_stream AS stream
WHERE feed.id = given.id AND feed.claim = given.claim
  AND stream.organisation_id = feed.organisation_id
"""
_LOG: Final = """
INSERT INTO notices_webhookdelivery AS log
       (id, webhook_id, organisation_id, event_id, sequence, type, status, attempts, code, answer,
        milliseconds, first_at, last_at)
SELECT given.id, webhook.id, given.organisation_id, given.event_id, given.sequence, given.type,
       given.status, 1, given.code, given.answer, given.milliseconds, %(now)s, %(now)s
FROM unnest(%(ids)s::uuid[], %(webhooks)s::uuid[], %(organisations)s::uuid[], %(events)s::uuid[],
            %(sequences)s::bigint[], %(types)s::text[], %(statuses)s::text[], %(codes)s::int[],
            %(answers)s::text[], %(milliseconds)s::int[])
     AS given (id, webhook_id, organisation_id, event_id, sequence, type, status, code, answer,
               milliseconds)
JOIN notices_webhook AS webhook ON webhook.id = given.webhook_id
ORDER BY given.webhook_id, given.event_id
ON CONFLICT (webhook_id, event_id) DO UPDATE
SET status = excluded.status, attempts = log.attempts + 1, code = excluded.code,
    answer = excluded.answer, milliseconds = excluded.milliseconds, last_at = excluded.last_at,
    again_at = NULL, claim = NULL
"""


@dataclass(frozen=True, slots=True)
class Lane:
    """Endpoints to which there is room to send: ``most`` of all ``but`` some, or ``only`` these."""

    most: int
    but: frozenset[UUID] = frozenset()
    only: frozenset[UUID] | None = None

    @property
    def is_closed(self) -> bool:
        """Whether nothing can be claimed for it."""
        return self.most <= 0 or (self.only is not None and not self.only - self.but)

    @property
    def given(self) -> dict[str, Any]:
        """What statements are given of it."""
        only = None if self.only is None else list(self.only)
        return {"most": self.most, "but": list(self.but), "only": only}


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt: of which event, to which endpoint, what became of it, and of the event."""

    webhook: UUID
    event: Told
    answered: Answered
    status: DeliveryStatus


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a claimed feed stands afterwards; ``due_at`` None: at once if there is more."""

    feed: WebhookFeed
    sequence: int
    attempts: int
    due_at: datetime | None


def begin_feeds(webhook: Webhook) -> None:
    """A new endpoint is told what happens from now on, not what was before. One statement."""
    only = webhook.organisation_id
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, [webhook.id, only, only])


def notice_moved(*, now: datetime, since: UUID | None) -> int:
    """Make feeds due whose organisation's journal went on; returns how many.

    ``since`` looks only at events later than that id; without it all streams are compared with
    their feeds, and nothing can be missed. One statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NOTICE, {"now": now, "since": since})
        return int(cursor.rowcount)


def claim_feeds(lane: Lane, *, now: datetime, each: int) -> list[WebhookFeed]:
    """Take feeds that are due, up to ``each`` of an endpoint, for the time of the lease.

    The endpoint that waits longest comes first. Those that are disabled or at rest are passed
    over. Two statements, in the caller's transaction; nobody waits for whoever else is claiming.
    """
    claim = new_id()
    given = {"now": now, "lease": now + LEASE, "claim": claim, "each": each, **lane.given}
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, given)
        ids = [id_ for (id_,) in cursor.fetchall()]
    rows = WebhookFeed.objects.select_related("webhook", "organisation").filter(id__in=ids)
    return list(rows.order_by("webhook_id", "organisation_id")) if ids else []


def claim_again(lane: Lane, *, now: datetime, each: int) -> list[WebhookDelivery]:
    """Take deliveries that somebody asked for again, as ``claim_feeds`` does. Two statements."""
    given = {"now": now, "lease": now + LEASE, "claim": new_id(), "each": each, **lane.given}
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM_AGAIN, given)
        ids = [id_ for (id_,) in cursor.fetchall()]
    rows = WebhookDelivery.objects.select_related("webhook", "organisation").filter(id__in=ids)
    return list(rows.order_by("webhook_id", "sequence", "id")) if ids else []


def move_feeds(moved: Sequence[Moved], *, now: datetime) -> None:
    """Set claimed feeds to where they stand; nothing where the lease ran out. One statement."""
    given: list[list[Any]] = [
        [each.feed.id for each in moved],
        [each.feed.claim for each in moved],
        [each.sequence for each in moved],
        [each.attempts for each in moved],
        [each.due_at for each in moved],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, [now, *given])


def log_attempts(tried: Sequence[Tried], *, now: datetime) -> None:
    """Write down what became of attempts, one row for each event and endpoint. One statement."""
    columns: dict[str, list[Any]] = {
        "ids": [new_id() for _ in tried],
        "webhooks": [each.webhook for each in tried],
        "organisations": [each.event.organisation for each in tried],
        "events": [each.event.id for each in tried],
        "sequences": [each.event.sequence for each in tried],
        "types": [each.event.type for each in tried],
        "statuses": [each.status.value for each in tried],
        "codes": [each.answered.code for each in tried],
        "answers": [each.answered.problem or each.answered.text for each in tried],
        "milliseconds": [round(each.answered.took.total_seconds() * 1000) for each in tried],
    }
    with connection.cursor() as cursor:
        cursor.execute(_LOG, {"now": now, **columns})


@dataclass(slots=True)
class Seen:
    """What a batch saw of one endpoint."""

    taken: bool = False
    refused: bool = False
    unreached: bool = False
    gone: bool = False
    exhausted: bool = False


def judge_webhooks(seen: Mapping[UUID, Seen], *, now: datetime, journal: Journal) -> None:
    """Note of each endpoint whether it took anything, let it rest, or disable it.

    Two statements for any number of them, locked in the order of their ids.
    """
    rows = Webhook.objects.select_for_update(of=("self",)).select_related("organisation")
    webhooks = list(rows.filter(id__in=list(seen)).order_by("id"))
    for webhook in webhooks:
        _judge(webhook, seen[webhook.id], now)
        if webhook.disabled_at == now:
            record(webhook, WebhookDisabled(webhook=webhook.id), journal=journal)
    fields = ("failures", "failing_since", "rests_until", "succeeded_at")
    Webhook.objects.bulk_update(webhooks, [*fields, "disabled_at", "disabled_why"])


def record(webhook: Webhook, fact: Fact, *, journal: Journal) -> None:
    """Record a fact in the journal of whom the endpoint belongs to, by their clock."""
    organisation = webhook.organisation
    if organisation is None:
        journal.record_for_vendor(fact)
    else:
        journal.record(organisation.id, fact, at=organisation.test_clock or journal.at)


def _judge(webhook: Webhook, seen: Seen, now: datetime) -> None:
    if seen.taken:
        webhook.failures, webhook.failing_since, webhook.succeeded_at = 0, None, now
        webhook.rests_until = None
    if seen.refused or seen.unreached:
        webhook.failing_since = webhook.failing_since or now
    if seen.unreached:
        webhook.failures += 1
        webhook.rests_until = now + rest_after(webhook.failures)
    if webhook.disabled_at is None and (seen.gone or seen.exhausted):
        webhook.disabled_at = now
        why = DisabledWhy.GONE if seen.gone else DisabledWhy.FAILING
        webhook.disabled_why = why.value


def enable(webhook: Webhook, *, now: datetime) -> None:
    """Send to it again, from where it stopped, beginning at once."""
    webhook.disabled_at, webhook.disabled_why = None, DisabledWhy.NOT.value
    webhook.failures, webhook.failing_since, webhook.rests_until = 0, None, None
    webhook.feeds.filter(due_at__isnull=False).update(due_at=now, claim=None, attempts=0)


def replay_from(webhook: UUID, *, organisation: UUID, after: int, now: datetime) -> bool:
    """Tell one organisation's journal from after a number on; whether there is a feed of it."""
    feeds = WebhookFeed.objects.filter(webhook_id=webhook, organisation_id=organisation)
    return bool(feeds.update(sequence=after, due_at=now, claim=None, attempts=0))


def ask_again(deliveries: Collection[UUID], *, now: datetime) -> int:
    """Have deliveries sent once more, out of their order. One statement."""
    return WebhookDelivery.objects.filter(id__in=deliveries).update(again_at=now, claim=None)


def forget_deliveries(*, now: datetime, after: timedelta) -> int:
    """Forget the log of so long ago; the feeds stay, so that nothing comes twice."""
    old = WebhookDelivery.objects.filter(last_at__lt=now - after, again_at__isnull=True)
    return old.delete()[0]
