"""Endpoints are added, changed, given new secrets, set back, removed: by whom they belong to.

``organisation`` is None for the vendor's own. ``now`` is by the organisation's clock, for the
journal; what endpoints wait for goes by the machine's, ``machine``.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tenure.base.errors import NotFound, Refused
from tenure.base.ids import new_id
from tenure.events.asked import Asked
from tenure.events.journal import Journal, transaction
from tenure.events.models import CATALOGUE_STREAM
from tenure.events.queries import sequence_of
from tenure.flows.locks import lock_organisation
from tenure.notices.events import (
    WebhookAdded,
    WebhookChanged,
    WebhookRemoved,
    WebhookReplayed,
    WebhookSecretRenewed,
)
from tenure.notices.models import Webhook, WebhookDelivery
from tenure.notices.webhooks.addresses import Permissions, check_address
from tenure.notices.webhooks.commands import (
    ask_again,
    begin_feeds,
    enable,
    record,
    replay_from,
)
from tenure.notices.webhooks.errors import TOO_MANY_WEBHOOKS, WEBHOOK_DISABLED
from tenure.notices.webhooks.known import check_types
from tenure.notices.webhooks.queries import MOST_WEBHOOKS, deliveries_of, webhooks_of
from tenure.notices.webhooks.rules import (
    OLD_SECRET_LASTS,
    SECRET_BYTES,
    DisabledWhy,
    secret_text,
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What was written: the endpoint, the revision after it, a new secret, told this once."""

    webhook: UUID
    revision: int
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """How an endpoint is to be; None leaves it as it is."""

    url: str | None = None
    name: str | None = None
    types: Sequence[str] | None = None
    enabled: bool | None = None


@dataclass(frozen=True, slots=True)
class Manager:
    """Who looks after endpoints, and when: ``now`` by the organisation's clock."""

    organisation: UUID | None
    by: str
    now: datetime
    machine: datetime
    permissions: Permissions

    @contextmanager
    def _writing(self, asked: Asked | None = None) -> Iterator[Journal]:
        with transaction(
            now=self.now, by=self.by, organisation=self.organisation, asked=asked
        ) as journal:
            if self.organisation is not None:
                lock_organisation(self.organisation, journal)
            yield journal

    def _kept(self, webhook: UUID, journal: Journal, secret: str = "") -> Kept:
        revision = journal.revisions.get(self.organisation or CATALOGUE_STREAM, 0)
        return Kept(webhook, revision, secret)

    def _locked(self, webhook: UUID) -> Webhook:
        rows = webhooks_of(self.organisation).select_related("organisation")
        row = rows.select_for_update(of=("self",)).filter(id=webhook).first()
        if row is None:
            raise NotFound
        return row

    def add(self, *, wish: Wish, asked: Asked | None = None) -> Kept:
        """A new endpoint, told what happens from now on.

        Raises ``Invalid`` for an address or a type that cannot be used, ``Refused``
        (``too_many_webhooks``).
        """
        url = check_address(wish.url or "", self.permissions)
        types = check_types(wish.types or ())
        secret = _new_secret()
        with self._writing(asked) as journal:
            if webhooks_of(self.organisation).count() >= MOST_WEBHOOKS:
                raise Refused(TOO_MANY_WEBHOOKS, most=MOST_WEBHOOKS)
            webhook = Webhook.objects.create(
                id=new_id(),
                organisation_id=self.organisation,
                url=url,
                name=wish.name or "",
                types=types,
                secret=secret,
                created_at=self.machine,
            )
            begin_feeds(webhook)
            record(webhook, WebhookAdded(webhook=webhook.id), journal=journal)
            journal.made = webhook.id
        return self._kept(webhook.id, journal, secret)

    def change(self, *, webhook: UUID, wish: Wish) -> Kept:
        """Edit an endpoint, or switch it off and on; switched on, it goes on where it stopped.

        Raises ``NotFound``, ``Invalid``.
        """
        url = None if wish.url is None else check_address(wish.url, self.permissions)
        types = None if wish.types is None else check_types(wish.types)
        with self._writing() as journal:
            row = self._locked(webhook)
            named = {"url": url, "name": wish.name, "types": types}
            changed = [
                key for key, value in named.items() if value not in (None, getattr(row, key))
            ]
            for key in changed:
                setattr(row, key, named[key])
            if wish.enabled is not None and wish.enabled != (row.disabled_at is None):
                changed.append("enabled")
                _switch(row, on=wish.enabled, now=self.machine)
            row.save()
            if changed:
                fact = WebhookChanged(webhook=row.id, fields=tuple(changed))
                record(row, fact, journal=journal)
            else:
                journal.touch(self.organisation or CATALOGUE_STREAM)
        return self._kept(row.id, journal)

    def renew_secret(self, *, webhook: UUID, asked: Asked | None = None) -> Kept:
        """A new secret; for a day messages carry the signature of the one before as well."""
        secret = _new_secret()
        with self._writing(asked) as journal:
            row = self._locked(webhook)
            row.old_secret, row.secret = row.secret, secret
            row.old_secret_until = self.machine + OLD_SECRET_LASTS
            row.save(update_fields=["secret", "old_secret", "old_secret_until"])
            record(row, WebhookSecretRenewed(webhook=row.id), journal=journal)
            journal.made = row.id
        return self._kept(row.id, journal, secret)

    def replay(self, *, webhook: UUID, of: UUID, after: int, asked: Asked | None = None) -> Kept:
        """Tell the journal of organisation ``of`` again, from after a number on.

        A number ahead of what was told skips what lies between. Raises ``NotFound``, also for an
        organisation that the endpoint is not told of.
        """
        with self._writing(asked) as journal:
            row = self._locked(webhook)
            start = min(after, sequence_of(of))
            if not replay_from(row.id, organisation=of, after=start, now=self.machine):
                raise NotFound
            record(row, WebhookReplayed(webhook=row.id, after=start), journal=journal)
            journal.made = row.id
        return self._kept(row.id, journal)

    def send_again(self, *, webhook: UUID, delivery: UUID, asked: Asked | None = None) -> Kept:
        """Send one delivery once more, at once, whatever else waits.

        Raises ``NotFound``, ``Refused`` (``webhook_disabled``).
        """
        with self._writing(asked) as journal:
            row = self._locked(webhook)
            if row.disabled_at is not None:
                raise Refused(WEBHOOK_DISABLED)
            if not deliveries_of(row.id).filter(id=delivery).exists():
                raise NotFound
            ask_again([delivery], now=self.machine)
            journal.touch(self.organisation or CATALOGUE_STREAM)
            journal.made = row.id
        return self._kept(row.id, journal)

    def remove(self, *, webhook: UUID) -> Kept:
        """Send nothing to it any more, and forget its log. Raises ``NotFound``."""
        with self._writing() as journal:
            row = self._locked(webhook)
            WebhookDelivery.objects.filter(webhook=row).delete()
            record(row, WebhookRemoved(webhook=row.id), journal=journal)
            row.delete()
        return self._kept(webhook, journal)


def _switch(row: Webhook, *, on: bool, now: datetime) -> None:
    if on:
        enable(row, now=now)
    else:
        row.disabled_at, row.disabled_why = now, DisabledWhy.SWITCHED_OFF.value


def _new_secret() -> str:
    return secret_text(secrets.token_bytes(SECRET_BYTES))
