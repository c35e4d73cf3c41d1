"""What is sent to one endpoint, outside of any transaction, and settling what became of it.

Each organisation's events go to an endpoint one after the other: what was not taken keeps what
comes after it waiting, until it is taken or given up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
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
    ask_again,
    judge_webhooks,
    log_attempts,
    move_feeds,
)
from tenure.notices.webhooks.posting import Connection
from tenure.notices.webhooks.queries import events_named, next_events
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
"""So many feeds of one endpoint are claimed at a time."""
EVENTS: Final = 100
"""So many of each one's events."""
AT_ONCE: Final = 8
"""So many messages are sent to one endpoint side by side."""
TURN: Final = 20.0
"""Seconds after which an endpoint that is to be sent more makes room for others."""
SLOW: Final = 1.0
"""Seconds after which an endpoint counts as slow, and goes to the lane of those that are."""


@dataclass(slots=True)
class Round:
    """What was done with one feed, or with one delivery that was asked for again."""

    webhook: Webhook
    tried: list[Tried] = field(default_factory=list)
    moved: Moved | None = None
    exhausted: bool = False
    put_back: WebhookDelivery | None = None
    """What was asked for again and not come to."""

    @property
    def is_slow(self) -> bool:
        """Whether an answer was long in coming."""
        return any(each.answered.took.total_seconds() > SLOW for each in self.tried)


@dataclass(frozen=True, slots=True)
class Errand:
    """What one thread sends to one endpoint, one thing after the other, over one connection.

    ``feeds`` with the events that come next, ``again`` what somebody asked for once more.
    """

    feeds: Sequence[tuple[WebhookFeed, Sequence[Told]]]
    again: Sequence[tuple[WebhookDelivery, Told]]

    @property
    def webhook(self) -> Webhook:
        """To whom all of it goes."""
        return (self.again[0] if self.again else self.feeds[0])[0].webhook


def permissions() -> Permissions:
    """What this installation allows: a sandbox, everything."""
    sandbox: bool = settings.SANDBOX
    return Permissions(plain=sandbox, private=sandbox or settings.WEBHOOK_PRIVATE)


def errands_of(
    feeds: Sequence[WebhookFeed], again: Sequence[WebhookDelivery], *, at_once: int
) -> list[Errand]:
    """What was claimed, by endpoint, in up to ``at_once`` parts each. Two statements."""
    events = next_events(feeds, EVENTS) if feeds else {}
    named = events_named([row.event_id for row in again]) if again else {}
    told: dict[UUID, list[tuple[WebhookFeed, Sequence[Told]]]] = defaultdict(list)
    asked: dict[UUID, list[tuple[WebhookDelivery, Told]]] = defaultdict(list)
    for feed in feeds:
        told[feed.webhook_id].append((feed, events[feed.id]))
    for row in again:
        asked[row.webhook_id].append((row, named[row.event_id]))
    return [
        Errand(told[id_][part::at_once], asked[id_][part::at_once])
        for id_ in dict.fromkeys([*told, *asked])
        for part in range(min(at_once, max(len(told[id_]), len(asked[id_]))))
    ]


def run(errand: Errand, now: datetime, ending: Event) -> list[Round]:
    """Send it, outside of any transaction. What is not come to by the end of the turn, after a
    slow answer, or because everything is ``ending``, is handed back as it was, for the next turn.
    """
    connection = Connection(errand.webhook.url, permissions())
    ends = monotonic() + TURN
    rounds: list[Round] = []

    def is_over() -> bool:
        late = ending.is_set() or monotonic() > ends
        return late or any(each.is_slow or _failed(each) for each in rounds)

    for row, event in errand.again:
        if is_over():
            rounds.append(Round(errand.webhook, put_back=row))
        else:
            rounds.append(_repeat(row, event, now, connection))
    for feed, events in errand.feeds:
        rounds.append(_tell(feed, () if is_over() else events, now, connection, is_over))
    connection.close()
    return rounds


def _tell(
    feed: WebhookFeed,
    events: Sequence[Told],
    now: datetime,
    connection: Connection,
    is_over: Callable[[], bool],
) -> Round:
    """Send a feed's events in order, until one is not taken or the turn is over."""
    webhook, done = feed.webhook, Round(feed.webhook)
    sequence, attempts, due_at = feed.sequence, feed.attempts, None
    for event in events:
        if is_over() or done.is_slow:
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
    done.moved = Moved(feed, sequence, attempts, now if done.exhausted else due_at)
    return done


def _failed(done: Round) -> bool:
    """Whether there was nobody: what else waits for this endpoint waits for its rest."""
    return any(not each.answered.is_reached for each in done.tried)


def _status_of_failure(
    webhook: Webhook, again_at: datetime | None, now: datetime
) -> DeliveryStatus:
    """Given up is only what is not taken while the endpoint takes others: all else waits."""
    took = webhook.succeeded_at
    if again_at is None and took is not None and took > now - SCHEDULE:
        return DeliveryStatus.GIVEN_UP
    return DeliveryStatus.FAILING


def _repeat(row: WebhookDelivery, event: Told, now: datetime, connection: Connection) -> Round:
    """Send one delivery again because somebody asked, whatever else waits."""
    answered = connection.post(*message(row.webhook, row.organisation, event, now))
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


def settle(rounds: Sequence[Round], now: datetime) -> None:
    """One transaction, as many statements for many rounds as for one."""
    tried = list(_last_of_each(rounds))
    seen = _seen(rounds)
    with transaction(now=now, by="worker") as journal:
        if seen:
            judge_webhooks(seen, now=now, journal=journal)
            log_attempts(tried, now=now)
        move_feeds([each.moved for each in rounds if each.moved is not None], now=now)
        left = [each.put_back.id for each in rounds if each.put_back is not None]
        if left:
            ask_again(left, now=now)


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
