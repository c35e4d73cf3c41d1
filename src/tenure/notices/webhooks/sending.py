"""One batch of webhooks: claimed, sent side by side outside of any transaction, settled.

Each organisation's events go to an endpoint one after the other: what was not taken keeps what
comes after it waiting, until it is taken or given up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any, Final
from uuid import UUID

import msgspec
from django.conf import settings

from tenure.base.ids import public_id
from tenure.events.journal import transaction
from tenure.notices.models import Webhook, WebhookDelivery, WebhookFeed
from tenure.notices.queries.told import Told
from tenure.notices.webhooks.addresses import Permissions
from tenure.notices.webhooks.commands import (
    Moved,
    Seen,
    Tried,
    claim_again,
    claim_feeds,
    judge_webhooks,
    log_attempts,
    move_feeds,
)
from tenure.notices.webhooks.posting import Connection
from tenure.notices.webhooks.queries import events_named, is_any_due, next_events
from tenure.notices.webhooks.rules import (
    SCHEDULE,
    Answered,
    DeliveryStatus,
    next_attempt,
    signatures,
    wants,
)
from tenure.organisations.models import Organisation

FEEDS: Final = 24
"""So many feeds are claimed at a time."""
EVENTS: Final = 100
"""So many of each one's events."""
AT_ONCE: Final = 8
"""To so many endpoints messages are sent side by side."""
TURN: Final = 20.0
"""Seconds after which a feed that has more to send makes room for others."""


@dataclass(slots=True)
class Round:
    """What was done with one feed, or with one delivery that was asked for again."""

    webhook: Webhook
    tried: list[Tried] = field(default_factory=list)
    moved: Moved | None = None
    exhausted: bool = False


def permissions() -> Permissions:
    """What this installation allows: a sandbox, everything."""
    sandbox: bool = settings.SANDBOX
    return Permissions(plain=sandbox, private=sandbox or settings.WEBHOOK_PRIVATE)


def send_webhooks(*, now: datetime) -> int:
    """Send one batch of what is due; returns how many feeds and deliveries were taken up.

    ``now`` is the machine's instant.
    """
    if not is_any_due(now):
        return 0
    with transaction(now=now, by="worker"):
        feeds = claim_feeds(now=now, most=FEEDS)
        again = claim_again(now=now, most=FEEDS)
    events = next_events(feeds, EVENTS) if feeds else {}
    named = events_named([row.event_id for row in again]) if again else {}
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook") as pool:
        told = pool.map(lambda feed: _tell(feed, events[feed.id], now), feeds)
        repeated = pool.map(lambda row: _repeat(row, named[row.event_id], now), again)
        rounds = [*told, *repeated]
    _settle(rounds, now)
    return len(rounds)


def _tell(feed: WebhookFeed, events: Sequence[Told], now: datetime) -> Round:
    """Send a feed's events in order, until one is not taken or its turn is over."""
    webhook, done = feed.webhook, Round(feed.webhook)
    connection = Connection(webhook.url, permissions())
    sequence, attempts, due_at = feed.sequence, feed.attempts, None
    ends = monotonic() + TURN
    for event in events:
        if monotonic() > ends:
            break
        if wants(webhook.types, event.type):
            answered = connection.post(*message(webhook, feed.organisation, event, now))
            if not answered.is_taken:
                attempts += 1
                due_at = next_attempt(feed.id, attempts, answered, now)
                status = _status_of_failure(webhook, due_at, now)
                done.tried.append(Tried(webhook.id, event, answered, status))
                done.exhausted = due_at is None and status is DeliveryStatus.FAILING
                if status is DeliveryStatus.GIVEN_UP:
                    sequence, attempts = event.sequence, 0
                break
            done.tried.append(Tried(webhook.id, event, answered, DeliveryStatus.DELIVERED))
        sequence, attempts = event.sequence, 0
    connection.close()
    done.moved = Moved(feed, sequence, attempts, now if done.exhausted else due_at)
    return done


def _status_of_failure(
    webhook: Webhook, again_at: datetime | None, now: datetime
) -> DeliveryStatus:
    """Given up is only what is not taken while the endpoint takes others: all else waits."""
    took = webhook.succeeded_at
    if again_at is None and took is not None and took > now - SCHEDULE:
        return DeliveryStatus.GIVEN_UP
    return DeliveryStatus.FAILING


def _repeat(row: WebhookDelivery, event: Told, now: datetime) -> Round:
    """Send one delivery again because somebody asked, whatever else waits."""
    connection = Connection(row.webhook.url, permissions())
    answered = connection.post(*message(row.webhook, row.organisation, event, now))
    connection.close()
    status = DeliveryStatus.DELIVERED if answered.is_taken else DeliveryStatus(row.status)
    return Round(row.webhook, [Tried(row.webhook_id, event, answered, status)])


def message(
    webhook: Webhook, organisation: Organisation, event: Told, now: datetime
) -> tuple[bytes, dict[str, str]]:
    """The body and the headers of one event, by Standard Webhooks.

    The body and the ``webhook-id`` are the same at each attempt.
    """
    body = msgspec.json.encode(body_of(organisation, event))
    timestamp = int(now.timestamp())
    secrets = [webhook.secret]
    if webhook.old_secret_until is not None and webhook.old_secret_until > now:
        secrets.append(webhook.old_secret)
    return body, {
        "Content-Type": "application/json",
        "User-Agent": "Tenure-Webhooks",
        "webhook-id": event.key,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signatures(secrets, event.key, timestamp, body),
    }


def body_of(organisation: Organisation, event: Told) -> dict[str, Any]:
    """What a message says: the event's own data, whose it is, and its number there."""
    return {
        "type": event.type,
        "timestamp": event.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "data": {
            **event.data,
            "organisation": public_id("org", event.organisation),
            "sequence": event.sequence,
            "test_clock": organisation.test_clock is not None,
        },
    }


def _settle(rounds: Sequence[Round], now: datetime) -> None:
    """One transaction, as many statements for many rounds as for one."""
    tried = list(_last_of_each(rounds))
    seen = _seen(rounds)
    with transaction(now=now, by="worker") as journal:
        if seen:
            judge_webhooks(seen, now=now, journal=journal)
            log_attempts(tried, now=now)
        move_feeds([each.moved for each in rounds if each.moved is not None], now=now)


def _last_of_each(rounds: Sequence[Round]) -> Iterator[Tried]:
    """One attempt per endpoint and event: a batch may hold one that was asked for again."""
    found = {(each.webhook, each.event.id): each for round_ in rounds for each in round_.tried}
    return iter(found.values())


def _seen(rounds: Sequence[Round]) -> dict[UUID, Seen]:
    found: dict[UUID, Seen] = {}
    for round_ in rounds:
        if round_.tried:
            seen = found.setdefault(round_.webhook.id, Seen())
            seen.exhausted |= round_.exhausted
            for each in round_.tried:
                _see(seen, each.answered)
    return found


def _see(seen: Seen, answered: Answered) -> None:
    seen.taken |= answered.is_taken
    seen.gone |= answered.is_gone
    seen.refused |= not answered.is_taken
    seen.unreached |= not answered.is_reached
